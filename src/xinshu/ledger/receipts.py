"""Verifying a receipt offline: no database, no network, only the receipt and the platform's public key."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import orjson

from xinshu.core.errors import SettingError, XinshuError
from xinshu.crypto.suites import PublicKey, suite
from xinshu.ledger import note, tree


class ReceiptError(XinshuError):
    """The receipt does not prove what it says."""

    code = "receipt_invalid"


def verify(receipt: Any, key: PublicKey | None = None) -> dict[str, Any]:
    """What the receipt proves: {leaf: {...}, index, size, origin, at, key_id}.

    `key`: the platform's public key as obtained from elsewhere; without it the key in the receipt is believed, and
    only the receipt's own coherence is shown. Raises ReceiptError, NoteError, KeyFormatError.
    """
    try:
        chosen = suite(receipt["suite"])
        believed = key or chosen.load_public_key(receipt["public_key"].encode())
        content: bytes = receipt["leaf"].encode()
        index = int(receipt["index"])
        proof = [base64.b64decode(one, validate=True) for one in receipt["proof"]]
        leaf = orjson.loads(content)
        signed = receipt["checkpoint"]
    except (KeyError, TypeError, AttributeError, ValueError, binascii.Error, SettingError):
        raise ReceiptError("不是存证回执,或内容不完整", hint="使用平台下载的原文件") from None
    if believed.suite != chosen.name:
        raise ReceiptError("公钥与回执的密码套件不同", hint="核对公钥")
    state = note.read(signed, believed)
    hashed = tree.leaf_hash(chosen.digest, content)
    if not tree.verify_inclusion(chosen.digest, hashed, index, state.size, proof, state.root):
        raise ReceiptError("回执的内容与签名的检查点不符:内容或证明被改动", hint="向平台重新索取")
    return {
        "leaf": leaf,
        "index": index,
        "size": state.size,
        "origin": state.origin,
        "at": state.at,
        "key_id": believed.key_id,
    }
