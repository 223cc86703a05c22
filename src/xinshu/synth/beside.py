"""The files that are never collected: truth about the dirt, outcomes, relations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xinshu.synth.dirt import TRUTH
from xinshu.synth.figures import outcomes
from xinshu.synth.formats import GroupedParquet
from xinshu.synth.relations import relations_table
from xinshu.synth.view import View

_TRUTH = pa.schema([("file", pa.string()), ("item", pa.string()), ("row_no", pa.int64()), *list(TRUTH)[1:]])


class Beside:
    """Writes truth.parquet (ordered by item and row), and outcomes.parquet and relations.parquet if asked to."""

    def __init__(self, folder: Path, items: Sequence[str], everything: bool = True) -> None:
        self._everything = everything
        self._folder = folder
        self._spools = {item: folder / f".truth-{item}.parquet" for item in items}
        self._truth = {item: GroupedParquet(path, _TRUTH) for item, path in self._spools.items()}
        self._tables: dict[str, GroupedParquet] = {}

    def add_truth(self, item: str, file: str, written: int, truth: pa.Table) -> None:
        """Keep the truth about rows that follow the first `written` of the item's file; numbered from 1."""
        if truth.num_rows == 0:
            return
        numbers = pc.add(truth["position"], written + 1)
        about = [pa.repeat(pa.scalar(text), truth.num_rows) for text in (file, item)]
        columns = [*about, numbers, *truth.drop_columns(["position"]).columns]
        self._truth[item].add(pa.Table.from_arrays(columns, schema=_TRUTH))

    def add(self, view: View) -> None:
        """Keep outcomes and relations of a view."""
        if not self._everything:
            return
        for name, table in (("outcomes", outcomes(view)), ("relations", relations_table(view))):
            if name not in self._tables:
                self._tables[name] = GroupedParquet(self._folder / f"{name}.parquet", table.schema)
            self._tables[name].add(table)

    def close(self) -> None:
        """Finish the files: the truth of all items becomes one file."""
        for writer in (*self._tables.values(), *self._truth.values()):
            writer.close()
        whole = GroupedParquet(self._folder / "truth.parquet", _TRUTH)
        for spool in self._spools.values():
            with pq.ParquetFile(spool) as parts:
                for batch in parts.iter_batches():
                    whole.add(pa.Table.from_batches([batch]))
            spool.unlink()
        whole.close()
