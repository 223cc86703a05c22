"""Texts that a column of a given type may hold: good ones, near misses and rubbish."""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st

from xinshu.catalogue.model import FieldDef, FieldType

RUBBISH = (
    "无", "N/A", "-", "——", "0", "00", "1e5", "NaN", "Infinity", "-inf", "null", "0x1F", "1_000", "１２３", "Ａｂ",
    "2024-02-30", "2023-02-29", "2024-01-1T", "1799-12-31", "2201-01-01", "99999999999999999999", "9223372036854775808",
    "-9223372036854775808", "1,00", ",", ".", "+", "5.", ".5", "是", "x" * 40, "ß", "é", "\\", "'", '"', "a|b", "a b",
    "{}", "[]", "%", "_", "𠮷", "1\n2", "１９９９－０１－０２", "𝟙", "٣", "i̇",
)  # fmt: skip
DATES = ("2024-01-31", "2024/1/31", "20240131", "2024年1月31日", "2024.1.5", "2024-01-31 00:00:00",
         "2024-01-31T10:20:30.5",
         "2000-02-29", "1900-02-29", "2026-06-01", "2026-06-02", "1949-09-30", "1800-01-01", "2200-12-31", "2024-1-5",
         "2024年1月31", "2024/13/01", "2024-00-10", "0000-01-01")  # fmt: skip
MONTHS = (
    "2024-01",
    "202401",
    "2024年1月",
    "2024/1",
    "2024-13",
    "202413",
    "2024年01月",
    "2026-06",
    "2026-07",
    "1799-12",
)
NUMBERS = ("0", "-0", "1", "-1", "1.5", "1,000.50", "１，０００", "1234567.891", "0.005", "-0.005", "1.005",
           "99999.995",
           "12.0", "+7", "007", "1,000,000", "12,34", "999999999999999999.99", "9999999999999999999999", "100", "100.5",
           "100.51", "0.1", "33.333333333333", "1000001", "-1000000001", "0." + "1" * 39)  # fmt: skip
USCCS = ("91320100748204660Q", "91320281142232229Q", "91310000132215150M", "91370400728618604X", "91350100M000100Y43",
         "11320100MB1886843H", "9132011476527864XE", "91510105746406488Y", "91320100748204660q", "９１320100748204660Q",
         "9132010074820466OQ", "91320100748204660", "01320100748204660Q", "ZN320111000000001U", "ZN3201110000000010",
         "N1320111MA00000000", "91320A00748204660Q")  # fmt: skip
BY_TYPE: dict[FieldType, tuple[str, ...]] = {
    FieldType.INTEGER: NUMBERS,
    FieldType.DECIMAL: NUMBERS,
    FieldType.DATE: DATES,
    FieldType.MONTH: MONTHS + DATES[:3],
    FieldType.YEAR: ("2024", "2024年", "1989", "2027", "１９９９", "24", "2201", "2200"),
    FieldType.BOOLEAN: ("是", "否", "true", "FALSE", "1", "0", "Y", "n", "yes", "１"),
    FieldType.USCC: USCCS,
    FieldType.SUBJECT_CODE: USCCS,
    FieldType.REGISTRATION_NO: ("320111000000012", "3201112000012", "320506NA000043X", "32011100000001",
                                "３20111000000012"),
    FieldType.CITIZEN_NO: ("11010119900307451X", "110101199003074514", "11010119900307451x", "110101199002304514",
                           "110101900307451", "440524188001010014", "11010120990307457X", "110101000001014510"),
    FieldType.PHONE: ("13812345678", "025-83456789", "+86-13812345678", "4008001234", "95588", "12", "138１２３４５678",
                      "025-83456789-12", "83456789", "12812345678"),
    FieldType.DIVISION: ("320111", "320103", "999999", "32011", "３20111", "110000", "3201111"),
    FieldType.INDUSTRY: ("C3484", "C", "c3484", "C9999", "3484", "Ｃ3484", "A01"),
}  # fmt: skip


def usual(field: FieldDef) -> list[str]:
    """Texts of the field's own kind, good and nearly good."""
    found = list(BY_TYPE.get(field.type, ("示例", "示例一二三四五六七八九十长名", "A", "苏罚〔2024〕1号", "A-1.B")))
    if field.codes:
        found = [*list(field.codes)[:20], *list(field.codes.values())[:20]]
    return found + [field.example] * 3 if field.example is not None else found


def random_rows(fields: tuple[FieldDef, ...], count: int, seed: int) -> list[dict[str, str]]:
    """Rows of mostly usual texts, some absent, some rubbish."""
    random = Random(seed)
    choices = {field.name: usual(field) for field in fields}

    def pick(own: list[str]) -> str:
        draw = random.random()
        return "" if draw < 0.2 else random.choice(RUBBISH) if draw < 0.3 else random.choice(own)

    return [{name: pick(own) for name, own in choices.items()} for _ in range(count)]


def any_text() -> st.SearchStrategy[str]:
    """A trimmed text: of some type's kind, rubbish, or made of the characters that parsing cares about."""
    known = sorted({text for texts in BY_TYPE.values() for text in texts} | set(RUBBISH))
    free = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
    digits = st.text("0123456789-.,+年月日/: XZN０９，．", max_size=20)
    dates = st.dates().map(str) | st.dates().map(lambda d: f"{d.year}年{d.month}月{d.day}日")
    numbers = st.decimals(allow_nan=False, allow_infinity=False, places=3).map(lambda d: f"{d:,}")
    return st.one_of(st.sampled_from(known), free, digits, dates, numbers).map(str.strip)
