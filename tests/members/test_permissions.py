"""Two forms of one rule: every case of the table, and random ones, by `decide()` and by PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from members_kit import table
from permission_cases import CASES, PRINCIPALS, Case, permitted

from xinshu.members.model import MemberKind, MemberRef, MemberState, Principal, Resource, Strength
from xinshu.members.permissions import Grant, Permissions, Role, decide
from xinshu.members.permissions.table import ALL_PERSONS, ResourceKind
from xinshu.store import embedded

CONDITIONS = ("own-member", "own-item", "own-division", "own-subject", "own-account", "other-person", "strong")


@pytest.fixture(scope="module")
def link(server: embedded.EmbeddedServer) -> Iterator[psycopg.Connection]:
    """A connection to a migrated database."""
    with psycopg.connect(server.dsn_of("postgres"), autocommit=True) as admin:
        admin.execute("create database permissions template xinshu_template")
        with psycopg.connect(server.dsn_of("permissions"), autocommit=True) as connection:
            yield connection
        admin.execute("drop database permissions with (force)")


@pytest.fixture(scope="module")
def by_sql(link: psycopg.Connection) -> dict[int, bool]:
    """What the SQL form says to each case, asked once."""
    answers = permitted(link, table(), [(case.principal, case.action, case.what) for case in CASES])
    return dict(zip(map(id, CASES), answers, strict=True))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case, by_sql: dict[int, bool]) -> None:
    verdict = decide(table(), case.principal, case.action, case.what)
    assert verdict.code == case.then
    assert verdict.allowed == (case.then == "allowed") == by_sql[id(case)]
    assert verdict.words


def test_the_case_table_is_whole() -> None:
    """Every role is allowed something and refused something; every kind of member, every refusal, every resource."""
    assert len(CASES) >= 250
    assert len({str(case) for case in CASES}) == len(CASES), "a case is there twice"
    for role in table().roles:
        outcomes = {case.then == "allowed" for case in CASES if case.principal.roles == {role}}
        assert outcomes == {True, False}, role
    kinds = {case.principal.member.kind for case in CASES if case.principal.member is not None}
    assert kinds == set(MemberKind) - {MemberKind.OPERATOR}
    missing = set(table().resources) - {case.what.kind for case in CASES}
    assert missing == set(), "write cases for these resources in cases/permissions.yml"
    assert {case.who for case in CASES} == set(PRINCIPALS)
    # own-division stands in no grant that is shipped; test_each_condition has it
    assert {case.then for case in CASES} == {
        "allowed", "not_signed_in", "role_lacks_right", "not_own_member", "not_own_item", "not_own_subject",
        "not_own_account", "same_person", "sign_in_too_weak", "member_not_online",
    }  # fmt: skip


def made(*grants: Grant) -> Permissions:
    """A table with three roles and one thing."""
    return Permissions(
        version="test",
        roles={
            "one": Role(zh="甲", en="One", of=("bank",), who="person"),
            "two": Role(zh="乙", en="Two", of=("bank",), who="person", strong=True),
            "machine": Role(zh="机", en="Machine", of=("bank",), who="system"),
        },
        resources={"thing": ResourceKind(zh="东西", en="Thing", actions={"do": "做"})},
        grants=grants,
    )


HERE = MemberRef("m1", MemberKind.BANK, "成员", MemberState.ONLINE)
WHO = Principal(
    "account:1", "张三", frozenset({"one"}), HERE, "91320100748204660Q", ("m1", "m2"), ("1", "8"), ("3201", "11"),
    Strength.PASSKEY,
)  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "good", "bad", "code"),
    [
        ("own-member", {"member": "m2"}, {"member": "m3"}, "not_own_member"),
        ("own-item", {"item": "8"}, {"item": "80"}, "not_own_item"),
        ("own-division", {"division": "320102"}, {"division": "320202"}, "not_own_division"),
        ("own-division", {"division": "11"}, {"division": "1"}, "not_own_division"),
        ("own-subject", {"subject": "91320100748204660Q"}, {"subject": ""}, "not_own_subject"),
        ("own-account", {"account": "account:1"}, {"account": "account:11"}, "not_own_account"),
        ("other-person", {"account": "account:2"}, {"account": "account:1"}, "same_person"),
    ],
)
def test_each_condition(
    link: psycopg.Connection, condition: str, good: dict[str, str], bad: dict[str, str], code: str
) -> None:
    """It holds, it does not, and the attribute is not known."""
    permissions = made(Grant(roles=("one",), resource="thing", actions=("do",), when=(condition,)))
    asked = [(WHO, "do", Resource("thing", **about)) for about in (good, bad, {})]
    verdicts = [decide(permissions, *one) for one in asked]
    assert [verdict.code for verdict in verdicts] == ["allowed", code, code]
    assert permitted(link, permissions, asked) == [True, False, False]


WORDS = {
    "member": ("m1", "m2", "m3"),
    "item": ("1", "8", "80", ""),
    "division": ("3201", "320102", "11", "1", ""),
    "subject": ("91320100748204660Q", "91320281142232229Q", "'; drop table batch --"),
    "account": ("account:1", "account:2", "client:1", '{"quoted"}'),
}


def _some(rng: Random, words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(rng.sample(words, rng.randint(0, len(words))))


def _anybody(rng: Random, roles: list[str]) -> Principal:
    """Somebody with up to three of `roles`, mostly able to do something."""
    member = MemberRef("m1", rng.choice(list(MemberKind)), "成员", rng.choice([MemberState.ONLINE, *MemberState]))
    return Principal(
        "anonymous" if rng.random() < 0.02 else rng.choice(WORDS["account"]),
        "张三",
        frozenset(rng.sample(roles, rng.randint(1, 3))),
        rng.choice((None, member, member)),
        rng.choice((None, *WORDS["subject"])),
        _some(rng, WORDS["member"]),
        rng.choice((None, _some(rng, WORDS["item"]))),
        rng.choice((None, _some(rng, WORDS["division"]))),
        rng.choice((*Strength, Strength.MULTI, Strength.KEY)),
        rng.random() < 0.2,
    )


def _anything(rng: Random, kind: str) -> Resource:
    return Resource(kind, **{name: rng.choice((None, *words, *words)) for name, words in WORDS.items()})


def _any_grant(rng: Random) -> Grant:
    roles = rng.choice((ALL_PERSONS, ("one",), ("two",), ("machine",), ("one", "two"), ("two", "machine")))
    when = tuple(rng.sample(CONDITIONS, rng.choice((0, 1, 1, 2, 3))))
    return Grant(roles=roles, resource="thing", actions=("do",), when=when, any_state=rng.random() < 0.3)


def _agree(link: psycopg.Connection, permissions: Permissions, asked: list[tuple[Principal, str, Resource]]) -> None:
    by_sql = permitted(link, permissions, asked)
    for (who, action, what), allowed in zip(asked, by_sql, strict=True):
        assert decide(permissions, who, action, what).allowed == allowed, (who, action, what)
        if allowed:  # whoever may do it to one thing passes the guard of the route
            assert decide(permissions, who, action, Resource(what.kind), rows=False).allowed


def _agree(
    link: psycopg.Connection, permissions: Permissions, asked: list[tuple[Principal, str, Resource]]
) -> list[bool]:
    by_sql = permitted(link, permissions, asked)
    for (who, action, what), allowed in zip(asked, by_sql, strict=True):
        assert decide(permissions, who, action, what).allowed == allowed, (who, action, what)
        if allowed:  # whoever may do it to one thing passes the guard of the route
            assert decide(permissions, who, action, Resource(what.kind), rows=False).allowed
    return by_sql


@settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32).map(Random))
def test_both_forms_agree_on_random_tables(link: psycopg.Connection, rng: Random) -> None:
    permissions = made(*(_any_grant(rng) for _ in range(rng.randint(1, 4))))
    _agree(
        link,
        permissions,
        [(_anybody(rng, ["one", "two", "machine"]), "do", _anything(rng, "thing")) for _ in range(100)],
    )


@settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32).map(Random))
def test_both_forms_agree_on_the_shipped_table(link: psycopg.Connection, rng: Random) -> None:
    asked = []
    for _ in range(100):
        grant = rng.choice(table().grants)  # something that somebody may do, and mostly somebody of those who may
        given_to = list(grant.roles) if grant.roles != ALL_PERSONS else []
        roles = [*given_to, *given_to, *rng.sample(list(table().roles), 3)]
        asked.append((_anybody(rng, roles), rng.choice(grant.actions), _anything(rng, grant.resource)))
    answers = _agree(link, table(), asked)
    assert {True, False} == set(answers)
