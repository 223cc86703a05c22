"""In which capacity a person signs for a firm at this moment: asked when it signs, not when it signed in."""

from __future__ import annotations

from typing import Protocol

from xinshu.consent.artefact import Capacity
from xinshu.consent.errors import MandateEndedError, SignerError
from xinshu.members.accounts.errors import AccountUnusableError
from xinshu.members.model import Principal

REPRESENTATIVE, DELEGATE = "firm-legal-representative", "firm-delegate"


class People(Protocol):
    """What is needed of `members.accounts.principals.Principals`."""

    async def by_id(self, principal_id: str) -> Principal | None: ...


class Mandates(Protocol):
    """Says in which capacity somebody may sign."""

    async def capacity(self, who: Principal, subject: str) -> Capacity:
        """The capacity in which `who` signs for `subject` now. Raises SignerError, MandateEndedError."""
        ...


class AccountMandates:
    """By the accounts of this node: the legal representative, or a delegate within a delegation in force."""

    def __init__(self, people: People) -> None:
        self._people = people

    async def capacity(self, who: Principal, subject: str) -> Capacity:
        """See `Mandates`."""
        try:
            today = await self._people.by_id(who.id)
        except AccountUnusableError as error:
            raise MandateEndedError(f"不能签署:{error.message}", hint="请法定代表人重新授权或自行签署") from None
        if today is None or today.subject != subject:
            raise SignerError("只有本企业的法定代表人或经办人能签署", hint="请法定代表人签署", reason="not_of_firm")
        if REPRESENTATIVE in today.roles:
            return "legal-representative"
        if DELEGATE in today.roles:
            return "delegate"
        raise MandateEndedError("经办授权不含签署,或已经结束", hint="请法定代表人重新授权或自行签署")
