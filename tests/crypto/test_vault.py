"""The vault over a database: a data key for each subject, indexes, pseudonyms, what the first release sealed."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from keys_kit import FIRST_INDEXES, FIRST_SEALED, PLAIN, execute, key_files, put_first_key, rows
from pydantic import SecretStr

from xinshu.core.clock import FixedClock
from xinshu.core.errors import UnavailableError
from xinshu.core.settings import Settings
from xinshu.crypto import (
    KeyMissingError,
    KeyWrongError,
    SealedValueError,
    ShreddedError,
    Vault,
    VaultKeyError,
    WrongKeyError,
)
from xinshu.crypto.errors import KeyProviderSettingError
from xinshu.store.data_keys import DataKeys

AAD = b"citizen_no"


def again(settings: Settings, store: DataKeys) -> Vault:
    """The vault as another process has it."""
    return Vault.load(settings, store)


def test_a_data_key_for_each_subject(vault: Vault, settings: Settings, store: DataKeys, database_url: str) -> None:
    one, other = vault.ref("code", "91320111MA00000001"), vault.ref("code", "91320111MA00000002")
    sealed = [vault.seal(PLAIN, AAD, ref) for ref in (one, one, other)]
    numbers = [text.split(":")[2] for text in sealed]
    assert numbers[0] == numbers[1] != numbers[2]
    assert again(settings, store).open_all(sealed, AAD) == [PLAIN] * 3
    assert again(settings, store).seal("x", AAD, one).split(":")[2] == numbers[0]
    assert len(set(sealed)) == 3
    kept = rows(database_url, "select ref, suite, kek_id, wrapped from data_key order by id")
    assert [row[0] for row in kept][:2] == [one, other]
    assert {row[2] for row in kept} == {store.active()}
    assert PLAIN not in repr(kept) + repr(rows(database_url, "select * from secret"))


@pytest.mark.parametrize("suite", ["intl", "gm"])
def test_both_suites(settings: Settings, store: DataKeys, suite: str) -> None:
    vault = Vault.load(settings.model_copy(update={"crypto_suite": suite}), store)
    sealed = vault.seal(PLAIN, AAD, vault.ref("code", "x"))
    assert sealed.startswith(f"e1:{suite[0]}:")
    other = "gm" if suite == "intl" else "intl"
    after = Vault.load(settings.model_copy(update={"crypto_suite": other}), store)  # the setting was changed
    assert after.open(sealed, AAD) == PLAIN
    assert after.index(PLAIN, "citizen_no") == vault.index(PLAIN, "citizen_no")
    assert after.seal(PLAIN, AAD, after.ref("code", "y")).startswith(f"e1:{other[0]}:")


def test_what_is_about_no_subject_has_the_nodes_own_key(vault: Vault, settings: Settings, store: DataKeys) -> None:
    sealed = vault.seal("JBSWY3DPEHPK3PXP", b"totp")
    assert again(settings, store).open(sealed, b"totp") == "JBSWY3DPEHPK3PXP"
    with pytest.raises(SealedValueError):
        vault.open(sealed, b"other")


def test_many_refs_at_once_and_from_many_processes(settings: Settings, store: DataKeys, database_url: str) -> None:
    vaults = [again(settings, store) for _ in range(4)]
    refs = [bytes([i % 256, i // 256]) * 16 for i in range(500)]

    def seal(number: int) -> list[str]:
        ordered = refs if number % 2 else refs[::-1]
        keys = vaults[number].sealing(ordered)
        return [keys.seal(ref, f"v{number}", AAD) for ref in refs]

    with ThreadPoolExecutor(4) as pool:
        sealed = list(pool.map(seal, range(4)))
    assert len({tuple(text.split(":")[2] for text in texts) for texts in sealed}) == 1
    assert vaults[0].open_all(sealed[3], AAD) == ["v3"] * 500
    assert rows(database_url, "select count(*) from data_key where ref = any(%s)", refs) == [(500,)]


def test_many_values_of_which_one_is_destroyed(vault: Vault, database_url: str) -> None:
    refs = [vault.ref("code", str(i)) for i in range(3)]
    sealed = [vault.seal(str(i), AAD, ref) for i, ref in enumerate(refs)]
    execute(
        database_url,
        "update data_key set wrapped = null, ref = null, destroyed_at = now(), destroyed_by = 'x', reason = 'x' "
        "where ref = %s",
        refs[1],
    )
    assert vault.open_all([*sealed, "x1"], AAD) == ["0", None, "2", None]
    for text in (sealed[1], "x1"):
        with pytest.raises(ShreddedError) as caught:
            vault.open(text, AAD)
        assert (caught.value.code, caught.value.status) == ("sealed_value_shredded", 410)
    assert vault.data_keys([(text, AAD) for text in sealed] + [(sealed[0][:-4], AAD), (sealed[2], b"other")]) == {
        sealed[0]: int(sealed[0].split(":")[2]), sealed[2]: int(sealed[2].split(":")[2])
    }  # fmt: skip


def test_a_number_that_is_not_there(vault: Vault) -> None:
    sealed = vault.seal(PLAIN, AAD, vault.ref("code", "x"))
    head, number, body = sealed.rsplit(":", 2)
    with pytest.raises(SealedValueError) as caught:
        vault.open(f"{head}:{int(number) + 1000}:{body}", AAD)
    assert caught.value.code == "sealed_value_unreadable"


def test_digests_find_equal_values_within_a_domain_only(vault: Vault, settings: Settings, store: DataKeys) -> None:
    assert vault.index(PLAIN, "citizen_no") == again(settings, store).index(PLAIN, "citizen_no")
    assert len(vault.index(PLAIN, "citizen_no")) == 32
    different = {
        vault.index(PLAIN, "citizen_no"),
        vault.index(PLAIN, "phone"),
        vault.index("o" + PLAIN, "citizen_n"),
        vault.ref("citizen_no", PLAIN),
        hashlib.sha256(PLAIN.encode()).digest(),
    }
    assert len(different) == 5


def test_what_the_first_release_sealed_is_read(settings: Settings, store: DataKeys, database_url: str) -> None:
    path = put_first_key(settings.home)
    vault = again(settings, store)
    vault.ready()
    for aad, (plain, sealed) in FIRST_SEALED.items():
        assert vault.open(sealed, aad) == plain
        with pytest.raises(SealedValueError, match="移位"):
            vault.open(sealed, aad + b"x")
        with pytest.raises(SealedValueError):
            vault.open(sealed[:-4] + "AAAA", aad)
    for domain, (value, digest) in FIRST_INDEXES.items():
        assert vault.index(value, domain).hex() == digest
    assert store.active() == "e5c11724" and key_files(settings.home) == ["vault.key"]
    assert vault.open(vault.seal(PLAIN, AAD), AAD) == PLAIN
    mixed = [FIRST_SEALED[AAD][1], vault.seal("x", AAD, vault.ref("code", "c"))]
    assert vault.open_all(mixed, AAD) == [PLAIN, "x"]
    assert sorted(rows(database_url, "select name from secret")) == [("index",), ("s1/e5c11724",)]
    assert path.read_text().startswith("xinshu-vault-1:")


def test_another_key_is_told_apart(vault: Vault) -> None:
    with pytest.raises(WrongKeyError) as caught:
        vault.open(FIRST_SEALED[AAD][1], AAD)
    assert caught.value.code == "sealed_with_other_key"


def test_pseudonyms_cannot_be_joined(vault: Vault, settings: Settings, store: DataKeys) -> None:
    name = vault.pseudonym("bank-1", "subject", "91320111MA00000001")
    assert name == again(settings, store).pseudonym("bank-1", "subject", "91320111MA00000001")
    assert len(name) == 32 and name.isascii()
    others = {
        vault.pseudonym("bank-2", "subject", "91320111MA00000001"),
        vault.pseudonym("bank-1", "account", "91320111MA00000001"),
        vault.pseudonym("bank-1", "subject", "91320111MA00000002"),
        vault.pseudonym("bank-1s", "ubject", "91320111MA00000001"),
        vault.index("91320111MA00000001", "subject").hex(),
    }
    assert len(others | {name}) == 6
    assert hashlib.sha256(b"91320111MA00000001").hexdigest()[:8] not in name


def test_a_missing_key_is_named_and_no_other_is_made(vault: Vault, settings: Settings, store: DataKeys) -> None:
    sealed = vault.seal(PLAIN, AAD)
    active = store.active()
    file = settings.home / "keys" / f"kek-{active}.key"
    aside = settings.home / "aside"
    file.rename(aside)
    fresh = again(settings, store)
    with pytest.raises(KeyMissingError, match=str(active)) as caught:
        fresh.ready()
    assert caught.value.code == "key_encryption_key_missing" and caught.value.hint
    assert key_files(settings.home) == []
    aside.rename(file)
    assert fresh.open(sealed, AAD) == PLAIN


def test_a_corrupted_key_file_stops_the_start(vault: Vault, settings: Settings, store: DataKeys) -> None:
    vault.ready()
    (file,) = (settings.home / "keys").iterdir()
    text = file.read_text()
    file.write_text(text[:40] + ("A" if text[40] != "A" else "B") + text[41:])
    with pytest.raises(VaultKeyError) as caught:
        again(settings, store).ready()
    assert caught.value.code == "vault_key_invalid"
    assert text.split(":")[3][:10] not in str(caught.value.as_dict())


def test_a_wrapped_key_changed_in_the_database(vault: Vault, database_url: str) -> None:
    sealed = vault.seal(PLAIN, AAD, vault.ref("code", "x"))
    number = int(sealed.split(":")[2])
    execute(
        database_url,
        "update data_key set wrapped = set_byte(wrapped, 20, 255 - get_byte(wrapped, 20)) where id = %s",
        number,
    )
    with pytest.raises(KeyWrongError) as caught:
        vault.open(sealed, AAD)
    assert caught.value.code == "key_encryption_key_wrong"


def test_indexes_without_the_key_they_were_made_with(settings: Settings, store: DataKeys, database_url: str) -> None:
    execute(
        database_url,
        "insert into subject (name, name_key, citizen_index) values ('张三', gen_random_uuid(), '\\x01')",
    )
    with pytest.raises(VaultKeyError, match=r"vault\.key"):
        again(settings, store).ready()
    assert rows(database_url, "select name from secret") == []
    put = settings.home / "keys"
    for path in put.iterdir():
        path.unlink()
    put.rmdir()
    execute(database_url, "delete from key_encryption_key")
    put_first_key(settings.home)
    again(settings, store).ready()


@pytest.mark.parametrize("provider", ["", "vault", "kms:aws", "pkcs11"])
def test_a_provider_that_does_not_exist(settings: Settings, store: DataKeys, provider: str) -> None:
    with pytest.raises(KeyProviderSettingError) as caught:
        Vault.load(settings.model_copy(update={"key_provider": provider}), store)
    assert caught.value.code == "key_provider_invalid" and caught.value.hint


def test_without_a_database(tmp_path: Path, clock: FixedClock) -> None:
    dsn = "postgresql://u:geheim@127.0.0.1:1/x"
    vault = Vault.load(Settings(home=tmp_path, database_url=SecretStr(dsn)), DataKeys(dsn, clock))
    with pytest.raises(UnavailableError) as caught:
        vault.index("a", "b")
    assert caught.value.code == "database_unavailable"
    assert "geheim" not in str(caught.value.as_dict())


def test_no_key_is_shown(vault: Vault) -> None:
    vault.ready()
    assert repr(vault) == "Vault(intl)"
