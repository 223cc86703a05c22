"""Items 22 and 23: customs filing and level, trade and rebates."""

from __future__ import annotations

import numpy as np

from xinshu.synth.calendar import months_of, working_day
from xinshu.synth.codes import customs_codes
from xinshu.synth.draws import Flags, Ints, explode
from xinshu.synth.events import FAR, first_of, strike
from xinshu.synth.items.common import organ
from xinshu.synth.kinds import Kind
from xinshu.synth.rows import Coded, Only, Rows
from xinshu.synth.text import choose, digits, join
from xinshu.synth.view import View

_DOLLAR = 7.1


def _filed(view: View) -> tuple[Flags, Ints]:
    """Which subjects have filed with customs, and when."""
    firms, draws = view.firms, view.draws
    foreign = (firms.kind == Kind.FOREIGN) | (firms.kind == Kind.HONG_KONG)
    fits = np.where(firms.in_sections("C"), 0.10, np.where(firms.in_sections("FI"), 0.06, 0.01))
    chance = np.where(foreign, 0.6, fits * (1 + 2 * firms.size))
    day = working_day(firms.established + 60 + draws.below(900, "customs filing", firms.index))
    trades = view.accounts & draws.happens(chance, "trades", firms.index) & (day <= view.day) & (day < view.end_day)
    return trades, day


def customs_filing(view: View) -> Rows:
    """Item 22: certified enterprises are the healthy large, dishonest ones the weak."""
    firms, draws = view.firms, view.draws
    trades, filed = _filed(view)
    base = np.array([0.0004, 0.002, 0.006, 0.012])[firms.size]
    certified = first_of(view, strike(view, "certified", base, -0.8, trades))
    dishonest = first_of(view, strike(view, "customs dishonest", 0.0004, 1.6, trades))
    owner = np.nonzero(trades)[0]
    good = (certified[owner] <= view.day) & (certified[owner] >= filed[owner])
    bad = (dishonest[owner] <= view.day) & (dishonest[owner] >= filed[owner])
    bad &= ~good | (dishonest[owner] > certified[owner])
    good &= ~bad
    level_day = np.where(bad, dishonest[owner], np.where(good, certified[owner], FAR))
    ended = view.ended[owner]
    code = customs_codes(firms.division[owner], firms.index[owner])
    return Rows.of(
        owner,
        customs_code=code,
        ciq_code=join(digits(firms.division[owner] // 100, 4), digits(firms.index[owner], 6)),
        customs_office=join("23", digits(firms.city[owner] + 1, 2)),
        authority=organ(view, owner, "海关", city_level=True)[0],
        enterprise_kind=Coded(("1", "1", "5"), draws.below(3, "customs kind", firms.index[owner])),
        record_date=filed[owner],
        customs_status=Coded(("1", "2"), ended.astype(np.int64)),
        cancelled_date=Only(view.end_day[owner], ended),
        credit_level=Coded(("2", "1", "3"), np.select([good, bad], [1, 2], 0)),
        credit_level_date=Only(level_day, good | bad),
        aeo_code=Only(join("AEOCN", code), good),
        review_date=Only(np.minimum(level_day, FAR - 2000) + 1825, good),
        dishonest_reason=Only("申报不实影响国家出口退税管理,情节严重", bad),
        annual_report_status=Coded(("1", "2"), bad.astype(np.int64)),
        bonded_area=Coded(("0", "0", "0", "1"), draws.below(4, "bonded", firms.index[owner])),
    )


def trade(view: View) -> Rows:
    """Item 23: what customs, the tax administration and the exchange administration each see of a month."""
    firms, draws = view.firms, view.draws
    trades, filed = _filed(view)
    active = trades[:, None] & view.alive & (months_of(filed)[:, None] < view.months)
    cell, source = explode(np.where(active, 3, 0).reshape(-1))
    owner, column = cell // len(view.months), cell % len(view.months)
    index, month = view.index[owner], view.months[column]
    sales = view.sales[owner, column] / 10000
    export_share = 0.1 + 0.5 * draws.uniform("export share", index)
    exports = np.round(sales * export_share * np.exp(0.2 * draws.normal("exports", index, month)), 4)
    imports = np.round(sales * 0.2 * draws.uniform("import share", index), 4)
    customs, tax, exchange = source == 0, source == 1, source == 2
    rebate = np.round(exports * 0.09, 4)
    names = [organ(view, owner, bureau, city_level=True)[0] for bureau in ("海关", "税务局", "发展和改革委员会")]
    return Rows.of(
        owner,
        customs_code=customs_codes(firms.division[owner], index),
        source=Coded(("customs", "tax", "safe"), source),
        stat_month=month,
        import_amount=Only(imports, customs),
        export_amount=Only(exports, customs),
        import_usd=Only(np.round(imports / _DOLLAR, 4), customs),
        export_usd=Only(np.round(exports / _DOLLAR, 4), customs),
        import_count=Only(np.ceil(imports / 50).astype(np.int64), customs),
        export_count=Only(np.ceil(exports / 40).astype(np.int64), customs),
        duty_paid=Only(np.round(imports * 0.06, 4), customs),
        import_tax_paid=Only(np.round(imports * 0.13, 4), customs),
        rebate_declared=Only(rebate, tax),
        rebate_approved=Only(rebate, tax),
        rebate_paid=Only(rebate, tax),
        offset_amount=Only(np.round(rebate * 0.1, 4), tax),
        rebate_category=Only(Coded(("1", "2", "3"), index % 3), tax),
        fx_receipt=Only(np.round(exports / _DOLLAR * 0.95, 4), exchange),
        fx_payment=Only(np.round(imports / _DOLLAR * 0.95, 4), exchange),
        fx_category=Only("A", exchange),
        authority=choose(customs, names[0], choose(tax, names[1], names[2])),
    )
