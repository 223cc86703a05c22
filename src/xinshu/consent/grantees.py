"""What a firm sees of each institution: which authorisations it holds, and what it has read."""

# Not postponed: used by the routes.

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from xinshu.consent.errors import ConsentTermsError
from xinshu.consent.lists import queries
from xinshu.consent.service import ConsentService
from xinshu.consent.views import GranteeOut
from xinshu.members.permissions import Access


@dataclass(frozen=True)
class Read:
    """How often a member (by its name) has read a firm's information, and when last."""

    name: str
    inquiries: int
    last_at: datetime


Reads = Callable[[str], Awaitable[Mapping[str, Read]]]
"""`(subject code) -> member id → Read`: told by the room of inquiries."""


async def overview(consents: ConsentService, access: Access, reads: Reads | None) -> list[GranteeOut]:
    """Each grantee of the caller's firm, and each member that read about it without any authorisation; by name.

    Raises ConsentTermsError for callers that are no firm.
    """
    subject = access.principal.subject
    if subject is None:
        raise ConsentTermsError("只有企业能查看谁有本企业的授权", hint="以企业用户登录", reason="not_of_firm")
    access.check(subject=subject)
    async with consents.db.acquire() as conn:
        rows = [row async for row in queries.grantees(conn, subject_code=subject, now=consents.clock.now())]
    read = await reads(subject) if reads is not None else None
    found, told = [], set()
    for row in rows:
        told.add(row["grantee"])
        one = read.get(row["grantee"]) if read is not None else None
        found.append(
            GranteeOut(
                **dict(row),
                inquiries=(one.inquiries if one is not None else 0) if read is not None else None,
                last_read_at=one.last_at if one is not None else None,
            )
        )
    none = {"in_force": 0, "paused": 0, "pending": 0, "ended": 0}
    for member, one in (read or {}).items():
        if member not in told:
            seen = {"inquiries": one.inquiries, "last_read_at": one.last_at}
            found.append(GranteeOut(grantee=member, grantee_name=one.name, **none, **seen))
    return sorted(found, key=lambda one: (one.grantee_name, one.grantee))
