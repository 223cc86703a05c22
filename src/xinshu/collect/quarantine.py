"""Rows set aside: original text, all reasons in words, sealed where the item has sealed fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import orjson

from xinshu.catalogue import messages
from xinshu.catalogue.model import Item
from xinshu.collect import sealing, staging
from xinshu.collect.files import Fault, fault_message
from xinshu.collect.model import AsideRow, QuarantinedRow, Reason
from xinshu.collect.prepare import Prepared
from xinshu.collect.publish import SetAside
from xinshu.crypto import Vault

_AAD = b"quarantine"
_OWN = {
    "SHIFTED_COLUMNS": "这一行的内容错了栏(例如姓名中的空格把后面的内容推后一栏),请对照表头重新填写",
    "OPERATION": "操作类型无法识别,请填新增、变更或删除;全量批次不能含删除的行",
    "SUBJECT_UNKNOWN": "按代码、注册号和名称都没有找到这个主体,请核对代码与名称;新设主体须先报送登记信息",
    "SUBJECT_AMBIGUOUS": "按现有信息对应到不止一个主体,请补填统一社会信用代码;候选主体见附",
    "OUTSIDE_REGIONS": "这个主体不在本单位服务的行政区划内,不能报送;跨区划迁移由上级单位或平台运营方报送",
    "DUPLICATE_CONFLICT": "同一批次中有主键相同而内容不同的行,无法判断以哪一行为准,请保留正确的一行",
    "RECORD_REPAIRED": "这条信息已经信用修复或撤回,不再归集;如系新的认定,请使用新的文书号报送",
}
_FILE_FAULTS = frozenset(fault.value for fault in Fault)


CHUNK = 2_000


def rows_to_set_aside(prepared: Prepared, aside: SetAside, vault: Vault | None) -> Iterator[list[AsideRow]]:
    """Every row that the checks or the comparison set aside, in order, in pieces: their texts may be large."""
    codes = {doubt.row_no: doubt.reasons for doubt in prepared.doubts}
    for row_no, more in aside.codes.items():
        codes[row_no] = [*codes.get(row_no, []), *more]
    row_nos = sorted(codes)
    for start in range(0, len(row_nos), CHUNK):
        yield _piece(prepared, aside, vault, codes, row_nos[start : start + CHUNK])


def _piece(
    prepared: Prepared, aside: SetAside, vault: Vault | None, codes: dict[int, list[str]], row_nos: list[int]
) -> list[AsideRow]:
    texts = staging.originals(prepared.bench, len(prepared.header), row_nos)
    values = staging.field_texts(prepared.bench, prepared.item, row_nos)
    rows: list[AsideRow] = []
    refs: dict[int, bytes] = {}
    keys = None
    if vault is not None and len(prepared.item.sealed_fields) > 0:
        refs = sealing.refs_of_rows(prepared.bench, prepared.item, vault, prepared.file_sha256, row_nos)
        keys = vault.sealing(refs.values())
    for row_no in row_nos:
        reasons = [_reason(prepared, row_no, code, values.get(row_no, {})).as_dict() for code in codes[row_no]]
        original: Any = texts[row_no]
        if keys is not None:
            original = {"sealed": keys.seal(refs[row_no], orjson.dumps(original).decode(), _AAD)}
        rows.append((row_no, original, reasons, aside.candidates.get(row_no), prepared.source_rows.get(row_no)))
    return rows


def opened_rows(rows: list[QuarantinedRow], vault: Vault | None) -> list[QuarantinedRow]:
    """The rows with their text as received; `shredded` and no text where its key was destroyed. Blocking."""
    sealed = [row for row in rows if is_sealed(row.original)]
    if vault is None or len(sealed) == 0:
        return rows
    texts = vault.open_all([row.original["sealed"] for row in sealed], _AAD)
    opened = {
        row.row_no: replace(row, original="", state="shredded")
        if text is None
        else replace(row, original=orjson.loads(text))
        for row, text in zip(sealed, texts, strict=True)
    }
    return [opened.get(row.row_no, row) for row in rows]


def is_sealed(original: Any) -> bool:
    """Whether the text is kept sealed."""
    return isinstance(original, dict) and "sealed" in original


def reason_summary(code: str) -> str:
    """A reason code in a few Chinese words; the code itself where it has none."""
    if code in _OWN:
        return _OWN[code].split(",")[0]
    if code in _FILE_FAULTS:
        return fault_message(code, None).split("(")[0]
    return messages.REASONS.get(code, code)


def _reason(prepared: Prepared, row_no: int, reason: str, values: dict[str, str | None]) -> Reason:
    field, _, code = reason.partition("|")
    if code in _OWN:
        return Reason(None, code, _OWN[code])
    if code in _FILE_FAULTS:
        detail = prepared.fault_details.get(row_no, (code, None))[1]
        return Reason(None, code, fault_message(code, detail))
    value = None if field in _sealed_names(prepared.item) else values.get(field)
    said = messages.explain(prepared.item, reason, value)
    return Reason(said["field"], said["code"], said["message"])


def _sealed_names(item: Item) -> frozenset[str]:
    return frozenset(field.name for field in item.sealed_fields)
