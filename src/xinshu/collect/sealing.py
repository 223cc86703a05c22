"""Sealing of a batch: which data key a value goes under, and the sealed columns of the accepted rows. Blocking.

Values are sealed before the comparison finds the subject, so a data key is named by what identifies the row: the
unified code, else the citizen number (both stand for one subject for ever), else the row's other identifiers within its
file, since an old number or a name may pass to another subject and shredding one must not touch the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from xinshu.catalogue.model import Item
from xinshu.core.text import upper_code
from xinshu.crypto import Sealer
from xinshu.store.workbench import Workbench

PIECE = 20_000  # rows sealed at a time
_SEPARATOR = "\x1f"


@dataclass(frozen=True)
class Refs:
    """Names of data keys for the rows of one file (`file`: its SHA-256)."""

    vault: Sealer
    file: str

    def of(self, code: str | None, citizen_index: str | None, others: Sequence[str | None]) -> bytes:
        """By code, else by citizen number (its blind index in hex), else by `others` within the file."""
        if code:
            return self.vault.ref("code", code)
        if citizen_index:
            return self.vault.ref("citizen", citizen_index)
        return self.vault.ref("row", _SEPARATOR.join([self.file, *(text or "" for text in others)]))


def seal(bench: Workbench, item: Item, vault: Sealer | None, file: str) -> int:
    """Table `accepted`: sound rows, personal-sensitive fields sealed, each with a blind index `<field>__index`.

    Returns how many data keys had been destroyed before: when more are at publication, some of these may be.
    """
    fields = ", ".join(f'"{field.name}"' for field in item.fields)
    norm = ", x_name_norm" if item.subject.name is not None else ""
    bench.execute(
        f"create or replace view sound as select row_no, x_op, {fields}{norm} from checked "  # noqa: S608
        "where len(x_reasons) = 0 and row_no not in (select row_no from doubted)"
    )
    sealed = [field.name for field in item.sealed_fields]
    if len(sealed) == 0:
        bench.execute("create or replace view accepted as select * from sound")
        return 0
    if vault is None:
        raise ValueError(f"item {item.item} has sealed fields and no vault was given")
    destroyed = vault.destroyed()
    names = [name for column in sealed for name in (column, f"{column}__index")]
    schema = pa.schema([("row_no", pa.int64()), *((name, pa.string()) for name in names)])
    typed = ", ".join(f'"{name}" varchar' for name in names)
    bench.execute(f"create or replace table sealed_rows (row_no bigint, {typed})")
    for piece in _sealed_pieces(bench, item, vault, file, schema):
        bench.connection.register("sealed_piece", piece)
        bench.execute("insert into sealed_rows select * from sealed_piece")
        bench.connection.unregister("sealed_piece")
    others = ", ".join(f's."{f.name}"' for f in item.fields if f.name not in sealed)
    extra = ", ".join(f'z."{name}"' for name in names)
    masked = "".join(f', s."{name}" as "{name}__clear"' for name in sealed)
    chosen = f"s.row_no, s.x_op, {others}, {extra}{masked}{norm.replace('x_', 's.x_')}"
    bench.execute(
        f"create or replace table accepted as select {chosen} "  # noqa: S608
        "from sound s join sealed_rows z using (row_no)"
    )
    bench.execute("drop table sealed_rows")
    return destroyed


def _sealed_pieces(
    bench: Workbench, item: Item, vault: Sealer, file: str, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    refs = Refs(vault, file)
    code, citizen, others = _identity(item)
    sealed = [field.name for field in item.sealed_fields]
    chosen = ", ".join(f'"{name}"' for name in dict.fromkeys([*sealed, code, *others]))
    cursor: Any = bench.connection.cursor()  # read while the other connection writes
    for piece in cursor.sql(f"select row_no, {chosen} from sound").to_arrow_reader(PIECE):  # noqa: S608
        columns = {name: piece.column(name).to_pylist() for name in piece.schema.names}
        indexes = {name: [None if v is None else vault.index(v, name).hex() for v in columns[name]] for name in sealed}
        citizens = indexes[citizen] if citizen is not None else [None] * piece.num_rows
        rest = zip(*(columns[name] for name in others), strict=True) if others else [()] * piece.num_rows
        row_refs = [refs.of(*row) for row in zip(columns[code], citizens, rest, strict=True)]
        keys = vault.sealing(row_refs)
        out: dict[str, Any] = {"row_no": columns["row_no"]}
        for name in sealed:
            aad = name.encode()
            out[name] = [
                None if v is None else keys.seal(ref, v, aad) for ref, v in zip(row_refs, columns[name], strict=True)
            ]
            out[f"{name}__index"] = indexes[name]
        yield pa.RecordBatch.from_pydict(out, schema=schema)
    cursor.close()


def refs_of_rows(bench: Workbench, item: Item, vault: Sealer, file: str, row_nos: Sequence[int]) -> dict[int, bytes]:
    """Names of the data keys of rows set aside: by code or citizen number as far as they are told, else by the file."""
    code, citizen, _ = _identity(item)
    names = [field.name for field in item.fields]

    def told(name: str) -> str:
        return f'coalesce(cast("{name}" as varchar), x_texts[{names.index(name) + 1}])'

    bench.connection.register("wanted_rows", pa.table({"row_no": pa.array(row_nos, pa.int64())}))
    rows = bench.execute(
        f"select row_no, {told(code)}, {told(citizen) if citizen is not None else 'null'} "  # noqa: S608
        "from checked join wanted_rows using (row_no)"
    ).fetchall()
    bench.connection.unregister("wanted_rows")
    refs = Refs(vault, file)
    return {
        row_no: refs.of(
            upper_code(own_code or ""),
            vault.index(upper_code(number), citizen).hex() if number and citizen is not None else None,
            (),
        )
        for row_no, own_code, number in rows
    }


def _identity(item: Item) -> tuple[str, str | None, list[str]]:
    """Fields of an item: of the code, of the citizen number where it identifies, and of the rest that identifies."""
    subject = item.subject
    sealed = {field.name for field in item.sealed_fields}
    citizen = subject.citizen_no if subject.citizen_no in sealed else None
    others = [name for name in (subject.old_number, subject.name, subject.division) if name is not None]
    return subject.code, citizen, others
