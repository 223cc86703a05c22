"""Fetch a token with a stock Authlib client, call the platform, change over to the next key.

Needs `pip install authlib httpx2`. Run it with: platform's address, client id, private key file, path to call.
"""

import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc import jwt
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


def add_key(session: OAuth2Client, platform: str, client_id: str, private_key: str, next_key: str) -> str:
    """Register the public part of the next key; its kid. The key in use and the next one (private key files) both
    sign for it. Then `connect` with the next key, and `revoke_key` the old one."""
    present, following = (ECKey.import_key(Path(file).read_text()) for file in (private_key, next_key))
    address, now = f"{platform}/v1/clients/{client_id}/keys", int(time.time())
    about = {"iss": client_id, "sub": client_id, "aud": address, "iat": now, "exp": now + 120}

    def signed(key: ECKey) -> str:
        claims = {**about, "jti": secrets.token_urlsafe(16), "jkt": following.thumbprint()}
        return jwt.encode({"alg": "ES256"}, claims, key)

    body = {"jwk": following.as_dict(private=False), "proof": signed(following), "approval": signed(present)}
    answer = session.post(address, json=body)
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
