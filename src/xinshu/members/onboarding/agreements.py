"""The agreements that members accept, as loaded from `definitions/agreements/*.yml`: one file a version, never altered.

A new version comes into force on its day; for `grace_days` from then on the acceptance of the version before it still
counts, so that members have time to read and sign.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from xinshu.members.model import MemberKind
from xinshu.members.onboarding.checklist import load_yaml
from xinshu.members.onboarding.errors import AgreementNotFoundError, OnboardingDefinitionError
from xinshu.members.onboarding.model import Acceptance


class InForce(BaseModel):
    """First and last day; no last day: until the next version."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    start: date = Field(alias="from")
    end: date | None = Field(None, alias="to")


class Agreement(BaseModel):
    """One version of an agreement."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")
    version: str = Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,31}$")
    title: str
    kinds: tuple[MemberKind, ...] = Field(min_length=1)
    in_force: InForce
    grace_days: int = Field(0, ge=0, le=365)
    text: str = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Agreement:
        if self.in_force.end is not None and self.in_force.end < self.in_force.start:
            raise ValueError("in_force ends before it begins")
        return self

    @property
    def sha256(self) -> str:
        """Digest of the text, in hex: what a member accepts."""
        return hashlib.sha256(self.text.encode()).hexdigest()


class Agreements:
    """All versions of all agreements."""

    def __init__(self, agreements: Iterable[Agreement]) -> None:
        """Raises OnboardingDefinitionError when two versions of an agreement have a name or a day in common."""
        self._versions: dict[str, list[Agreement]] = {}
        for one in sorted(agreements, key=lambda a: (a.id, a.in_force.start)):
            self._versions.setdefault(one.id, []).append(one)
        for name, versions in self._versions.items():
            if len({one.version for one in versions}) < len(versions):
                raise OnboardingDefinitionError(f"协议 {name} 有两个文件版本号相同", hint="每个版本一个文件")
            for former, later in pairwise(versions):
                end = former.in_force.end
                if former.in_force.start == later.in_force.start or (end is not None and end >= later.in_force.start):
                    raise OnboardingDefinitionError(
                        f"协议 {name} 的版本 {former.version} 与 {later.version} 生效日期重叠", hint="改正 in_force"
                    )

    @classmethod
    def load(cls, definitions: Path) -> Agreements:
        """The agreements of a definitions folder. Raises OnboardingDefinitionError."""
        return cls(load_yaml(path, Agreement) for path in sorted((definitions / "agreements").glob("*.yml")))

    def get(self, agreement: str, version: str) -> Agreement:
        """One version. Raises AgreementNotFoundError."""
        for one in self._versions.get(agreement, ()):
            if one.version == version:
                return one
        raise AgreementNotFoundError(f"没有协议“{agreement}”的版本“{version}”", hint="用 GET /v1/agreements 查看")

    def on(self, day: date, kind: MemberKind | None = None) -> tuple[Agreement, ...]:
        """The versions in force on a day, of all kinds or for one."""
        current = (self._on(versions, day) for versions in self._versions.values())
        return tuple(one for one in current if one is not None and (kind is None or kind in one.kinds))

    def signed_until(
        self, agreement: Agreement, acceptances: Iterable[Acceptance], day: date
    ) -> tuple[bool, date | None]:
        """Whether a version in force on `day` counts as signed, and the last day on which it will (None: open).

        An acceptance counts for the text it was given for: another text under the same version has to be accepted anew.
        """
        digests = {one.version: one.text_sha256 for one in acceptances if _counts(one, agreement.id)}
        versions = self._versions[agreement.id]
        signed = [digests.get(one.version) == one.sha256 for one in versions]
        place = versions.index(agreement)
        if signed[place]:
            while place + 1 < len(versions) and signed[place + 1]:
                place += 1
            return True, _last_day(versions[place + 1]) if place + 1 < len(versions) else None
        if place > 0 and signed[place - 1] and day <= _last_day(agreement):
            return True, _last_day(agreement)
        return False, None

    def coming(self, day: date, kind: MemberKind) -> tuple[Agreement, ...]:
        """Versions for a kind that are known and come into force after `day`: they may be signed before."""
        return tuple(
            one
            for versions in self._versions.values()
            for one in versions
            if one.in_force.start > day and kind in one.kinds
        )

    def _on(self, versions: list[Agreement], day: date) -> Agreement | None:
        begun = [one for one in versions if one.in_force.start <= day]
        if len(begun) == 0 or (begun[-1].in_force.end is not None and day > begun[-1].in_force.end):
            return None
        return begun[-1]


def _last_day(later: Agreement) -> date:
    """The last day on which an acceptance of the version before `later` counts."""
    return later.in_force.start + timedelta(days=later.grace_days - 1)


def _counts(acceptance: Acceptance, agreement: str) -> bool:
    return acceptance.agreement == agreement and acceptance.countersigned_at is not None
