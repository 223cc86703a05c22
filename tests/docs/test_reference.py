"""What the pages list is what the software has: reasons, faults, states, steps, limits, kinds, metrics, routes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from xinshu.catalogue import Catalogue
from xinshu.catalogue.messages import REASONS
from xinshu.catalogue.model import FieldChecks, FieldType, Limits, Mask, Sensitivity
from xinshu.collect import errors, mapping, quarantine
from xinshu.collect.files.errors import SourceFileError
from xinshu.collect.files.model import Fault
from xinshu.collect.mapping import Step
from xinshu.collect.model import BatchState, Counts
from xinshu.core.settings import packaged_definitions
from xinshu.node import metrics

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
    of_submission = {errors.FutureBatchError.code, errors.BatchNumberReusedError.code, errors.SubmissionError.code}
    wanted = {*_kinds(SourceFileError), *of_mapping, *of_submission}
    assert sorted(code for code in wanted if f"`{code}`" not in page("collect")) == []


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
    assert "读取 = 接受 + 隔离；接受 = 新增 + 变更 + 不变 + 重复" in page("concepts")
    named = {"read", "accepted", "quarantined", "new", "changed", "unchanged", "duplicates"}
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


def test_every_route_is_listed_with_its_method() -> None:
    declared = set()
    for file in sorted((ROOT / "src" / "xinshu").glob("*/routes.py")):
        source = file.read_text(encoding="utf-8")
        prefix = "".join(_names(r'APIRouter\(prefix="([^"]+)"', source))
        for method, path in re.findall(r'@routes\.(get|post|put|patch|delete)\(\s*"([^"]*)"', source):
            declared.add((method.upper(), prefix + path))
    listed = set(re.findall(r"^\| (GET|POST|PUT|PATCH|DELETE) \| `(/v1[^`]*)` \|", page("api"), re.MULTILINE))
    assert listed == declared


def test_the_example_of_a_mapping_is_a_mapping(tmp_path: Path) -> None:
    (text,) = re.findall(r"^```yaml\n(mapping: .*?)^```$", page("collect"), re.MULTILINE | re.DOTALL)
    (tmp_path / "my-penalties.yml").write_text(text, encoding="utf-8")
    item = Catalogue.load(packaged_definitions()).item("8")
    loaded = mapping.load_mapping(tmp_path, "my-penalties", item)
    assert loaded.name.zh == "某局行政处罚台账"
    assert loaded.shifted[0].column == "日期"
