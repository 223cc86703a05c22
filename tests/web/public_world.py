"""Something to see for everybody: firms in all cities, members online, batches of several months, inquiries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from collect_kit import Node, code_of, firm
from web_kit import Listening

from xinshu.ledger import Entry

CITIES = {
    "320111": 46, "320214": 24, "320312": 14, "320412": 18, "320508": 61, "320612": 22, "320723": 11, "320812": 12,
    "320903": 13, "321012": 15, "321112": 12, "321203": 10, "321322": 6,
}  # fmt: skip
INDUSTRIES = {"C3484": 40, "F5123": 22, "I6513": 14, "E4813": 12, "M7320": 8, "A0111": 4}
MEMBERS = {
    "bank": ("示范银行股份有限公司", "示范农村商业银行", "大江银行股份有限公司", "示范银行股份有限公司江宁支行"),
    "guarantor": ("示范融资担保有限公司", "示范再担保有限责任公司"),
    "credit_agency": ("示范企业征信有限公司",),
    "provider": ("示范省市场监督管理局", "国家税务总局示范省税务局", "示范省人力社保厅", "示范省高级人民法院"),
    "government": ("示范省地方金融管理局",),
    "supervisor": ("中国人民银行示范省分行",),
}  # fmt: skip
COLLECTED = [
    ("tax", "15", 41_200),
    ("tax", "17", 182_400),
    ("hrss", "19", 96_800),
    ("court", "10", 3_120),
    ("court", "12", 18_640),
    ("housing", "21", 52_300),
    ("customs", "22", 8_700),
    ("power", "25", 61_900),
    ("water", "24", 47_100),
    ("environment", "35", 2_460),
    ("agriculture", "37", 5_230),
    ("ipo", "30", 12_780),
]  # provider, item, rows
PURPOSES = {"pre_loan": (18, 26, 31, 44), "loan_approval": (12, 11, 15, 19), "post_loan": (0, 0, 12, 17)}


def rows() -> list[dict[str, Any]]:
    """Firms of every city, industry and age."""
    found: list[dict[str, Any]] = []
    industries = [code for code, times in INDUSTRIES.items() for _ in range(times)]
    for city, count in CITIES.items():
        for _ in range(count):
            n = len(found)
            year = 1976 + (n * 7 + n * n) % 49
            found.append(
                firm(n + 1, division=city, industry=industries[(n * 37) % 100], established_date=f"{year}-03-18")
            )
    return found


async def furnish(running: Listening) -> Node:
    """Fill a node's database; call before anybody looks."""
    node = Node(running.services, running.clock)
    for kind, names in MEMBERS.items():
        for i, name in enumerate(names):
            await node.table(
                "insert into member (id, code, name, kind, level, regions, state, state_since, created_by, created_at, "
                "updated_at) values ($1, $1, $2, $3, $4, array['32'], 'online', $5, 'test', $5, $5)",
                f"m{kind}{i}", name, kind, "branch" if "支行" in name else "head", running.clock.now(),
            )  # fmt: skip
    whole = rows()
    for months, part in enumerate((whole[:90], whole[90:160], whole[160:])):
        batch = await node.publish(part, name=f"{months}.csv")
        when = running.clock.now() - timedelta(days=31 * (2 - months))
        await node.table("update batch set published_at = $2 where id = $1", batch.id, when)
    for i, (provider, item, count) in enumerate(COLLECTED):
        await node.table(
            "insert into batch (provider, item, item_version, mode, channel, platform, state, file_name, file_sha256, "
            "file_bytes, raw_path, counts, received_at, updated_at, published_at) values ($1, $2, '2024.1', 'full', "
            "'file', '320000', 'published', 'x', $3, 1, '', $4, $5, $5, $5)",
            provider, item, f"{i}", f'{{"accepted": {count}}}', running.clock.now() - timedelta(days=40 * (i % 7)),
        )  # fmt: skip
    leaf = 1_000_000
    for purpose, counts in PURPOSES.items():
        for back, count in enumerate(reversed(counts)):
            await node.table(
                "insert into inquiry (leaf, id, at, principal, member_id, subject_code, purpose, consents, items, "
                "result) select $1 + n, gen_random_uuid(), $2, 'client:c', 'mbank0', 'code', $3, '{}', '{}', '' "
                "from generate_series(1, $4) n",
                leaf, running.clock.now() - timedelta(days=30 * back), purpose, count,
            )  # fmt: skip
            leaf += count
    return node


async def ask(running: Listening, serial: int, member: str = "mbank0", purpose: str = "pre_loan") -> int:
    """Evidence that a member asked about a firm; its leaf."""
    about = {"purpose": purpose, "items": {}}
    entry = Entry("inquiry", running.clock.now(), "client:c", member, code_of(serial), about)
    return await running.services.ledger.append(entry)


async def ask_many(running: Listening) -> None:
    """Inquiries of the morning about firms of several cities."""
    serials, who = list(range(1, 260, 11)), ["mbank0", "mbank1", "mguarantor0", "mcredit_agency0", "mbank0"]
    codes = {one["uscc"]: i for i, one in enumerate(rows(), 1)}
    assert len(codes) > 250
    for i, serial in enumerate(serials):
        await ask(running, serial, who[i % len(who)], list(PURPOSES)[i % 3])
