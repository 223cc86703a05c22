"""Rotation while others work, cut off anywhere, and the refusal to retire what is needed."""

from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from keys_kit import FIRST_INDEXES, FIRST_SEALED, PLAIN, execute, key_files, put_first_key, rows

from xinshu.core.settings import Settings
from xinshu.crypto import KeyMissingError, KeyRing, ShreddedError, Vault, rotation
from xinshu.crypto.errors import KeyNeededError, KeyUnknownError, RotationRunningError
from xinshu.store.data_keys import DataKeys

AAD = b"citizen_no"


@pytest.fixture
def ring(settings: Settings, store: DataKeys) -> KeyRing:
    """The keys as a command has them."""
    return KeyRing.load(settings, store)


def sealed_values(vault: Vault, count: int = 10) -> list[str]:
    """Values of as many subjects."""
    refs = [vault.ref("code", str(i)) for i in range(count)]
    keys = vault.sealing(refs)
    return [keys.seal(ref, f"{PLAIN}{i}", AAD) for i, ref in enumerate(refs)]


def open_all(vault: Vault, sealed: list[str]) -> bool:
    return vault.open_all(sealed, AAD) == [f"{PLAIN}{i}" for i in range(len(sealed))]


def test_everything_comes_under_the_new_key(vault: Vault, ring: KeyRing, store: DataKeys, settings: Settings) -> None:
    sealed, index = sealed_values(vault), vault.index(PLAIN, "citizen_no")
    pseudonym = vault.pseudonym("bank", "subject", "x")
    old = store.active()
    seen: list[tuple[int, int]] = []
    done = rotation.rotate(ring, lambda count, total: seen.append((count, total)))
    assert done.made and done.active == store.active() != old
    assert done.rewrapped == 12 and seen[-1] == (12, 12)  # ten subjects, two secrets
    states = {key.id: (key.state, key.held, key.data_keys, key.secrets) for key in rotation.overview(ring).keys}
    assert states == {old: ("old", True, 0, 0), done.active: ("active", True, 10, 2)}

    # `vault` has not been told: it meets a key it does not know, and makes new keys under the new one.
    assert open_all(vault, sealed)
    more = vault.seal("more", AAD, vault.ref("code", "more"))
    assert store.not_under(done.active) == 0
    fresh = Vault.load(settings, store)
    assert fresh.open(more, AAD) == "more" and open_all(fresh, sealed)
    assert (fresh.index(PLAIN, "citizen_no"), fresh.pseudonym("bank", "subject", "x")) == (index, pseudonym)


def test_a_key_is_retired_only_when_nothing_needs_it(
    vault: Vault, ring: KeyRing, store: DataKeys, settings: Settings, database_url: str
) -> None:
    sealed = sealed_values(vault)
    old = store.active() or ""
    with pytest.raises(KeyNeededError, match="现行密钥"):
        rotation.retire(ring, old)
    new = rotation.rotate(ring).active
    execute(database_url, "update data_key set kek_id = %s where id = (select min(id) from data_key)", old)
    with pytest.raises(KeyNeededError, match="还包裹着 1 把数据密钥") as caught:
        rotation.retire(ring, old)
    assert caught.value.code == "key_encryption_key_needed"
    execute(database_url, "update data_key set kek_id = %s", new)
    place = rotation.retire(ring, old)
    assert place == str(settings.home / "keys" / "retired" / f"kek-{old}.key") and Path(place).is_file()
    assert rotation.retire(ring, old) == place  # a second time changes nothing
    assert key_files(settings.home) == [f"kek-{new}.key", "retired"]
    assert open_all(Vault.load(settings, store), sealed) and open_all(vault, sealed)
    assert {key.id: key.state for key in rotation.overview(ring).keys} == {old: "retired", new: "active"}
    with pytest.raises(KeyUnknownError):
        rotation.retire(ring, "nothing")


def test_a_process_with_the_old_key_cannot_use_it_any_more(
    vault: Vault, ring: KeyRing, store: DataKeys, settings: Settings
) -> None:
    """`vault` holds the retired key in memory; what it would wrap with it nobody could open later."""
    vault.ready()
    old = store.active() or ""
    rotation.rotate(ring)
    rotation.retire(ring, old)
    sealed = vault.seal(PLAIN, AAD, vault.ref("code", "late"))
    assert Vault.load(settings, store).open(sealed, AAD) == PLAIN
    assert store.add(old, "intl", [(b"ref", b"wrapped")]) is None
    assert not store.add_secret(old, "late", "intl", b"wrapped")


@pytest.mark.parametrize("point", ["made", "active", "page", "middle"])
def test_a_rotation_killed_anywhere_is_taken_up(
    vault: Vault, store: DataKeys, settings: Settings, database_url: str, point: str
) -> None:
    sealed, index = sealed_values(vault), vault.index(PLAIN, "citizen_no")
    old = store.active() or ""
    driver = Path(__file__).with_name("rotation_driver.py")
    command = [sys.executable, str(driver), str(settings.home), database_url, point]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert ended.stdout.strip() == str(signal.SIGKILL.value), ended.stderr
    assert open_all(Vault.load(settings, store), sealed) and open_all(vault, sealed)
    assert len(key_files(settings.home)) == 2

    ring = KeyRing.load(settings, store)
    done = rotation.rotate(ring)
    assert done.made == (point == "made")
    assert len(key_files(settings.home)) == 2, "the key that was made is used, and no third one made"
    assert store.not_under(done.active) == 0
    rotation.retire(ring, old)
    after = Vault.load(settings, store)
    assert open_all(after, sealed) and after.index(PLAIN, "citizen_no") == index


def test_two_rotations_at_once(ring: KeyRing, store: DataKeys) -> None:
    ring.active()
    with store.alone(wait=False) as mine:
        assert mine
        with pytest.raises(RotationRunningError) as caught:
            rotation.rotate(ring)
    assert caught.value.code == "key_rotation_running"
    assert rotation.rotate(ring).made


def test_others_seal_and_open_all_the_while(
    vault: Vault, settings: Settings, store: DataKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = sealed_values(vault, 40)
    monkeypatch.setattr(rotation, "PAGE", 5)
    stop = False

    def work(number: int) -> list[str]:
        own, done = Vault.load(settings, store), []
        while not stop:
            assert open_all(own, sealed)
            done.append(own.seal(PLAIN, AAD, own.ref("code", f"{number}-{len(done)}")))
        return done

    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(work, number) for number in range(2)]
        ring = KeyRing.load(settings, store)
        keys = [rotation.rotate(ring).active for _ in range(3)]
        stop = True
        made = [text for one in running for text in one.result()]
    assert len(set(keys)) == 3
    assert store.not_under(keys[-1]) == 0
    assert set(Vault.load(settings, store).open_all(made, AAD)) <= {PLAIN}


def test_what_was_destroyed_stays_destroyed(vault: Vault, ring: KeyRing, database_url: str) -> None:
    sealed = sealed_values(vault, 3)
    execute(
        database_url,
        "update data_key set wrapped = null, ref = null, destroyed_at = now(), destroyed_by = 'x', reason = 'x' "
        "where id = %s",
        int(sealed[1].split(":")[2]),
    )
    assert rotation.rotate(ring).rewrapped == 3  # two subjects and a secret
    assert vault.open(sealed[0], AAD) and vault.open(sealed[2], AAD)
    with pytest.raises(ShreddedError):
        vault.open(sealed[1], AAD)
    assert rotation.overview(ring).destroyed == 1


def test_the_key_of_the_first_release_can_be_retired(settings: Settings, store: DataKeys, database_url: str) -> None:
    put_first_key(settings.home)
    vault = Vault.load(settings, store)
    vault.ready()
    ring = KeyRing.load(settings, store)
    rotation.rotate(ring)
    place = rotation.retire(ring, "e5c11724")
    assert Path(place).name == "vault.key" and "vault.key" not in key_files(settings.home)
    fresh = Vault.load(settings, store)
    fresh.ready()
    plain, sealed = FIRST_SEALED[AAD]
    assert fresh.open(sealed, AAD) == plain
    assert fresh.index(PLAIN, "citizen_no").hex() == FIRST_INDEXES["citizen_no"][1]
    assert rows(database_url, "select count(*) from secret where kek_id = %s", store.active()) == [(2,)]


def test_check_tells_which_key_is_missing(vault: Vault, ring: KeyRing, store: DataKeys, settings: Settings) -> None:
    sealed_values(vault)
    old = store.active() or ""
    assert [(one.id, one.opened) for one in rotation.check(ring)] == [(old, True)]
    file = settings.home / "keys" / f"kek-{old}.key"
    file.rename(settings.home / "aside")
    fresh = KeyRing.load(settings, store)
    (one,) = rotation.check(fresh)
    assert (one.opened, one.error) == (False, "key_encryption_key_missing") and old in one.message
    (seen,) = rotation.overview(fresh).keys
    assert (seen.held, seen.data_keys) == (False, 10)
    with pytest.raises(KeyMissingError):
        rotation.rotate(fresh)
    assert store.active() == old


def test_check_tells_what_does_not_open(vault: Vault, ring: KeyRing, database_url: str) -> None:
    vault.ready()
    execute(database_url, "update secret set wrapped = '\\x00'")
    (one,) = rotation.check(ring)
    assert (one.opened, one.error) == (False, "key_encryption_key_wrong")
