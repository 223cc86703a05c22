"""An authenticator in software: what a browser would return, made with `cryptography` and CBOR; any part can break."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40
ORIGIN = "http://localhost:8848"
PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


def b64(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The bytes of a base64url text."""
    return base64.urlsafe_b64decode(text + "===")


def client_data(kind: str, challenge: bytes, origin: str = ORIGIN, **more: Any) -> bytes:
    """What a browser writes down about a ceremony."""
    return json.dumps(
        {"type": kind, "challenge": b64(challenge), "origin": origin, "crossOrigin": False} | more
    ).encode()


def _p256() -> PrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class SoftAuthenticator:
    """One credential; `count` grows with every use, 0 for authenticators without a counter."""

    rp_id: str = "localhost"
    origin: str = ORIGIN
    key: PrivateKey = field(default_factory=_p256)
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    user_handle: bytes | None = None
    count: int = 0
    step: int = 1
    flags: int = UP | UV

    def cose_key(self) -> dict[int, Any]:
        """The public key as COSE writes it."""
        public = self.key.public_key()
        if isinstance(public, ec.EllipticCurvePublicKey):
            numbers = public.public_numbers()
            return {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        if isinstance(public, ed25519.Ed25519PublicKey):
            return {1: 1, 3: -8, -1: 6, -2: public.public_bytes_raw()}
        numbers_rsa = public.public_numbers()
        size = (numbers_rsa.n.bit_length() + 7) // 8
        return {1: 3, 3: -257, -1: numbers_rsa.n.to_bytes(size, "big"), -2: numbers_rsa.e.to_bytes(3, "big")}

    def authenticator_data(
        self, *, attested: bool, flags: int | None = None, cose: dict[int, Any] | None = None
    ) -> bytes:
        """The authenticator's part: whose site, which checks of the user, the counter, the new key."""
        self.count += self.step
        bits = (self.flags if flags is None else flags) | (AT if attested else 0)
        data = hashlib.sha256(self.rp_id.encode()).digest() + bytes([bits]) + self.count.to_bytes(4, "big")
        if attested:
            data += secrets.token_bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id
            data += cbor2.dumps(cose or self.cose_key())
        return data

    def sign(self, data: bytes) -> bytes:
        """A signature of the credential's key."""
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return self.key.sign(data, ec.ECDSA(SHA256()))
        if isinstance(self.key, ed25519.Ed25519PrivateKey):
            return self.key.sign(data)
        return self.key.sign(data, padding.PKCS1v15(), SHA256())

    def create(
        self,
        challenge: bytes,
        *,
        data: bytes | None = None,
        flags: int | None = None,
        cose: dict[int, Any] | None = None,
        attestation: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The answer to `navigator.credentials.create()`, attestation `none`."""
        attestation_object = {
            "fmt": "none",
            "attStmt": {},
            "authData": self.authenticator_data(attested=True, flags=flags, cose=cose),
        } | (attestation or {})
        return self._answer(
            clientDataJSON=b64(data or client_data("webauthn.create", challenge, self.origin)),
            attestationObject=b64(cbor2.dumps(attestation_object)),
            transports=["internal"],
        )

    def get(self, challenge: bytes, *, data: bytes | None = None, flags: int | None = None) -> dict[str, Any]:
        """The answer to `navigator.credentials.get()`."""
        said = data or client_data("webauthn.get", challenge, self.origin)
        about = self.authenticator_data(attested=False, flags=flags)
        return self._answer(
            clientDataJSON=b64(said),
            authenticatorData=b64(about),
            signature=b64(self.sign(about + hashlib.sha256(said).digest())),
            userHandle=b64(self.user_handle) if self.user_handle is not None else None,
        )

    def _answer(self, **response: Any) -> dict[str, Any]:
        name = b64(self.credential_id)
        return {"id": name, "rawId": name, "type": "public-key", "clientExtensionResults": {}, "response": response}
