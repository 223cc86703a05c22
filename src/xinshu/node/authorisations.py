"""Authorisations of a node, wired on one page."""

from __future__ import annotations

from dataclasses import dataclass

from xinshu.catalogue import Catalogue
from xinshu.consent.purposes import Purposes
from xinshu.consent.service import ConsentService
from xinshu.consent.signing import (
    AccountMandates,
    CertificateSigning,
    PasskeySigning,
    SignInAgain,
    SigningProvider,
    TrustAnchors,
    WitnessedSigning,
)
from xinshu.consent.signing_service import SigningService
from xinshu.core.clock import Clock
from xinshu.core.settings import Settings
from xinshu.crypto.suites import suite
from xinshu.members.passkeys.ceremony import RelyingParty
from xinshu.node.membership import Membership
from xinshu.store import Database


@dataclass(frozen=True)
class Authorisations:
    """Asking, seeing and ending authorisations (`consents`), and signing them."""

    consents: ConsentService
    signing: SigningService

    @classmethod
    def build(
        cls, settings: Settings, clock: Clock, db: Database, catalogue: Catalogue, membership: Membership
    ) -> Authorisations:
        """Over a node's parts. Raises what the definitions or the trust anchors have wrong."""
        persons = membership.accounts
        purposes = Purposes.load(settings.definitions, catalogue)
        platform = (settings.platform_code, settings.platform_name)
        consents = ConsentService(db, clock, catalogue, purposes, suite(settings.crypto_suite), platform)
        party = RelyingParty.of(settings.origin, settings.platform_name)
        ways: list[SigningProvider] = [
            PasskeySigning(db, membership.passkeys, party),
            CertificateSigning(TrustAnchors.load(settings.trust_anchors)),
            WitnessedSigning(SignInAgain(db, persons.sign_in, persons.sessions)),
        ]
        return cls(consents, SigningService(consents, AccountMandates(persons.principals), ways))
