"""Fetch a token with a stock Authlib client, call the platform, change over to the next key.

Needs `pip install authlib httpx2`. Run it with: platform's address, client id, private key file, path to call.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import ECKey


@contextmanager
def connect(platform: str, client_id: str, private_key: str, **tls: object) -> Iterator[OAuth2Client]:
    """A session with a token; it fetches the next one by itself. `tls`: verify, cert … as httpx takes them."""
    endpoint = f"{platform}/oauth/token"
    key = ECKey.import_key(Path(private_key).read_text())
    proof = PrivateKeyJWT(endpoint, alg="ES256")
    with OAuth2Client(client_id, key, token_endpoint_auth_method=proof, token_endpoint=endpoint, **tls) as session:
        session.fetch_token()
        yield session


def add_key(session: OAuth2Client, platform: str, client_id: str, public_key: str) -> str:
    """Register the next public key; its kid. Then `connect` with the new private key, and `revoke_key` the old one."""
    jwk = json.loads(Path(public_key).read_text())
    answer = session.post(f"{platform}/v1/clients/{client_id}/keys", json={"jwk": jwk})
    answer.raise_for_status()
    return answer.json()["kid"]


def revoke_key(session: OAuth2Client, platform: str, client_id: str, kid: str) -> None:
    """Revoke a key: it counts no more from this moment on."""
    session.post(f"{platform}/v1/clients/{client_id}/keys/{kid}/revoke").raise_for_status()


if __name__ == "__main__":
    platform, client_id, private_key, path = sys.argv[1:]
    with connect(platform, client_id, private_key) as session:
        answer = session.get(platform + path)
        print(answer.status_code, answer.text)  # noqa: T201
