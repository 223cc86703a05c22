"""Members, accounts and systems of a node, wired on one page."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from xinshu.catalogue import Catalogue
from xinshu.consent.service import close_all_of_member as close_consents
from xinshu.core.clock import Clock
from xinshu.core.divisions import Divisions
from xinshu.core.settings import Settings
from xinshu.crypto import Vault
from xinshu.ledger import Ledger
from xinshu.members import clients
from xinshu.members.accounts import staff
from xinshu.members.accounts.service import Accounts
from xinshu.members.clients import ClientService, TokenKeys, TokenService
from xinshu.members.events import Events
from xinshu.members.freshness import Freshness
from xinshu.members.model import ANONYMOUS, Caller, Principal
from xinshu.members.onboarding.registry import Closer
from xinshu.members.onboarding.service import OnboardingService
from xinshu.members.passkeys.ceremony import RelyingParty
from xinshu.members.passkeys.service import PasskeyService
from xinshu.members.permissions import Guards, Permissions, UnauthorisedError
from xinshu.members.sign_on.providers import Providers
from xinshu.members.sign_on.remote import Remote
from xinshu.members.sign_on.service import SignOnService
from xinshu.node.access import BootstrapToken
from xinshu.store import Database
from xinshu.store.lake import Lake
from xinshu.subjects.service import SubjectService


@dataclass(frozen=True)
class Membership:
    """Who takes part in a node, and how they prove it."""

    db: Database
    table: Permissions
    guards: Guards
    freshness: Freshness
    events: Events
    accounts: Accounts
    passkeys: PasskeyService
    sign_on: SignOnService
    clients: ClientService
    tokens: TokenService
    onboarding: OnboardingService
    remote: Remote

    @classmethod
    async def build(
        cls,
        settings: Settings,
        clock: Clock,
        db: Database,
        vault: Vault,
        lake: Lake,
        catalogue: Catalogue,
        divisions: Divisions,
        subjects: SubjectService,
        ledger: Ledger,
        freshness: Freshness,
        closers: tuple[Closer, ...] = (),
    ) -> Membership:
        """Over a node's parts. `closers`: what other rooms end when a member leaves."""
        table = Permissions.load(settings.definitions)
        persons = Accounts.build(
            settings,
            db,
            clock,
            freshness,
            table,
            vault,
            representative_of=subjects.representative,
            token=BootstrapToken(settings),
        )
        party = RelyingParty.of(settings.origin, settings.platform_name)
        remote = Remote(clock)
        providers = await asyncio.to_thread(Providers.load, settings.sign_on, os.environ)
        keys = TokenKeys(db, vault, clock, freshness, settings.token_seconds)
        onboarding = OnboardingService.build(
            db=db,
            clock=clock,
            definitions=settings.definitions,
            divisions=divisions,
            items=[item.item for item in catalogue.items],
            providers=sorted({item.provider.code for item in catalogue.items}),
            vault=vault,
            lake=lake,
            work=settings.home / "work",
            invite=persons.invitations.invite,
            closers=[clients.close_all_of_member, staff.close_all_of_member, close_consents, *closers],
            sign=ledger.sign,
            platform=(settings.platform_code, settings.platform_name),
        )
        return cls(
            db=db,
            table=table,
            guards=Guards(table),
            freshness=freshness,
            events=Events(db, clock),
            accounts=persons,
            passkeys=PasskeyService(db, clock, persons.sessions, vault, party),
            sign_on=SignOnService(db, clock, persons.sessions, providers, remote, settings.origin),
            clients=ClientService(db, table, clock, settings.origin),
            tokens=TokenService(db, keys, freshness, clock, settings.origin, settings.token_seconds),
            onboarding=onboarding,
            remote=remote,
        )

    async def authenticate(self, headers: Headers, method: str, caller: Caller) -> Principal:
        """Who calls: by bearer token, else by session cookie, else nobody. Raises what does not hold of the proof."""
        given = headers.get("authorization")
        if given is not None:
            scheme, _, token = given.partition(" ")
            if scheme.lower() != "bearer" or token.strip() == "":
                raise UnauthorisedError("请求头 Authorization 有误", hint="写成 Authorization: Bearer <令牌>")
            return await self.tokens.authenticate(token.strip(), caller)
        cookie = _cookies(headers).get(self.accounts.sessions.cookie)
        if cookie is None:
            return ANONYMOUS
        return await self.accounts.sessions.authenticate(cookie, caller, method, headers)

    async def principal_by_id(self, principal_id: str) -> Principal | None:
        """Who an account or a client would be, for explanations."""
        if principal_id.startswith("client:"):
            return await self.tokens.principal(principal_id.removeprefix("client:"))
        return await self.accounts.principals.by_id(principal_id)

    async def close(self) -> None:
        """Let go of connections to others."""
        await self.remote.close()


def _cookies(headers: Headers) -> Mapping[str, str]:
    return cookie_parser(headers.get("cookie", ""))
