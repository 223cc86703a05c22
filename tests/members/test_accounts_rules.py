"""Pure rules of accounts: roles by kind of member, dates, masks, forms."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from members_kit import table

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.crypto import SealedValueError, Vault
from xinshu.members.accounts import rules
from xinshu.members.accounts.errors import (
    DelegationInvalidError,
    LoginInvalidError,
    PersonInvalidError,
    RolesRefusedError,
)
from xinshu.members.accounts.person import Person
from xinshu.members.model import MemberKind
from xinshu.store import Database
from xinshu.store.data_keys import DataKeys

TODAY = date(2026, 6, 1)
CITIZEN = "11010519491231002X"


@pytest.mark.parametrize("kind", MemberKind)
def test_roles_fit_the_kind_of_member(kind: MemberKind) -> None:
    possible = set(table().roles_of(kind, "person"))
    for role in table().roles:
        if role in possible:
            assert rules.check_roles(table(), kind, [role, role]) == (role,)
        else:
            with pytest.raises(RolesRefusedError):
                rules.check_roles(table(), kind, [role])
    with pytest.raises(RolesRefusedError):
        rules.check_roles(table(), kind, [])
    with pytest.raises(RolesRefusedError):
        rules.check_roles(table(), kind, [*possible, "no-such-role"])


def test_the_roles_that_need_a_strong_sign_in() -> None:
    strong = {name for name, role in table().roles.items() if role.strong}
    assert strong == {name for name in table().roles if name.startswith("operator-")} - {"operator-system"} | {
        "member-admin", "credit-officer", "guarantee-officer", "agency-analyst", "case-officer", "government-officer",
        "supervisor",
    }  # fmt: skip


def test_locks_grow_to_a_day(clock: FixedClock) -> None:
    minutes = [(end - clock.now()) / timedelta(minutes=1) for end in rules.lock_ends(clock.now())]
    assert minutes == [15, 30, 60, 120, 240, 480, 1440]


@pytest.mark.parametrize(
    "login", ["", "ab", "x" * 65, "with space", ".dot", "漢字名", "a;b--", "a\0b", "tab\tx", "a/b"]
)
def test_odd_logins(login: str) -> None:
    with pytest.raises(LoginInvalidError):
        rules.check_login(login)


def test_logins_are_kept_in_lower_case() -> None:
    assert rules.check_login(" Li.Lei@Bank.example ") == "li.lei@bank.example"


@pytest.mark.parametrize(
    ("valid_from", "valid_to"),
    [
        (TODAY - timedelta(days=1), TODAY),
        (TODAY, TODAY - timedelta(days=1)),
        (TODAY, date(2027, 6, 2)),
        (date(2027, 6, 2), date(2027, 6, 3)),
        (date.max - timedelta(days=1), date.max),
    ],
)
def test_dates_that_no_delegation_has(valid_from: date, valid_to: date) -> None:
    with pytest.raises(DelegationInvalidError):
        rules.check_delegation(["firm-delegate"], valid_from, valid_to, TODAY)


@pytest.mark.parametrize("scope", [[], ["firm-legal-representative"], ["firm-delegate", "operator-admin"], ["x"]])
def test_scopes_that_nobody_hands_on(scope: list[str]) -> None:
    with pytest.raises(DelegationInvalidError):
        rules.check_delegation(scope, TODAY, TODAY, TODAY)


def test_a_delegation_lasts_a_day_to_a_year() -> None:
    assert rules.check_delegation(["firm-delegate"] * 2, TODAY, TODAY, TODAY) == ("firm-delegate",)
    assert rules.check_delegation(["firm-delegate"], TODAY, date(2027, 6, 1), TODAY) == ("firm-delegate",)
    assert rules.a_year_after(date(2028, 2, 29)) == date(2029, 2, 28)


def test_persons_are_masked() -> None:
    masked = Person("13812345678", "lilei@bank.example", CITIZEN).masked()
    assert masked == Person("138****5678", "l***@bank.example", "1101**********002X")
    assert Person("12345").masked().telephone == "****" and Person().masked() == Person()
    assert "138" not in repr(Person("13812345678"))


@pytest.mark.parametrize(
    "person",
    [
        Person(telephone="138-abc"),
        Person(telephone="1"),
        Person(email="no at"),
        Person(email="a@b"),
        Person(citizen_no="110105194912310021"),
        Person(citizen_no="x"),
        Person(citizen_no="' or 1=1"),
    ],
)
def test_persons_with_faults(person: Person) -> None:
    with pytest.raises(PersonInvalidError) as caught:
        person.checked(TODAY)
    for value in (person.telephone, person.email, person.citizen_no):
        assert value is None or len(value) < 3 or value not in str(caught.value)


def test_persons_are_sealed_for_their_account(settings: Settings, db: Database, clock: FixedClock) -> None:
    vault = Vault.load(settings, DataKeys(db.dsn, clock))
    own, other = uuid4(), uuid4()
    person = Person(" 13812345678 ", "", CITIZEN.lower()).checked(TODAY)
    assert person == Person("13812345678", None, CITIZEN)
    sealed = person.sealed(vault, own)
    assert sealed is not None and "138" not in sealed
    assert Person.opened(vault, sealed, own) == person
    with pytest.raises(SealedValueError):
        Person.opened(vault, sealed, other)
    assert Person().sealed(vault, own) is None and Person.opened(vault, None, own) == Person()
    assert person.citizen_index(vault) == vault.index(CITIZEN, "citizen_no")
