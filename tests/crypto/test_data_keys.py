"""The form of sealed values, without a database."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import assume, given
from hypothesis import strategies as st
from keys_kit import PLAIN

from xinshu.crypto import SealedValueError, Sealing
from xinshu.crypto.data_keys import DataKey, SealedText

KEYS = {"intl": DataKey(7, "intl", bytes(range(32))), "gm": DataKey(7, "gm", bytes(range(16)))}
AAD = b"citizen_no"
NONCE = bytes(12)
TEXT = st.text(st.characters(exclude_categories=("Cs",)))


def opened(key: DataKey, sealed: str, aad: bytes = AAD) -> str:
    return key.open(SealedText.parse(sealed), aad)


@pytest.mark.parametrize("suite", ["intl", "gm"])
@given(plain=TEXT, aad=st.binary(max_size=40), nonce=st.binary(min_size=12, max_size=12))
def test_what_was_sealed_is_opened(suite: str, plain: str, aad: bytes, nonce: bytes) -> None:
    sealed = KEYS[suite].seal(plain, aad, nonce)
    assert opened(KEYS[suite], sealed, aad) == plain
    assert sealed.startswith(f"e1:{suite[0]}:7:")


def test_the_form_is_what_it_says() -> None:
    sealed = SealedText.parse(KEYS["intl"].seal(PLAIN, AAD, NONCE))
    assert AESGCM(bytes(range(32))).decrypt(NONCE, sealed.body, b"e1:i:7:citizen_no") == PLAIN.encode()


@pytest.mark.parametrize("suite", ["intl", "gm"])
@given(data=st.data())
def test_any_altered_character_is_noticed(suite: str, data: st.DataObject) -> None:
    sealed = KEYS[suite].seal(PLAIN, AAD, NONCE)
    place = data.draw(st.integers(0, len(sealed) - 1))
    other = data.draw(st.characters(exclude_categories=("Cs",)))
    assume(other != sealed[place])
    with pytest.raises(SealedValueError) as caught:
        opened(KEYS[suite], sealed[:place] + other + sealed[place + 1 :])
    assert PLAIN not in str(caught.value.as_dict())


@pytest.mark.parametrize(
    "text",
    ["", "e1", "e1:i", "e1:i:7", "e1:i:7:", "e1:i:7:AAAA", "e1:i::AAAA", "e1:x:7:" + "A" * 40, "e1:i:-7:" + "A" * 40,
     "e1:i:٧:" + "A" * 40, "e1:i:" + "9" * 30 + ":" + "A" * 40, "s2:aaaaaaaa:AAAA", PLAIN, "e2:i:7:" + "A" * 40],
)  # fmt: skip
def test_what_is_no_sealed_value_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(SealedValueError) as caught:
        SealedText.parse(text)
    assert caught.value.code == "sealed_value_unreadable"
    assert text == "" or text not in str(caught.value.as_dict())


def test_another_place_key_suite_or_number_is_refused() -> None:
    sealed = KEYS["intl"].seal(PLAIN, AAD, NONCE)
    refused: list[tuple[DataKey, str, bytes]] = [
        (KEYS["intl"], sealed, b"other_document_no"),
        (KEYS["intl"], sealed[:-4], AAD),
        (KEYS["intl"], sealed.replace(":7:", ":07:"), AAD),
        (KEYS["intl"], sealed.replace(":7:", ":8:"), AAD),
        (KEYS["gm"], sealed, AAD),
        (DataKey(7, "intl", bytes(32)), sealed, AAD),
    ]
    for key, text, aad in refused:
        with pytest.raises(SealedValueError, match="移位"):
            opened(key, text, aad)


def test_each_value_has_a_nonce_of_its_own_and_the_key_is_never_shown() -> None:
    sealing = Sealing({b"a": KEYS["intl"]})
    assert len({sealing.seal(b"a", PLAIN, AAD) for _ in range(100)}) == 100
    shown: Any = repr(KEYS["intl"])
    assert shown == "DataKey(7)"
