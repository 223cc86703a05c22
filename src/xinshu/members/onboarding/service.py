"""Onboarding of one node, put together from explicit parts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xinshu.core.clock import Clock
from xinshu.core.divisions import Divisions
from xinshu.crypto import Sealer
from xinshu.members.model import MemberKind
from xinshu.members.onboarding.agreements import Agreements
from xinshu.members.onboarding.application import Known
from xinshu.members.onboarding.certificate import Sign
from xinshu.members.onboarding.checklist import Checklist, load_checklists
from xinshu.members.onboarding.documents import Cabinet
from xinshu.members.onboarding.papers import Papers
from xinshu.members.onboarding.registry import Closer, Invite, Registry
from xinshu.members.onboarding.steps import Lapsed, Steps
from xinshu.store import Database
from xinshu.store.lake import Lake


@dataclass(frozen=True)
class OnboardingService:
    """Who takes part (`registry`), how it moves (`steps`), what it hands in and signs (`papers`)."""

    db: Database
    checklists: Mapping[MemberKind, Checklist]
    agreements: Agreements
    clock: Clock
    registry: Registry
    steps: Steps
    papers: Papers

    @classmethod
    def build(
        cls,
        *,
        db: Database,
        clock: Clock,
        definitions: Path,
        divisions: Divisions,
        items: Collection[str],
        providers: Collection[str],
        vault: Sealer,
        lake: Lake,
        work: Path,
        invite: Invite,
        closers: Sequence[Closer],
        sign: Sign,
        platform: tuple[str, str],
    ) -> OnboardingService:
        """From its parts. Raises OnboardingDefinitionError.

        `items`, `providers`: what the catalogue knows. `lake`: one that seals; `work`: a private folder for files in
        transit. `invite` makes the first account of a member; `closers` end what a member has when it leaves. `sign`
        signs certificates. `platform`: (division code, name).
        """
        checklists, agreements = load_checklists(definitions), Agreements.load(definitions)
        registry = Registry(db, clock, vault, Known(items, providers, divisions), invite, closers)
        steps = Steps(db, clock, registry, checklists, agreements, closers, sign, platform)
        papers = Papers(db, clock, registry, checklists, agreements, Cabinet(lake, work))
        return cls(db, checklists, agreements, clock, registry, steps, papers)

    async def suspend_lapsed(self) -> Lapsed:
        """Suspend members whose licence, agreement or security check has lapsed. To be run daily."""
        return await self.steps.suspend_lapsed()
