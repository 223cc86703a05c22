"""Key-encryption keys in a hardware module, tested against SoftHSM 2 in a process of its own for each configuration."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from keys_kit import PLAIN, key_files, rows
from pydantic import SecretStr

from xinshu.core.settings import Settings
from xinshu.crypto import KeyRing, KeyWrongError, Vault, rotation
from xinshu.crypto.errors import KeyProviderError, KeyProviderPinError, KeyProviderSettingError
from xinshu.crypto.pkcs11_keys import Pkcs11Keys
from xinshu.store.data_keys import DataKeys

MODULE = next(
    (path for path in ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so") if Path(path).is_file()),
    "",
)
AAD = b"citizen_no"
PIN = "13579246"

pytest.importorskip("pkcs11", reason="python-pkcs11 is not installed (extra hsm)")
pytestmark = pytest.mark.skipif(
    MODULE == "" or shutil.which("softhsm2-util") is None, reason="SoftHSM 2 is not installed"
)


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A token of its own; the module reads its configuration once a process."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    command = ["softhsm2-util", "--init-token", "--free", "--label", "xinshu", "--pin", PIN, "--so-pin", "97531864"]
    subprocess.run(command, check=True, capture_output=True)
    return "xinshu"


@pytest.fixture
def address(token: str, request: pytest.FixtureRequest) -> str:
    """Keys under a label of the test's own."""
    return f"pkcs11:{MODULE}?token={token}&label={request.node.name}"


@pytest.fixture
def hardware(settings: Settings, address: str) -> Settings:
    """A node whose keys are in the module."""
    return settings.model_copy(update={"key_provider": address, "key_provider_pin": SecretStr(PIN)})


def test_a_key_is_made_once_and_found_again(address: str) -> None:
    keys = Pkcs11Keys(address, PIN)
    assert keys.load() == []
    made = keys.create()
    (held,) = Pkcs11Keys(address, PIN).load()
    assert held.id == made.id and made.id.startswith("pkcs11-")
    secret = bytes(range(32))
    assert held.unwrap(made.wrap(secret)) == secret
    assert made.wrap(secret) != made.wrap(secret)


def test_what_was_altered_or_belongs_to_another_key(address: str) -> None:
    keys = Pkcs11Keys(address, PIN)
    one, other = keys.create(), keys.create()
    wrapped = one.wrap(bytes(32))
    for spoilt in (b"", wrapped[:20], wrapped[:-1], wrapped[:-1] + bytes([wrapped[-1] ^ 1]), other.wrap(bytes(32))):
        with pytest.raises(KeyWrongError) as caught:
            one.unwrap(spoilt)
        assert caught.value.code == "key_encryption_key_wrong"


def test_the_key_never_leaves_the_module(address: str) -> None:
    import pkcs11

    Pkcs11Keys(address, PIN).create()
    session = pkcs11.lib(MODULE).get_token(token_label="xinshu").open()
    label = address.rpartition("=")[2]
    (key,) = session.get_objects({pkcs11.Attribute.LABEL: label})
    assert key[pkcs11.Attribute.SENSITIVE] and not key[pkcs11.Attribute.EXTRACTABLE]
    with pytest.raises(pkcs11.AttributeSensitive):
        key[pkcs11.Attribute.VALUE]
    session.close()


def test_a_vault_over_it(hardware: Settings, store: DataKeys, database_url: str) -> None:
    vault = Vault.load(hardware, store)
    sealed = vault.seal(PLAIN, AAD, vault.ref("code", "x"))
    assert Vault.load(hardware, store).open(sealed, AAD) == PLAIN
    assert rows(database_url, "select provider, state from key_encryption_key") == [("pkcs11", "active")]
    assert not (hardware.home / "keys").exists()


def test_from_files_to_the_module_and_on(
    settings: Settings, hardware: Settings, store: DataKeys, database_url: str
) -> None:
    vault = Vault.load(settings, store)
    sealed = [vault.seal(PLAIN, AAD, vault.ref("code", str(i))) for i in range(5)]
    old = store.active() or ""
    ring = KeyRing.load(hardware, store)
    moved = rotation.rotate(ring)
    assert moved.active.startswith("pkcs11-") and store.not_under(moved.active) == 0
    assert rotation.retire(ring, old).endswith(f"kek-{old}.key")
    assert key_files(settings.home) == ["retired"]
    again = Vault.load(hardware, store)
    assert again.open_all(sealed, AAD) == [PLAIN] * 5

    second = rotation.rotate(ring)
    assert second.made and second.active != moved.active
    assert rotation.retire(ring, moved.active) == f"xinshu/{hardware.key_provider.rpartition('=')[2]}-retired"
    assert [key.id for key in ring.chosen.load()] == [second.active]
    assert again.open_all(sealed, AAD) == [PLAIN] * 5
    assert [one.opened for one in rotation.check(ring)] == [True]


@pytest.mark.parametrize(
    "broken",
    ["pkcs11:", "pkcs11:/m.so", "pkcs11:/m.so?token=a", "pkcs11:/m.so?token=a&label=", "pkcs11:?token=a&label=b"],
)
def test_an_incomplete_address(broken: str) -> None:
    with pytest.raises(KeyProviderSettingError) as caught:
        Pkcs11Keys(broken, PIN)
    assert caught.value.code == "key_provider_invalid" and "token=" in caught.value.hint


@pytest.mark.parametrize("module", ["/nowhere/module.so", "/etc/hostname", "/lib/x86_64-linux-gnu/libc.so.6"])
def test_a_module_that_is_none(module: str) -> None:
    with pytest.raises(KeyProviderError) as caught:
        Pkcs11Keys(f"pkcs11:{module}?token=a&label=b", PIN).load()
    assert (caught.value.status, caught.value.code) == (503, "key_provider_unavailable")
    assert module in caught.value.message and PIN not in str(caught.value.as_dict())


def test_a_token_that_is_not_there(token: str) -> None:
    with pytest.raises(KeyProviderError, match="没有令牌 other"):
        Pkcs11Keys(f"pkcs11:{MODULE}?token=other&label=b", PIN).load()


def test_no_pin() -> None:
    with pytest.raises(KeyProviderPinError) as caught:
        Pkcs11Keys(f"pkcs11:{MODULE}?token=a&label=b", None)
    assert caught.value.code == "key_provider_pin_wrong" and "XINSHU_KEY_PROVIDER_PIN" in caught.value.hint


def test_a_wrong_pin(token: str) -> None:
    """In a process that has not signed in yet."""
    script = (
        "from xinshu.crypto.pkcs11_keys import Pkcs11Keys\n"
        "from xinshu.core.errors import XinshuError\n"
        "try:\n"
        f"    Pkcs11Keys('pkcs11:{MODULE}?token={token}&label=b', '86420975').load()\n"
        "except XinshuError as error:\n"
        "    print(error.as_dict())\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert "'key_provider_pin_wrong'" in ended.stdout, ended.stderr
    assert "86420975" not in ended.stdout + ended.stderr


def test_a_session_that_was_lost_is_opened_again(address: str) -> None:
    keys = Pkcs11Keys(address, PIN)
    made = keys.create()
    (held,) = keys.load()
    wrapped = made.wrap(bytes(32))
    keys._session.close()
    assert held.unwrap(wrapped) == bytes(32)
