"""The certificate that a member which left destroyed or returned what it had retrieved (数据销毁或返还证明).

A JSON object `{"certificate": {...}, "signature": {"key_id", "value"}}`. Signed are the bytes of `certificate` as
canonical JSON (RFC 8785; it holds texts, lists and nulls only): anyone can check them with the platform's public key.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import orjson

from xinshu.core.clock import CHINA
from xinshu.members.onboarding.errors import CertificateError
from xinshu.members.onboarding.model import Document, Member

TYPE = "xinshu/data-destruction-certificate/1"
FIELDS = frozenset(
    {"type", "number", "platform", "member", "items", "regions", "period", "statement", "issued_at", "issued_by"}
)
Sign = Callable[[bytes], tuple[str, bytes]]
Verify = Callable[[str, bytes, bytes], bool]
"""(key id, data, signature) → whether it is the platform's."""


def issue(
    sign: Sign,
    *,
    number: str,
    platform_code: str,
    platform_name: str,
    member: Member,
    since: datetime | None,
    statement: Document,
    issued_by: str,
    at: datetime,
) -> str:
    """The certificate as text. `since`: when the member first went online; None: never."""
    said = member.particulars
    content = {
        "type": TYPE,
        "number": number,
        "platform": {"code": platform_code, "name": platform_name},
        "member": {"id": member.id, "code": said.code, "name": said.name, "kind": said.kind.value},
        "items": list(said.items) if said.items is not None else None,
        "regions": list(said.regions),
        "period": {"from": _day(since).isoformat() if since is not None else None, "to": _day(at).isoformat()},
        "statement": {
            "sha256": statement.sha256,
            "name": statement.name,
            "dated": statement.dated.isoformat() if statement.dated is not None else None,
        },
        "issued_at": at.astimezone(CHINA).isoformat(timespec="seconds"),
        "issued_by": issued_by,
    }
    key_id, signature = sign(canonical(content))
    signed = {"certificate": content, "signature": {"key_id": key_id, "value": base64.b64encode(signature).decode()}}
    return canonical(signed).decode()


def verify(text: str | bytes, check: Verify) -> dict[str, Any]:
    """The content of a certificate that holds. Raises CertificateError saying what is wrong with it."""
    try:
        whole = orjson.loads(text)
        content, signature = whole["certificate"], whole["signature"]
        value = base64.b64decode(signature["value"], validate=True)
        key_id = signature["key_id"]
    except (orjson.JSONDecodeError, KeyError, TypeError, binascii.Error, ValueError):
        raise CertificateError("文件不是本平台格式的证明", hint="使用下载的原文件") from None
    if set(whole) != {"certificate", "signature"} or not isinstance(content, dict) or set(content) != FIELDS:
        raise CertificateError("证明的字段多出或缺少", hint="使用下载的原文件")
    if content["type"] != TYPE or not isinstance(key_id, str):
        raise CertificateError(f"证明的类型不是 {TYPE}", hint="使用下载的原文件")
    if not check(key_id, canonical(content), value):
        raise CertificateError("证明的签名不符:内容已被改动,或不是本平台签发", hint="向签发平台核实", key_id=key_id)
    return content


def canonical(value: Any) -> bytes:
    """Canonical JSON of texts, lists, objects and nulls."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _day(moment: datetime) -> date:
    return moment.astimezone(CHINA).date()
