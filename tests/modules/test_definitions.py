"""The shipped modules, faults named with file, line, value and remedy, a province's own module."""

from __future__ import annotations

from pathlib import Path

import pytest
from evaluate_kit import book as indicators
from evaluate_kit import catalogue
from modules_kit import book, changed, copied

from xinshu.catalogue import Catalogue
from xinshu.core.industries import Industries
from xinshu.core.settings import packaged_definitions
from xinshu.evaluate import scorecards
from xinshu.evaluate.loader import Book
from xinshu.modules.classify import Firm, classify
from xinshu.modules.loader import BookOfModules, ModuleUnknownError, read_folders

SHIPPED = ["agriculture", "future-industries", "green", "key-supply-chains", "strategic-emerging"]


def test_the_shipped_modules_are_sound_and_say_what_they_are() -> None:
    assert [one.id for one in book()] == SHIPPED
    industries = Industries.load(packaged_definitions())
    for one in book():
        assert one.file.source_status == "reconstructed" and one.file.basis
        for part in one.file.classification.parts:
            assert all(code in industries for code in (*part.codes.full, *part.codes.partial))


def test_variants_are_whole_models_that_leave_the_shipped_ones_alone() -> None:
    variants = scorecards.load_variants(packaged_definitions(), indicators())
    assert [one.id for one in variants] == ["general-green", "general-strategic"]
    for one in variants:
        assert sum(scored.weight for _, scored in one.scored()) == 1000
        assert one.id not in {card.id for card in scorecards.load(packaged_definitions(), indicators())}


HEAD, WORDS = "modules/green/module.yml", "modules/green/words.yml"
FAULTS = {
    "an unknown key": (HEAD, "summary:", "sumary:", "sumary", "summary"),
    "an industry that is not": (HEAD, "full: [E4861, M7514]", "full: [E9961, M7514]", "E9961", "GB/T 4754-2017"),
    "a field of no item": (HEAD, "{permit_certificate_name: [危险", "{permit_name: [危险", "permit_name", "permit_no"),
    "a code of no list": (HEAD, "{field: permit_status, op: eq, value: \"1\"}",
                          "{field: permit_status, op: eq, value: \"7\"}", "'7'", "可用"),
    "an item that is not": (HEAD, '{item: "7", label', '{item: "77", label', "77", "事项编号"),
    "an indicator that is not": (HEAD, "{indicator: environment_uncorrected,", "{indicator: environment_uncorected,",
                                 "environment_uncorected", "environment_uncorrected"),
    "a value of another kind": (HEAD, "{indicator: environment_bad, op: eq, value: 0}",
                                "{indicator: environment_bad, op: eq, value: 无}", "'无'", "类型不符"),
    "levels upside down": (HEAD, "possible: 30", "possible: 80", "80", "小于"),
    "an id that is not the folder's": (HEAD, "id: green\n", "id: verdant\n", "verdant", "green"),
    "words of no field": (WORDS, "part: recycling", "part: reciclyng", "reciclyng", "可用"),
    "a phrase twice": (WORDS, "[再生橡胶, ", "[再生橡胶, 再生橡胶, ", "再生橡胶", "两次"),
    "a phrase too short": (WORDS, "[再生橡胶, ", "[胶, ", "objects", "不能"),
}  # fmt: skip


@pytest.mark.parametrize("file,old,new,value,remedy", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_names_file_line_value_and_remedy(
    tmp_path: Path, file: str, old: str, new: str, value: str, remedy: str
) -> None:
    root = copied(tmp_path)
    changed(root / file, old, new)
    modules, faults = read_folders(root, catalogue(), indicators())
    assert "green" not in {one.id for one in modules}
    said = "\n".join(map(str, faults))
    assert all(fault.file == file and fault.line > 0 for fault in faults)
    assert value in said and remedy in said


def test_a_folder_without_its_files_and_a_stray_file_are_faults(tmp_path: Path) -> None:
    root = copied(tmp_path)
    (root / "modules/green/words.yml").unlink()
    (root / "modules/agriculture/notes.txt").write_text("x")
    said = "\n".join(str(fault) for fault in read_folders(root, catalogue(), indicators())[1])
    assert "modules/green/words.yml" in said and "无法读取" in said
    assert "notes.txt" in said


def test_a_variant_that_does_not_add_up_is_a_fault(tmp_path: Path) -> None:
    root = copied(tmp_path)
    path = root / "modules/green/model-general-green.yml"
    changed(path, "share: 80", "share: 70")
    changed(path, "id: general-green", "id: green-general")
    cards = scorecards.load(root, indicators())
    said = "\n".join(map(str, scorecards.read_variants(root, indicators(), cards)[1]))
    assert "1000" in said and "general-" in said and "model-general-green.yml" in said


def test_only_the_modules_named_by_the_setting_are_on() -> None:
    some = BookOfModules.load(packaged_definitions(), catalogue(), indicators(), ["green", "agriculture"])
    assert [one.id for one in some] == ["agriculture", "green"]
    with pytest.raises(ModuleUnknownError, match="verdant"):
        BookOfModules.load(packaged_definitions(), catalogue(), indicators(), ["verdant"])


def test_a_province_adds_a_module_with_item_indicator_and_circles_without_code() -> None:
    own = Catalogue.load(packaged_definitions(), "jiangsu")
    assert own.item("js-04").slug == "supply_relation" and "js-04" not in catalogue()
    measures = Book.load(packaged_definitions(), own)
    assert "js_supply_partners" in measures and "js_supply_partners" not in indicators()
    modules = BookOfModules.load(packaged_definitions(), own, measures)
    assert [one.id for one in modules] == [*SHIPPED, "ship-cluster"]
    assert modules["ship-cluster"].province and not modules["green"].province
    yard = Firm(
        "示例造船有限公司",
        "C3731",
        "钢质船舶建造",
        "enterprise",
        {"js-04": [{"relation_kind": "1", "partner_uscc": "91320200MADEM0046B", "confirmed_date": "2026-03-20"}]},
    )
    found = classify(modules, yard)["ship-cluster"]
    assert found.degree == "member" and "yards" in found.parts
    assert "js-04" in {piece.item for piece in found.evidence}
    assert classify(modules, Firm("示例船务有限公司", None, "船舶代理;船舶管理"))["ship-cluster"].degree == "none"


def test_a_province_cannot_replace_a_national_module(tmp_path: Path) -> None:
    root = copied(tmp_path)
    (root / "modules/green").rename(root / "overlays/jiangsu/modules/agriculture")
    changed(root / "overlays/jiangsu/modules/agriculture/module.yml", "id: green\n", "id: agriculture\n")
    (root / "overlays/jiangsu/modules/agriculture/model-general-green.yml").unlink()
    own = Catalogue.load(root, "jiangsu")
    said = "\n".join(str(fault) for fault in read_folders(root, own, None)[1])
    assert "模块 agriculture 已有定义" in said
