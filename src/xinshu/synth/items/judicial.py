"""Items 10–12: dishonest judgment debtors, enforcement, litigation: one chain from the suit to the list."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xinshu.synth.calendar import working_day, years_of
from xinshu.synth.draws import Floats, Ints, explode
from xinshu.synth.events import FAR, after_default, merge, ordinals, strike
from xinshu.synth.items.common import amount_text, organ
from xinshu.synth.names import MARK
from xinshu.synth.rows import Coded, Only, Rows
from xinshu.synth.text import Column, choose, digits, join, lookup
from xinshu.synth.view import View

_LOAN, _TRADE, _CLAIM, _INSOLVENCY = range(4)
_CAUSES = ("金融借款合同纠纷", "买卖合同纠纷", "买卖合同纠纷", "申请破产清算")


@dataclass(frozen=True)
class Disputes:
    """Law suits ordered by subject and day; days are FAR for steps that never come."""

    owner: Ints
    serial: Ints
    kind: Ints
    filed: Ints
    amount: Floats  # yuan
    decided: Ints
    lost: Ints  # 1: the subject has to pay
    enforced: Ints
    listed: Ints  # on the list of dishonest judgment debtors
    closed: Ints

    def __len__(self) -> int:
        return len(self.owner)

    def take(self, rows: Ints) -> Disputes:
        """The disputes at these positions."""
        return Disputes(*(column[rows] for column in vars(self).values()))


def disputes(view: View) -> Disputes:
    """Suits after loan defaults, about trade, by the subject itself, and petitions in insolvency."""
    firms, draws = view.firms, view.draws
    base = np.array([0.0012, 0.004, 0.008, 0.012])[firms.size]
    events, kind = merge(
        after_default(view, "loan suit", 3, 0.85),
        strike(view, "trade suit", base, 1.2, view.registered),
        strike(view, "claim", base * 0.7, -0.15, view.registered),
        strike(view, "insolvency", base * 0.01, 2.0, view.company),
    )
    owner, filed = events.owner, events.day
    index, serial = view.index[owner], ordinals(events.owner)
    share = 0.02 + 0.25 * draws.uniform("suit amount", index, serial) ** 2
    amount = np.where(kind == _LOAN, view.loans.amount[owner] * 0.9, firms.revenue[owner] * share + 0.5)
    decided = working_day(filed + 50 + draws.below(130, "decided", index, serial))
    lost = draws.happens(np.where(kind == _CLAIM, 0.15, 0.8), "lost", index, serial)
    unpaid = lost & draws.happens(np.where(kind == _LOAN, 0.8, 0.5), "unpaid", index, serial)
    enforced = working_day(decided + 60 + draws.below(90, "enforced", index, serial))
    enforced = np.where(unpaid & (kind != _INSOLVENCY), enforced, FAR)
    settles = draws.happens(0.35, "settles", index, serial)
    closed = np.where(settles, working_day(enforced + 60 + draws.below(400, "closed", index, serial)), FAR)
    dishonest = draws.happens(0.45, "dishonest", index, serial)
    listed = working_day(np.minimum(enforced, FAR - 400) + 40 + draws.below(150, "listed", index, serial))
    listed = np.where(dishonest & (enforced < FAR) & (listed < closed), listed, FAR)
    return Disputes(
        owner,
        serial,
        kind,
        filed,
        np.round(amount * 10000, 2),
        decided,
        lost.astype(np.int64),
        enforced,
        listed,
        closed,
    )


def _case_numbers(view: View, suits: Disputes, stem: str, day: Ints) -> Column:
    number = digits(view.index[suits.owner] * 100 + suits.serial, 6)
    city = digits(view.firms.city[suits.owner] + 1, 2)
    return join("(", digits(years_of(day)), ")虚", city, stem, number, "号")


def dishonest_debtors(view: View) -> Rows:
    """Item 10."""
    suits = disputes(view)
    suits = suits.take(np.nonzero(suits.listed <= view.day)[0])
    owner = suits.owner
    gone = suits.closed <= view.day
    court = organ(view, owner, "人民法院")[0]
    partly = view.draws.happens(0.3, "partly performed", view.index[owner], suits.serial) & ~gone
    wilful = view.draws.below(4, "circumstance", view.index[owner], suits.serial)
    return Rows.of(
        owner,
        legal_person=view.operator_names.take(owner),
        case_no=_case_numbers(view, suits, "执", suits.enforced),
        court=court,
        court_division=lookup([str(c) for c in view.basis.places.county_codes], view.firms.county[owner]),
        document_no=_case_numbers(view, suits, "民初", suits.filed),
        basis_authority=court,
        filed_date=suits.enforced,
        obligation=join("支付", amount_text(suits.amount / 10000), "万元及利息"),
        performance=Coded(("1", "2", "3"), np.select([gone, partly], [2, 1], 0)),
        unperformed_part=Only(join(amount_text(suits.amount * 0.7 / 10000), "万元及利息"), partly),
        dishonest_circumstance=Coded(("1", "1", "3", "4"), wilful),
        publication_date=suits.listed,
        term_to_date=Only(suits.listed + 730, wilful >= 2),
        removed_date=Only(suits.closed, gone),
        removed_reason=Only("1", gone),
    )


def enforcement(view: View) -> Rows:
    """Item 11: the enforcement case, and for some an order restricting consumption."""
    suits = disputes(view)
    draws = view.draws
    ordered = suits.enforced + 30 + draws.below(40, "order", view.index[suits.owner], suits.serial)
    restricts = draws.happens(0.55, "restricts", view.index[suits.owner], suits.serial) & (ordered <= view.day)
    told = suits.enforced + 7 <= view.day
    position, restriction = explode(np.where(told, 1 + restricts.astype(np.int64), 0))
    order_day = ordered[position]
    suits = suits.take(position)
    owner = suits.owner
    is_order = restriction == 1
    gone = suits.closed <= view.day
    halted_on = suits.enforced + 120
    halted = ~gone & draws.happens(0.6, "halted", view.index[owner], suits.serial) & (halted_on <= view.day)
    status = np.select([gone, halted], [2, 1], 0)
    order_no = join(_case_numbers(view, suits, "执", suits.enforced), "限消令")
    return Rows.of(
        owner,
        info_type=Coded(("1", "2"), restriction),
        case_no=_case_numbers(view, suits, "执", suits.enforced),
        court=organ(view, owner, "人民法院")[0],
        filed_date=suits.enforced,
        target_amount=Only(suits.amount, ~is_order),
        unperformed_amount=Only(np.where(gone, 0.0, np.round(suits.amount * 0.85, 2)), ~is_order),
        case_status=Only(Coded(("1", "2", "3"), status), ~is_order),
        closing_method=Only("1", gone & ~is_order),
        terminated_date=Only(halted_on, halted & ~is_order),
        document_no=Only(order_no, is_order),
        restricted_person=Only(view.operator_names.take(owner), is_order),
        restricted_capacity=Only("1", is_order),
        applicant_kind=Coded(("3", "2"), (suits.kind != _LOAN).astype(np.int64)),
        publication_date=np.where(is_order, order_day, suits.enforced + 7),
        closed_date=Only(suits.closed, gone),
        lifted_reason=Only("1", gone & is_order),
    )


def litigation(view: View) -> Rows:
    """Item 12: filings, judgments and insolvency."""
    suits = disputes(view)
    petition = suits.kind == _INSOLVENCY
    told = (suits.filed + 5 <= view.day).astype(np.int64)
    judged = (suits.decided + 10 <= view.day) & ~petition
    position, second = explode(told + (judged & (told > 0)))
    suits = suits.take(position)
    owner, kind = suits.owner, suits.kind
    petition, claim, decision = kind == _INSOLVENCY, kind == _CLAIM, second == 1
    info = np.select([petition, decision], [2, 1], 0)
    liable = np.where(claim | (suits.lost == 0), 0.0, np.round(suits.amount * 0.95, 2))
    outcome = np.where(claim, np.where(suits.lost == 1, 1, 0), np.where(suits.lost == 1, 1, 2))
    stage = np.where(suits.decided <= view.day, 1, 0)
    return Rows.of(
        owner,
        info_type=Coded(("1", "2", "3"), info),
        case_no=choose(
            petition,
            _case_numbers(view, suits, "破申", suits.filed),
            _case_numbers(view, suits, "民初", suits.filed),
        ),
        court=organ(view, owner, "人民法院")[0],
        case_kind=Coded(("1", "6"), petition.astype(np.int64)),
        cause=lookup(_CAUSES, kind),
        trial_level=Only("1", ~petition),
        litigation_role=Coded(("2", "1", "9"), np.select([petition, claim], [2, 1], 0)),
        filed_date=suits.filed,
        target_amount=suits.amount,
        document_kind=Only("1", decision),
        decision_date=Only(suits.decided, decision),
        effective_date=Only(suits.decided + 16, decision & (suits.decided + 16 <= view.day)),
        outcome=Only(Coded(("1", "2", "3"), outcome), decision),
        liability_amount=Only(liable, decision),
        bankruptcy_kind=Only("1", petition),
        bankruptcy_stage=Only(Coded(("1", "2"), stage), petition),
        administrator=Only(f"拟清算律师事务所{MARK}", petition & (stage == 1)),
        publication_date=np.where(decision, suits.decided + 10, suits.filed + 5),
    )
