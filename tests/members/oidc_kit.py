"""A real OpenID Connect provider (npm oidc-provider) for tests, and a browser that goes there and comes back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from browser_kit import CODE, ORIGIN
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import ECKey

from xinshu.members.sign_on import Providers

SOURCE = Path(__file__).parent / "oidc_provider"
NAMES = ("bank", "secret", "post", "strong")
SECRETS = {"OIDC_SECRET": "a secret: 100% ours", "OIDC_POST": "another secret"}
INSTALL_SECONDS, START_SECONDS = 180, 30


@dataclass
class RealProvider:
    """The provider's process."""

    issuer: str
    key_file: Path
    process: subprocess.Popen[str]

    def control(self, **wanted: Any) -> None:
        """Who signs on next (`user`, `acr`), and what goes wrong (`fault`)."""
        assert httpx.post(f"{self.issuer}/control", json=wanted).status_code == 204

    def providers(self, folder: Path, **changed: Any) -> Providers:
        """The providers of a node that uses it in four ways; `changed` goes into each file."""
        folder.mkdir(exist_ok=True)
        key = {"method": "private_key_jwt", "key_file": str(self.key_file)}
        clients: dict[str, dict[str, Any]] = {
            "bank": {"client_id": "with-key", "client": key},
            "secret": {
                "client_id": "with-secret",
                "client": {"method": "client_secret_basic", "secret_env": "OIDC_SECRET"},
            },
            "post": {"client_id": "with-post", "client": {"method": "client_secret_post", "secret_env": "OIDC_POST"}},
            "strong": {"client_id": "with-key", "client": key, "acr": ["urn:example:mfa"]},
        }
        for name in NAMES:
            file = {"name": f"示范银行 {name}", "issuer": self.issuer, "member": CODE} | clients[name] | changed
            (folder / f"{name}.yml").write_text(json.dumps(file), encoding="utf-8")  # JSON is YAML
        return Providers.load(folder, SECRETS)


def start_provider(folder: Path) -> RealProvider:
    """Install and start it; skips the test where node, npm or the packages are not to be had."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("node and npm are needed for the OpenID Connect provider")
    for name in ("package.json", "package-lock.json", "provider.mjs"):
        shutil.copy(SOURCE / name, folder)
    try:
        subprocess.run(
            [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"],
            cwd=folder, check=True, capture_output=True, timeout=INSTALL_SECONDS,
        )  # fmt: skip
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"the OpenID Connect provider could not be installed: {error}")
    key = ec.generate_private_key(ec.SECP256R1())
    key_file = folder / "client.pem"
    key_file.touch(0o600)
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    asked = {
        "redirectUris": [f"{ORIGIN}/v1/sign-on/{name}/callback" for name in NAMES],
        "clientJwk": ECKey.import_key(key_file.read_bytes()).as_dict(private=False),
    }
    process = subprocess.Popen(
        [node, "provider.mjs", json.dumps(asked)],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert process.stdout is not None
    line = process.stdout.readline()
    if line == "":
        stop_provider(process)
        pytest.fail("the OpenID Connect provider did not start")
    return RealProvider(json.loads(line)["issuer"], key_file, process)


def stop_provider(process: subprocess.Popen[str]) -> None:
    """End it."""
    process.terminate()
    process.wait(START_SECONDS)
    if process.stdout is not None:
        process.stdout.close()


async def visit_provider(location: str) -> str:
    """What a browser does at the provider; the address to which it is sent back, as a path of the node."""
    async with httpx.AsyncClient() as browser:
        for _ in range(10):
            answer = await browser.get(location)
            assert answer.status_code in (302, 303), answer.text
            location = str(answer.url.join(answer.headers["location"]))
            if location.startswith(ORIGIN):
                return location.removeprefix(ORIGIN)
    raise AssertionError("sent round in circles")


def queried(address: str) -> dict[str, str]:
    """The query of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
