"""Where a member stands: narrowed by its parents, acting for those below, never more online than those above."""

from __future__ import annotations

from members_kit import table
from onboarding_kit import CALLER

from xinshu.members import directory
from xinshu.members.model import MemberKind, MemberState, Principal, Strength
from xinshu.members.onboarding import store
from xinshu.members.permissions import Access
from xinshu.store import Database

INSERT = """
insert into member (id, code, name, kind, level, parent_id, provider_code, items, regions, state, state_since,
                    created_by, created_at, updated_at)
values ($1, $1, $1, $2, $3, $4, $5, $6, $7, $8, now(), $9, now(), now())
"""


async def add(
    db: Database,
    name: str,
    parent: str | None = None,
    *,
    kind: str = "bank",
    regions: tuple[str, ...] = ("",),
    items: list[str] | None = None,
    state: str = "online",
    provider: str | None = None,
    by: str = "anonymous",
) -> None:
    async with db.acquire() as conn:
        level = "head" if parent is None else "branch"
        await conn.execute(INSERT, name, kind, level, parent, provider, items, list(regions), state, by)


async def standing(db: Database, name: str) -> directory.Standing:
    async with db.acquire() as conn:
        found = await directory.standing(conn, name)
    assert found is not None
    return found


async def test_limits_narrow_downwards_and_rights_reach_downwards(db: Database) -> None:
    await add(db, "ma", regions=("32", "33"), items=["1", "2", "3"])
    await add(db, "mb", "ma", regions=("3201", "33"))
    await add(db, "mc", "mb", regions=("32", "330100"), items=["3", "2", "9"])
    head, branch, sub = [await standing(db, name) for name in ("ma", "mb", "mc")]
    assert (head.members, branch.members, sub.members) == (("ma", "mb", "mc"), ("mb", "mc"), ("mc",))
    assert (head.items, branch.items, sub.items) == (("1", "2", "3"), ("1", "2", "3"), ("3", "2"))
    assert (head.regions, branch.regions, sub.regions) == (("32", "33"), ("3201", "33"), ("3201", "330100"))


async def test_everywhere_and_everything_are_no_limit(db: Database) -> None:
    await add(db, "ma")
    await add(db, "mb", "ma", regions=("32",), items=["1"])
    head, branch = await standing(db, "ma"), await standing(db, "mb")
    assert (head.items, head.regions) == (None, None)
    assert (branch.items, branch.regions) == (("1",), ("32",))


async def test_nothing_in_common_is_nothing(db: Database) -> None:
    await add(db, "ma", regions=("32",), items=["1"])
    await add(db, "mb", "ma", regions=("33",), items=["2"])
    branch = await standing(db, "mb")
    assert (branch.items, branch.regions) == ((), ())


STATES = [
    ("online", "online", "online"),
    ("suspended", "online", "suspended"),
    ("offboarded", "online", "suspended"),
    ("suspended", "applied", "applied"),
    ("sandbox_test", "online", "online"),
    ("suspended", "offboarded", "offboarded"),
]


async def test_a_branch_stops_with_its_parents(db: Database) -> None:
    for number, (above, own, seen) in enumerate(STATES):
        await add(db, f"ma{number}", state=above)
        await add(db, f"mb{number}", f"ma{number}")
        await add(db, f"mc{number}", f"mb{number}", state=own)
        assert (await standing(db, f"mc{number}")).ref.state is MemberState(seen), (above, own)


async def test_a_provider_is_found_by_its_code_and_branches_bear_it_too(db: Database) -> None:
    await add(db, "ma", kind="provider", provider="samr", items=["1"])
    await add(db, "mb", "ma", kind="provider")
    async with db.acquire() as conn:
        found = await directory.provider(conn, "samr")
        assert found is not None and found.ref.id == "ma" and found.ref.provider_code == "samr"
        assert await directory.provider(conn, "tax") is None
        assert await directory.standing(conn, "mnone") is None
    branch = await standing(db, "mb")
    assert (branch.ref.provider_code, branch.ref.kind) == ("samr", MemberKind.PROVIDER)


async def test_the_list_shows_what_the_decision_allows(db: Database) -> None:
    """The SQL form and `decide` agree for every role and member."""
    applicants = {"ma": "anonymous", "mb": "account:officer", "mc": "account:other", "md": "account:officer"}
    await add(db, "ma")
    await add(db, "mb", "ma", by=applicants["mb"])
    await add(db, "mc", kind="provider", provider="samr", by=applicants["mc"])
    await add(db, "md", state="suspended", by=applicants["md"])
    seen = 0
    for role in (*table().roles, "unknown"):
        for own in (None, "ma", "mb", "md"):
            where = await standing(db, own) if own is not None else None
            who = Principal(
                "account:officer", "某人", frozenset({role}), where.ref if where else None,
                members=where.members if where else (), strength=Strength.MULTI,
            )  # fmt: skip
            for action in ("read", "edit", "advance", "suspend", "resume", "offboard", "apply"):
                access = Access(table(), who, action, "member", CALLER)
                async with db.acquire() as conn:
                    rows = [
                        store.member_of(row)
                        async for row in store.queries.list_members(
                            conn, scopes=access.scopes, state=None, kind=None, parent_id=None, text=None, size=50,
                            skip=0,
                        )
                    ]  # fmt: skip
                listed = {row.id for row in rows}
                for member in applicants:
                    by = applicants[member]
                    allowed = access.verdict(member=member, account=by).allowed
                    assert allowed == (member in listed), (role, own, action, member)
                    seen += allowed
    assert seen > 30
