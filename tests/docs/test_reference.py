"""What the pages list is what the software has: reasons, faults, states, steps, limits, kinds, metrics, routes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from collect_kit import node_over

from xinshu.catalogue import Catalogue
from xinshu.catalogue.messages import REASONS
from xinshu.catalogue.model import FieldChecks, FieldType, Limits, Mask, Sensitivity
from xinshu.collect import errors, mapping, pull_sources, puller_sql, pulling, quarantine, steps
from xinshu.collect.files.errors import SourceFileError
from xinshu.collect.files.model import Fault
from xinshu.collect.mapping import Step
from xinshu.collect.model import BatchState, Counts
from xinshu.collect.puller import PullSource
from xinshu.core.clock import FixedClock
from xinshu.core.errors import XinshuError
from xinshu.core.settings import Settings, packaged_definitions
from xinshu.node import metrics
from xinshu.node.app import build_app
from xinshu.node.openapi import operations
from xinshu.store import Database
from xinshu.subjects.model import KIND_NAMES
from xinshu.subjects.rules import KINDS as KINDS_BY_CODE

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("compare", "required_if", "forbidden_if", "any_present", "all_or_none", "sum_equals", "unique", "sum_by")


def page(name: str) -> str:
    """A page of the documentation."""
    return (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")


def _kinds(kind: type[SourceFileError]) -> Iterator[str]:
    yield kind.code
    for below in kind.__subclasses__():
        yield from _kinds(below)


def _names(pattern: str, text: str) -> list[str]:
    return re.findall(pattern, text, re.MULTILINE)


def test_every_reason_of_a_row_has_a_remedy_and_no_other() -> None:
    listed = set(_names(r"^\| `([A-Z_]+)` \|", page("collect")))
    assert listed == set(REASONS) | set(Fault) | set(quarantine._OWN)


def test_every_fault_of_a_file_is_explained() -> None:
    of_mapping = {mapping.MappingError.code, mapping.UnknownMappingError.code, mapping.ColumnsError.code}
    of_submission = {
        errors.BatchNotFoundError.code,
        errors.BatchNumberReusedError.code,
        errors.CorrectionMismatchError.code,
        errors.FileKnownError.code,
        errors.FutureBatchError.code,
        errors.ProviderOfflineError.code,
        errors.ProviderUnknownError.code,
        errors.SealedRowsError.code,
        errors.SubmissionError.code,
    }
    wanted = {*_kinds(SourceFileError), *of_mapping, *of_submission}
    assert sorted(code for code in wanted if f"`{code}`" not in page("collect")) == []


def test_every_fault_of_a_pull_is_explained() -> None:
    modules = (pull_sources, puller_sql, pulling)
    kinds = {kind for module in modules for kind in vars(module).values() if isinstance(kind, type)}
    codes = {kind.code for kind in kinds if issubclass(kind, XinshuError) and kind.code.startswith("pull_")}
    assert len(codes) > 8
    (section,) = re.findall(r"^## 前置机库表.*", page("collect"), re.MULTILINE | re.DOTALL)
    listed = [row for row in section.splitlines() if row.startswith("| `pull_")]
    assert set(re.findall(r"`(pull_\w+)`", "\n".join(listed))) == codes


def test_every_word_of_an_operation_is_listed() -> None:
    text = page("collect")
    (section,) = re.findall(r"^### 删除 .*?(?=^## )", text, re.MULTILINE | re.DOTALL)
    words = {word for several in steps.OPERATIONS.values() for word in several} - {"i", "u", "d"}
    assert sorted(word for word in words if f"`{word}`" not in section) == []
    named = {*re.findall(r"[“`]([^”`]+)[”`]", section)}
    assert named >= mapping.OPERATION_COLUMNS


def test_every_kind_of_a_subject_is_listed_with_its_codes() -> None:
    rows = re.findall(r"^\| `?(\w+)`? \| (\w+) \| `(\w+)` \|$", page("concepts"), re.MULTILINE)
    listed = {(begin, kind, name) for begin, name, kind in rows if kind in set(KIND_NAMES)}
    other = ("其他", "other", KIND_NAMES["other"])
    assert listed == {(begin, kind.value, KIND_NAMES[kind]) for begin, kind in KINDS_BY_CODE.items()} | {other}


def test_every_step_of_a_mapping_is_described() -> None:
    listed = _names(r"^\| `(\w+)` \| `\{", page("collect"))
    assert listed == list(Step.model_fields)


@pytest.mark.parametrize("limit", Limits.model_fields)
def test_every_limit_is_described(limit: str) -> None:
    assert f"`{limit}" in page("collect")


@pytest.mark.parametrize("state", BatchState)
def test_every_state_of_a_batch_is_described(state: BatchState) -> None:
    assert f"| `{state.value}` |" in page("concepts")


def test_the_counts_add_up_as_written() -> None:
    assert "读取 = 接受 + 隔离；接受 = 新增 + 变更 + 不变 + 重复 + 删除" in page("concepts")
    named = {"read", "accepted", "quarantined", "new", "changed", "unchanged", "duplicates", "deleted"}
    assert named <= set(Counts.__annotations__)


@pytest.mark.parametrize("word", [*FieldType, *Mask, *FieldChecks.model_fields, *KINDS])
def test_types_masks_and_checks_are_described(word: str) -> None:
    assert f"`{word}`" in page("catalogue")


@pytest.mark.parametrize("level", Sensitivity)
def test_levels_of_sensitivity_are_described(level: Sensitivity) -> None:
    assert f"`{level.value}`" in page("concepts")


def test_every_metric_is_described() -> None:
    source = Path(metrics.__file__).read_text(encoding="utf-8")
    names = set(_names(r'\("(xinshu_\w+)"', source))
    assert len(names) > 3
    assert set(_names(r"^\| `(xinshu_\w+)` \|", page("operate"))) == names


def _declared() -> set[tuple[str, str]]:
    """Method and path of the routes of every room, wired or not."""
    found = set()
    for file in sorted((ROOT / "src" / "xinshu").rglob("routes.py")):
        source = file.read_text(encoding="utf-8")
        for prefix in _names(r'APIRouter\(prefix="([^"]+)"', source):
            for method, path in re.findall(r'@routes\.(get|post|put|patch|delete)\(\s*"([^"]*)"', source):
                found.add((method.upper(), prefix + path))
    return found


async def test_every_operation_is_listed_with_its_right(settings: Settings, db: Database, clock: FixedClock) -> None:
    async with node_over(settings, db, clock) as node:
        await node.app()
        wired = operations(build_app(node.services))
    has = {(one.method, one.path): one.permission for one in wired if one.described}
    rows = re.findall(
        r"^\| (GET|POST|PUT|PATCH|DELETE) \| `([^`]+)` \| [^|]+ \| (?:`([^`]+)`|公开) \|$", page("api"), re.MULTILINE
    )
    listed = {(method, path): tuple(reversed(right.split(": "))) if right else None for method, path, right in rows}
    assert len(listed) == len(rows)
    assert {key: right for key, right in has.items() if listed.get(key, "") != right} == {}
    assert sorted(set(listed) - set(has) - _declared()) == []


def test_the_example_of_a_mapping_is_a_mapping(tmp_path: Path) -> None:
    (text,) = re.findall(r"^```yaml\n(mapping: .*?)^```$", page("collect"), re.MULTILINE | re.DOTALL)
    (tmp_path / "my-penalties.yml").write_text(text, encoding="utf-8")
    item = Catalogue.load(packaged_definitions()).item("8")
    loaded = mapping.load_mapping(tmp_path, "my-penalties", item)
    assert loaded.name.zh == "某局行政处罚台账"
    assert loaded.shifted[0].column == "日期"
    assert loaded.operation[0].column == "变动"


def test_the_example_of_a_source_is_a_source() -> None:
    (text,) = re.findall(r"^```yaml\n(name: .*?)^```$", page("collect"), re.MULTILINE | re.DOTALL)
    source = PullSource.model_validate(yaml.safe_load(text))
    assert (source.name, source.watermark, source.enabled) == ("registry-front", "updated_at", True)
