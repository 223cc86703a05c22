"""Descriptions of indicators and models: the shipped ones are sound, faulty ones say where, what and how to mend it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from evaluate_kit import book, cards, catalogue

from xinshu.catalogue import DefinitionsInvalidError
from xinshu.core.settings import packaged_definitions
from xinshu.evaluate import loader, scorecards
from xinshu.evaluate.loader import Book, IndicatorNotFoundError
from xinshu.evaluate.scorecard import FULL, Scorecard

PATTERNS = {
    "count", "sum", "maximum", "latest", "time_since", "flag", "continuity", "trend", "ratio", "concentration",
    "valid_today",
}  # fmt: skip
HEAD = 'topic: {zh: 处罚, en: Penalties}\nsource_status: reconstructed\nitem: "8"\nindicators:\n'
SOUND = """\
  - id: penalties
    name: {zh: 处罚次数, en: Penalties}
    meaning: 近36个月的行政处罚次数。
    unit: piece
    direction: lower
    twin: {kind: flag}
    pattern: count
    date: decision_date
    window: 36
"""


def test_the_shipped_indicators_are_sound_and_many() -> None:
    files, faults = loader.read_files(packaged_definitions(), catalogue())
    assert faults == []
    assert len(book()) == sum(len(one.indicators) for _, one in files) >= 120
    assert {one.pattern for one in book()} == PATTERNS
    read = {item for one in book() for item in book().items_of(one.id)}
    assert read == {str(number) for number in range(1, 38)}
    for one in book():
        assert one.meaning.endswith("。") and one.name.zh and one.name.en
    with pytest.raises(IndicatorNotFoundError, match="没有指标 penalty_count") as raised:
        book()["penalty_count"]
    assert raised.value.hint


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("unit: piece", "unit: pieces", 8, "只能是"),
        ("date: decision_date", "date: decision_dat", 12, "没有字段 decision_dat,是否应为 decision_date"),
        ("    date: decision_date\n", "", 12, "有 window 就要用 date"),
        ("pattern: count", "pattern: number", 5, "只能是"),
        ("twin: {kind: flag}", "twin: {kind: bands, edges: [3, 1]}", 10, "由小到大"),
        ("twin: {kind: flag}", "twin: {kind: groups, groups: [[A]]}", 10, "应为 bands 或 flag"),
        ("window: 36", "window: 36\n    wndow: 3", 14, "未知的键 wndow,是否应为 window"),
        (
            "window: 36",
            'where: [{field: decision_status, op: in, values: ["9"]}]',
            13,
            "代码 9 不在字段 decision_status",
        ),
        ("window: 36", "where: [{field: fine_amount, op: gt, value: many}]", 13, "应写成不带引号的数"),
        ("window: 36", "where: [{field: authority, op: lt, value: a}]", 13, "不能比较大小"),
        ("date: decision_date", "date: authority", 12, "类型是 string"),
        ("id: penalties", "id: P", 5, "不符合格式"),
        ("    meaning: 近36个月的行政处罚次数。\n", "", 5, "缺少这一项"),
        ("pattern: count", "pattern: sum\n    field: authority", 12, "类型是 string"),
        ("pattern: count", "item: 99x\n    pattern: count", 11, "清单"),
    ],
)
def test_a_faulty_indicator_says_where_and_how(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    folder = tmp_path / "indicators"
    folder.mkdir()
    assert old in SOUND
    (folder / "p.yml").write_text(HEAD + SOUND.replace(old, new), encoding="utf-8")
    with pytest.raises(DefinitionsInvalidError) as raised:
        Book.load(tmp_path, catalogue())
    assert all(fault.file == "indicators/p.yml" for fault in raised.value.faults)
    found = [fault.line for fault in raised.value.faults if said in fault.message]
    assert found and abs(found[0] - line) <= 1


def test_ratios_name_what_is_there_and_names_are_given_once(tmp_path: Path) -> None:
    folder = tmp_path / "indicators"
    folder.mkdir()
    ratio = SOUND.replace("pattern: count\n    date: decision_date\n    window: 36", "pattern: ratio").replace(
        "id: penalties", "id: share"
    ).replace("unit: piece", "unit: ratio")  # fmt: skip
    (folder / "p.yml").write_text(
        HEAD + SOUND + SOUND + ratio + "    numerator: penaltie\n    denominator: share\n", encoding="utf-8"
    )
    _, faults = loader.read_files(tmp_path, catalogue())
    words = "\n".join(fault.message for fault in faults)
    assert "已有定义" in words and "是否应为 penalties" in words and "本身是比率" in words


def test_no_folder_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(DefinitionsInvalidError, match="没有这个文件夹"):
        Book.load(tmp_path, catalogue())
    assert scorecards.read_files(tmp_path, book())[1]


def test_the_shipped_models_are_sound() -> None:
    assert set(cards()) == {"general", "individual-business", "agriculture"}
    for card in cards().values():
        assert sum(one.weight for _, one in card.scored()) == FULL
        again = Scorecard.reloaded(card.document())
        assert again == card and again.digest() == card.digest()
        vetoes = {veto.indicator for veto in card.vetoes if veto.grade == "差"}
        assert {"seriously_dishonest", "dishonest_debtor"} <= vetoes
    names = [dimension.name.zh for dimension in cards()["general"].dimensions]
    assert names == ["遵纪守法", "履约践诺", "资质荣誉", "社会责任", "监管风险"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("indicator: penalties_36m", "indicator: penalties_36", "是否应为 penalties_36m"),
        ("score: 865", "score: 700", "由高到低"),
        ("- {grade: 优,", "- {grade: 良,", "等级应依次为"),
        ("weight: 80", "weight: 90", "weight 应等于最高一档的分数 80"),
        ("{to: 1, points: 48}", "{to: 0, points: 48}", "由小到大"),
        ("unseen: 40", "unseen: 40\n        bins: [{points: 80}]", "应写 codes"),
        ('codes: ["A"]', 'codes: ["X"]', "代码 X 不在事项 15"),
        (
            "value: 1, grade: 差, reason: 当前在严重失信主体名单内",
            "value: 是, grade: 差, reason: 在名单内",
            "值类型不符",
        ),
        ("kinds: [enterprise", "kinds: [company", "只能是"),
        ("missing: 80", "mising: 80", "未知的键 mising"),
    ],
)
def test_a_faulty_model_says_what_is_wrong(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (packaged_definitions() / "models" / "general-2026.1.yml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "model.yml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DefinitionsInvalidError) as raised:
        scorecards.read_one(path, book())
    assert any(said in fault.message for fault in raised.value.faults)
    assert all(fault.line > 0 for fault in raised.value.faults)


def test_one_version_is_given_once(tmp_path: Path) -> None:
    shutil.copytree(packaged_definitions() / "models", tmp_path / "models")
    shutil.copy(tmp_path / "models" / "general-2026.1.yml", tmp_path / "models" / "zz.yml")
    assert any("已在另一文件中" in fault.message for fault in scorecards.read_files(tmp_path, book())[1])
