"""Sealing and keyed digests."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xinshu.crypto import SealedValueError, Vault, WrongKeyError

KEY = bytes(range(32))
VAULT = Vault(KEY)
OTHER = Vault(bytes(32))
PLAIN = "11010519491231002X"
AAD = b"ZN320115000000001C"
TEXT = st.text(st.characters(exclude_categories=("Cs",)))


@given(TEXT, st.binary(max_size=40))
def test_what_was_sealed_is_opened(plain: str, aad: bytes) -> None:
    sealed = VAULT.seal(plain, aad)
    assert VAULT.open(sealed, aad) == plain
    assert sealed.startswith(f"s1:{VAULT.key_id}:")
    assert Vault(KEY).open(sealed, aad) == plain


def test_the_same_value_is_sealed_differently_each_time() -> None:
    assert len({VAULT.seal(PLAIN, AAD) for _ in range(100)}) == 100
    assert PLAIN not in VAULT.seal(PLAIN, AAD)


@given(st.data())
def test_any_altered_character_is_noticed(data: st.DataObject) -> None:
    sealed = VAULT.seal(PLAIN, AAD)
    place = data.draw(st.integers(0, len(sealed) - 1))
    other = data.draw(st.characters(exclude_categories=("Cs",)))
    assume(other != sealed[place])
    with pytest.raises(SealedValueError) as caught:
        VAULT.open(sealed[:place] + other + sealed[place + 1 :], AAD)
    assert PLAIN not in str(caught.value.as_dict())


@pytest.mark.parametrize(
    "text", ["", "s1", "s1:", "s1::", f"s1:{VAULT.key_id}:", f"s1:{VAULT.key_id}:AAAA", "s2:aaaaaaaa:AAAA", PLAIN]
)
def test_what_is_no_sealed_value_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(SealedValueError) as caught:
        VAULT.open(text, AAD)
    assert caught.value.code in ("sealed_value_unreadable", "sealed_with_other_key")
    assert text == "" or text not in str(caught.value.as_dict())


def test_another_place_or_a_cut_value_is_refused() -> None:
    sealed = VAULT.seal(PLAIN, AAD)
    with pytest.raises(SealedValueError, match="移位"):
        VAULT.open(sealed, b"ZN320115000000002B")
    with pytest.raises(SealedValueError):
        VAULT.open(sealed[:-4], AAD)


def test_another_key_is_told_apart() -> None:
    with pytest.raises(WrongKeyError) as caught:
        OTHER.open(VAULT.seal(PLAIN, AAD), AAD)
    assert caught.value.code == "sealed_with_other_key"
    forged = VAULT.seal(PLAIN, AAD).replace(VAULT.key_id, OTHER.key_id)
    with pytest.raises(SealedValueError) as altered:
        OTHER.open(forged, AAD)
    assert altered.value.code == "sealed_value_unreadable"


def test_digests_find_equal_values_within_a_domain_only() -> None:
    assert VAULT.index(PLAIN, "citizen_no") == Vault(KEY).index(PLAIN, "citizen_no")
    assert len(VAULT.index(PLAIN, "citizen_no")) == 32
    different = {
        VAULT.index(PLAIN, "citizen_no"),
        VAULT.index(PLAIN, "phone"),
        OTHER.index(PLAIN, "citizen_no"),
        VAULT.index("o" + PLAIN, "citizen_n"),
        hashlib.sha256(PLAIN.encode()).digest(),
    }
    assert len(different) == 5


def test_the_key_is_never_shown() -> None:
    assert repr(VAULT) == f"Vault({VAULT.key_id})"
    assert KEY.hex()[:16] not in repr(vars(VAULT))
    with pytest.raises(ValueError, match="32 bytes, not 16"):
        Vault(bytes(16))
