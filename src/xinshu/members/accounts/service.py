"""Everything about accounts, put together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from xinshu.core.clock import Clock
from xinshu.core.settings import Settings
from xinshu.crypto import Sealer
from xinshu.members.accounts.bootstrap import BootstrapService, FirstToken
from xinshu.members.accounts.delegations import DelegationService
from xinshu.members.accounts.factors import FactorService
from xinshu.members.accounts.firms import FirmAccountService, RepresentativeOf
from xinshu.members.accounts.invitations import InvitationService
from xinshu.members.accounts.passwords import Hasher
from xinshu.members.accounts.principals import Principals
from xinshu.members.accounts.proposals import ProposalService
from xinshu.members.accounts.sessions import SessionService
from xinshu.members.accounts.sign_in import FAILING_TAKES, SignInService
from xinshu.members.accounts.staff import AccountService
from xinshu.members.challenges import Browsers
from xinshu.members.freshness import Freshness
from xinshu.members.permissions.table import Permissions
from xinshu.store import Database


@dataclass(frozen=True)
class Accounts:
    """The services of this room."""

    table: Permissions
    browsers: Browsers
    sessions: SessionService
    sign_in: SignInService
    factors: FactorService
    invitations: InvitationService
    staff: AccountService
    proposals: ProposalService
    firms: FirmAccountService
    delegations: DelegationService
    bootstrap: BootstrapService
    principals: Principals

    @classmethod
    def build(
        cls,
        settings: Settings,
        db: Database,
        clock: Clock,
        freshness: Freshness,
        table: Permissions,
        sealer: Sealer,
        *,
        representative_of: RepresentativeOf,
        token: FirstToken,
        failing_takes: float = FAILING_TAKES,
    ) -> Accounts:
        """Over a node's parts. `representative_of` asks the subject base, `token` is the node's bootstrap token."""
        hasher = Hasher()
        sessions = SessionService(
            db,
            clock,
            freshness,
            table,
            origin=settings.origin,
            idle=timedelta(minutes=settings.session_idle_minutes),
            lifetime=timedelta(hours=settings.session_hours),
        )
        invitations = InvitationService(db, clock, table, hasher, sealer)
        staff = AccountService(db, clock, table, sealer, sessions, invitations)
        return cls(
            table=table,
            browsers=Browsers(settings.origin),
            sessions=sessions,
            sign_in=SignInService(db, clock, sessions, hasher, sealer, failing_takes=failing_takes),
            factors=FactorService(db, clock, sessions, hasher, sealer, settings.platform_name),
            invitations=invitations,
            staff=staff,
            proposals=ProposalService(db, clock, table, staff, invitations),
            firms=FirmAccountService(db, clock, sessions, hasher, sealer, representative_of),
            delegations=DelegationService(db, clock, sessions, invitations),
            bootstrap=BootstrapService(db, clock, hasher, token),
            principals=Principals(db, clock, table),
        )
