"""The token endpoint (RFC 6749, 7523, 8705) and the check of access tokens (RFC 9068)."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

from joserfc import jwt

from xinshu.core.clock import Clock
from xinshu.members.clients import jose, rules, store
from xinshu.members.clients.errors import (
    AssertionAlgorithmError,
    AssertionMalformedError,
    AssertionReplayedError,
    AssertionRequiredError,
    AssertionUnsignedError,
    CertificateRequiredError,
    ClosedError,
    GrantUnsupportedError,
    InvalidClientError,
    KeyExpiredError,
    KeyRevokedError,
    OAuthError,
    RequestInvalidError,
    TokenError,
    TokenExpiredError,
)
from xinshu.members.clients.model import Client, ClientKey, ClientState, TokenAnswer
from xinshu.members.clients.token_keys import ALG, TokenKeys
from xinshu.members.clients.verified import Verified, VerifiedTokens
from xinshu.members.directory import Standing, standing
from xinshu.members.events import record
from xinshu.members.freshness import Freshness
from xinshu.members.model import Caller, Principal, Strength
from xinshu.store import Database

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TOKEN_TYPE = "at+jwt"  # noqa: S105  (a media type)
KEYS_TRIED = 4  # keys tried where an assertion names none: the two active ones, and the last two that are not
KEPT_OF_ADDRESS = 60  # refusals of bearer tokens from one address that are written down in a minute,
KEPT = 600  # and from all together: who is nobody must not fill the log, which is asked before any limit of requests
ENDPOINT = "/oauth/token"
JWKS = "/oauth/jwks"


@dataclass(frozen=True)
class Proven:
    """A client that has proven itself by an assertion."""

    client: Client
    key: ClientKey
    claims: rules.Claims


class TokenService:
    """Issues access tokens to client systems and tells whom a token stands for.

    `issuer` is the platform's public address, without a path. Every refusal and every issue goes to the security log.
    """

    def __init__(
        self,
        db: Database,
        keys: TokenKeys,
        freshness: Freshness,
        clock: Clock,
        issuer: str,
        token_seconds: int = 600,
        random_text: Callable[[], str] = lambda: secrets.token_urlsafe(16),
    ) -> None:
        self._db = db
        self.keys = keys
        self._clock = clock
        self.issuer = issuer.rstrip("/")
        self.endpoint = self.issuer + ENDPOINT
        self._seconds = token_seconds
        self._random_text = random_text
        self.verified = VerifiedTokens(freshness)
        self._minute = 0
        self._refusals: Counter[str] = Counter()

    # --- issuing

    async def issue(self, form: Mapping[str, str], caller: Caller) -> TokenAnswer:
        """A token for the client that the assertion in `form` proves. Raises OAuthError; each one is recorded."""
        assertion = form.get("client_assertion", "")
        try:
            return await self._issue(form, assertion, caller)
        except OAuthError as error:
            await self.refused(error, _subject_of(assertion), caller, ENDPOINT)
            raise

    async def _issue(self, form: Mapping[str, str], assertion: str, caller: Caller) -> TokenAnswer:
        if "grant_type" not in form:
            raise RequestInvalidError(fault="缺少 grant_type")
        if form["grant_type"] != "client_credentials":
            raise GrantUnsupportedError()
        if form.get("client_assertion_type") != ASSERTION_TYPE or assertion == "":
            raise AssertionRequiredError()
        async with self._db.transaction() as conn:
            proven = await self._prove(conn, assertion, form.get("client_id"))
            client, now = proven.client, self._clock.now()
            if client.state is ClientState.CLOSED:
                raise ClosedError()
            rules.check_assertion(proven.claims, (self.endpoint, self.issuer), now)
            member = await standing(conn, client.member_id)
            assert member is not None  # noqa: S101  (a foreign key)
            rules.check_standing(member.ref.state, client.sandbox)
            rules.check_address(map(ip_network, client.networks), caller.address)
            certificate = rules.check_certificate(client.certificates, client.certificate_bound, caller.certificate)
            roles = rules.narrow(client.roles, form.get("scope", ""))
            digest, forget = proven.claims.use(), proven.claims.forget_at
            if not await store.queries.use_assertion(conn, digest=digest, expires_at=forget):
                raise AssertionReplayedError()
            await store.queries.forget_assertions(conn, at=now)
            signer = await self.keys.signing(conn)
            claims = self._claims(client, proven.key, roles, certificate, now)
            await record(
                conn, now, "token", "token_issued", principal=client.principal, member_id=client.member_id,
                target=client.principal, address=caller.address, kid=proven.key.kid, jti=claims["jti"], roles=roles,
            )  # fmt: skip
        kid, key = signer
        token = jwt.encode({"alg": ALG, "kid": kid}, claims, key, algorithms=[ALG], default_type=TOKEN_TYPE)
        return TokenAnswer(token, self._seconds, claims["scope"])

    async def _prove(self, conn: Any, assertion: str, named: str | None) -> Proven:
        """Who signed the assertion. Until that is known the caller learns nothing about clients and keys."""
        try:
            unverified = jose.read(assertion)
        except jose.MalformedTokenError:
            raise AssertionMalformedError(fault="不是签名的 JWT,过长,或 JSON 有误") from None
        alg = unverified.alg
        if not isinstance(alg, str) or alg.lower() == "none":
            raise AssertionUnsignedError()
        if alg not in jose.ADMITTED:
            raise AssertionAlgorithmError()
        claims = rules.assertion_claims(unverified.claims)
        if named is not None and named != claims.client_id:
            raise AssertionMalformedError(fault="client_id 参数与断言的 sub 不同")
        known = rules.CLIENT_ID.fullmatch(claims.client_id) is not None
        client = await store.find(conn, claims.client_id) if known else None
        if client is None:
            raise InvalidClientError("client_unknown")
        keys = [key for key in await store.keys(conn, client.id) if jose.fits(alg, key.jwk)]
        if "kid" in unverified.header:
            keys = [key for key in keys if key.kid == unverified.kid]
        signed = (key for key in keys[:KEYS_TRIED] if jose.verify(unverified, jose.public_key(key.jwk), alg))
        key = next(signed, None)
        if key is None:
            raise InvalidClientError("signature_invalid" if keys else "key_unknown")
        if key.revoked_at is not None:
            raise KeyRevokedError()
        if not key.active(self._clock.now()):
            raise KeyExpiredError()
        return Proven(client, key, claims)

    def _claims(
        self, client: Client, key: ClientKey, roles: tuple[str, ...], certificate: str | None, now: datetime
    ) -> dict[str, Any]:
        issued = int(now.timestamp())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": client.id,
            "aud": self.issuer,
            "client_id": client.id,
            "member": client.member_id,
            "scope": " ".join(roles),
            "sandbox": client.sandbox,
            "key": key.kid,  # with the key, its tokens are revoked
            "iat": issued,
            "exp": issued + self._seconds,
            "jti": self._random_text(),
        }
        if certificate is not None:
            claims["cnf"] = {"x5t#S256": certificate}
        return claims

    # --- checking

    async def principal(self, client_id: str) -> Principal | None:
        """Who a client would be with a token for all its roles, for explanations; None when there is none."""
        async with self._db.acquire() as conn:
            client = await store.find(conn, client_id) if rules.CLIENT_ID.fullmatch(client_id) is not None else None
            if client is None:
                return None
            member = await standing(conn, client.member_id)
        assert member is not None  # noqa: S101  (a foreign key)
        return _principal(client, member, frozenset(client.roles))

    async def authenticate(self, token: str, caller: Caller) -> Principal:
        """Whom a bearer token stands for. Raises TokenError, or the OAuthError that says what became of the client.

        Address and certificate are checked on every call; the rest is remembered while changes of rights are heard.
        """
        name = self.verified.name(token)
        entry: Verified | None = None
        try:
            entry = self.verified.get(name, self._clock.now())
            if entry is None:
                count = self.verified.change_count
                entry = await self._verify(token)
                self.verified.put(name, entry, count)
            rules.check_address(entry.networks, caller.address)
            if entry.certificate is not None and entry.certificate != caller.certificate:
                raise CertificateRequiredError()
        except (TokenError, OAuthError) as error:
            subject = entry.client_id if entry is not None else _subject_of(token)
            if self._worth_recording(caller.address):
                await self.refused(error, subject, caller, "bearer")
            raise
        return entry.principal

    def remembered(self, token: str, caller: Caller) -> Principal | None:
        """As `authenticate` where memory is enough; None: ask `authenticate`, which says what is wrong."""
        entry = self.verified.get(self.verified.name(token), self._clock.now())
        if entry is None or (entry.certificate is not None and entry.certificate != caller.certificate):
            return None
        try:
            rules.check_address(entry.networks, caller.address)
        except OAuthError:
            return None
        return entry.principal

    def _worth_recording(self, address: str) -> bool:
        minute = int(self._clock.now().timestamp()) // 60
        if minute != self._minute:
            self._minute, self._refusals = minute, Counter()
        if self._refusals.total() >= KEPT or self._refusals[address] >= KEPT_OF_ADDRESS:
            return False
        self._refusals[address] += 1
        return True

    async def _verify(self, token: str) -> Verified:
        try:
            unverified = jose.read(token)
        except jose.MalformedTokenError:
            raise TokenError(recorded="token_malformed") from None
        if unverified.header.get("typ") != TOKEN_TYPE or unverified.alg != ALG or unverified.kid is None:
            raise TokenError(recorded="token_wrong_type")
        key = await self.keys.accepted(unverified.kid)
        if key is None:
            raise TokenError(recorded="token_key_unknown")
        if not jose.verify(unverified, key.key, ALG):
            raise TokenError(recorded="token_signature_invalid")
        claims = unverified.claims
        if claims["iss"] != self.issuer or claims["aud"] != self.issuer:
            raise TokenError(recorded="token_wrong_audience")
        until = datetime.fromtimestamp(claims["exp"], UTC)
        if self._clock.now() >= until:
            raise TokenExpiredError("令牌已过期")
        return await self._stands(claims, until if key.until is None else min(until, key.until))

    async def _stands(self, claims: dict[str, Any], until: datetime) -> Verified:
        """What became of client, key and member since the token was issued."""
        async with self._db.acquire() as conn:
            client = await store.find(conn, claims["client_id"])
            key = await store.key(conn, claims["client_id"], claims["key"])
            member = await standing(conn, claims["member"])
        if client is None or key is None or member is None:
            raise TokenError(recorded="token_client_unknown")
        if client.state is ClientState.CLOSED:
            raise ClosedError()
        if key.revoked_at is not None:
            raise KeyRevokedError()
        if not key.active(self._clock.now()):
            raise KeyExpiredError()
        rules.check_standing(member.ref.state, client.sandbox)
        shown = claims.get("cnf", {}).get("x5t#S256")
        if client.certificate_bound:
            rules.check_certificate(client.certificates, True, shown)
        return Verified(
            principal=_principal(client, member, frozenset(claims["scope"].split()) & frozenset(client.roles)),
            client_id=client.id,
            until=min(until, key.expires_at),
            networks=tuple(map(ip_network, client.networks)),
            certificate=shown,
        )

    async def refused(self, error: TokenError | OAuthError, subject: str | None, caller: Caller, where: str) -> None:
        """Record a refusal; the client that is named counts as the actor only where it proved itself."""
        async with self._db.transaction() as conn:
            client = await store.find(conn, subject) if subject is not None else None
            named = client.principal if client is not None else None
            await record(
                conn, self._clock.now(), "refused", error.recorded, principal=named if error.proven else None,
                member_id=client.member_id if client is not None else None, target=named, address=caller.address,
                where=where,
            )  # fmt: skip


def _principal(client: Client, member: Standing, roles: frozenset[str]) -> Principal:
    return Principal(
        id=client.principal,
        name=client.name,
        roles=roles,
        member=member.ref,
        members=member.members,
        items=member.items,
        regions=member.regions,
        strength=Strength.KEY,
        sandbox=client.sandbox,
    )


def _subject_of(token: str) -> str | None:
    """The client that a token names, unproven."""
    try:
        subject = jose.read(token).claims.get("sub")
    except jose.MalformedTokenError:
        return None
    return subject if isinstance(subject, str) and rules.CLIENT_ID.fullmatch(subject) else None
