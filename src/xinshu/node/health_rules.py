"""What is well and what is not: figures in, words and a state out. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from xinshu.catalogue.model import Item
from xinshu.core.clock import CHINA
from xinshu.jobs.service import Going

Condition = Literal["good", "attention", "bad", "unknown"]
_GRAVITY: tuple[Condition, ...] = ("good", "unknown", "attention", "bad")
_DAYS = {"realtime": 1, "day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}
MINUTE, HOUR = 60, 3600
GB = 1 << 30


@dataclass(frozen=True)
class Words:
    """The same in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `remedy`: what to do, where something is to be done; `place`: the page where."""

    code: str
    name: Words
    state: Condition
    words: Words
    remedy: Words | None = None
    place: str | None = None
    figures: Mapping[str, int | float | str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Late:
    """An item that a provider should have sent: when it last did (None: never), when it was due."""

    provider: str
    provider_name: str
    item: str
    item_name: Words
    every: str
    last: date | None
    due: date | None
    days: int | None


def worst(findings: Iterable[Finding]) -> Condition:
    """The gravest state."""
    return max((one.state for one in findings), key=_GRAVITY.index, default="good")


def database(version: str, size: int, connections: int, most: int) -> Finding:
    """PostgreSQL answers; are its connections running out?"""
    full = connections >= most * 0.9
    return Finding(
        "database", Words("数据库", "Database"), "attention" if full else "good",
        Words(
            f"PostgreSQL {version} · {_size(size)} · 连接 {connections} / {most}",
            f"PostgreSQL {version} · {_size(size)} · {connections} of {most} connections",
        ),
        Words("连接快用完了:减少其他程序的连接,或调大 max_connections", "Free connections or raise max_connections")
        if full else None,
        figures={"bytes": size, "connections": connections, "most": most},
    )  # fmt: skip


def space(free: int | None, total: int | None) -> Finding:
    """Room where the lake lies, in bytes; None where it is not on this machine."""
    name = Words("数据湖空间", "Room for the lake")
    if free is None or total is None:
        words = Words("数据湖在对象存储上,空间由那里管理", "The lake is in object storage, which looks after its room")
        return Finding("lake", name, "unknown", words)
    state: Condition = "good"
    if free < total * 0.15:
        state = "attention"
    if free < total * 0.05 or free < GB:
        state = "bad"
    share = round(100 * free / total)
    remedy = Words(
        "空间快用完:扩充磁盘,或按保存期限清理;满了以后不再接收批次",
        "Add room or clear what has outlived its time; a full disk takes no more batches",
    )
    return Finding(
        "lake", name, state, Words(f"剩余 {_size(free)},占 {share}%", f"{_size(free)} free, {share}%"),
        remedy if state != "good" else None, figures={"free": free, "total": total},
    )  # fmt: skip


def worker(going: Going) -> Finding:
    """Are jobs taken from the queue?"""
    name = Words("后台执行", "Background work")
    figures = {"waiting": going.waiting, "running": going.running, "overdue": going.overdue}
    remedy = Words(
        "没有后台进程在取任务:查看节点日志,重新启动节点,或运行 xinshu worker",
        "Nobody takes jobs: see the node's log, restart it, or run xinshu worker",
    )
    if going.abandoned > 0 or going.overdue > 10 * MINUTE:
        words = Words(
            f"最早的任务已等 {_long(going.overdue)[0]};{going.abandoned} 件的执行进程没有动静",
            f"The oldest job has waited {_long(going.overdue)[1]}; {going.abandoned} without a sign of life",
        )
        return Finding("worker", name, "bad", words, remedy, "/jobs", figures)
    if going.overdue > 2 * MINUTE:
        long = _long(going.overdue)
        words = Words(f"最早的任务已等 {long[0]}", f"The oldest job has waited {long[1]}")
        return Finding("worker", name, "attention", words, remedy, "/jobs", figures)
    words = Words(f"执行 {going.running} 件,等待 {going.waiting} 件", f"{going.running} run, {going.waiting} wait")
    return Finding("worker", name, "good", words, place="/jobs", figures=figures)


def failed_jobs(failed: int) -> Finding:
    """Jobs that somebody has to look at."""
    name = Words("失败的任务", "Failed jobs")
    if failed == 0:
        return Finding("jobs", name, "good", Words("没有", "None"), place="/jobs?state=failed")
    return Finding(
        "jobs", name, "attention", Words(f"{failed} 件", f"{failed}"),
        Words("逐件查看原因,排除后重试,不需要的取消", "Look at each, mend the cause and retry, or cancel it"),
        "/jobs?state=failed", {"failed": failed},
    )  # fmt: skip


def ledger(
    size: int, signed: int | None, signed_at: datetime | None, unsigned_since: datetime | None, waiting: int,
    waiting_since: datetime | None, now: datetime,
) -> tuple[Finding, Finding]:  # fmt: skip
    """Does evidence come into the log, and is the log signed?"""
    behind = _seconds(waiting_since, now)
    state: Condition = "bad" if behind > 10 * MINUTE else "attention" if behind > MINUTE else "good"
    entering = Finding(
        "ledger", Words("存证日志", "Log of evidence"), state,
        Words(f"{size} 条,待编入 {waiting} 条", f"{size} leaves, {waiting} waiting to come in"),
        Words("存证写不进去:查看节点日志和数据库", "Evidence is not written: see the node's log and the database")
        if state != "good" else None,
        "/ledger", {"size": size, "waiting": waiting},
    )  # fmt: skip
    open_for = _seconds(unsigned_since, now) if (signed or 0) < size else 0
    state = "bad" if open_for > HOUR else "attention" if open_for > 5 * MINUTE else "good"
    when = signed_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M") if signed_at is not None else None
    words = (
        Words(f"最近一次 {when},封住 {signed} 条", f"Last at {when}, over {signed} leaves")
        if when is not None
        else Words("还没有签过", "None was signed yet")
    )
    sealing = Finding(
        "checkpoint", Words("检查点", "Checkpoint"), state, words,
        Words("检查点每分钟签一次:节点的例行工作停了,查看日志并重新启动", "Signed every minute: see the log, restart")
        if state != "good" else None,
        "/ledger", {"signed": signed, "size": size, "seconds": open_for},
    )  # fmt: skip
    return entering, sealing


def search(lag: int) -> Finding:
    """Changed subjects that cannot be found by their new names yet."""
    name = Words("检索", "Search")
    if lag == 0:
        return Finding("search", name, "good", Words("与主体库一致", "In step with the subject base"))
    return Finding(
        "search", name, "attention",
        Words(f"{lag} 户的变动还没有进入检索", f"{lag} changed subjects not yet searchable"),
        Words("批次发布后几秒内会跟上;一直不减少时查看后台执行", "Catches up in seconds; if not, see background work"),
        figures={"lag": lag},
    )  # fmt: skip


def held(count: int, since: datetime | None, now: datetime) -> Finding:
    """Batches that wait for a decision."""
    name = Words("待处置的批次", "Batches to decide on")
    if count == 0:
        return Finding("held", name, "good", Words("没有", "None"), place="/batches?state=held")
    days = int(_seconds(since, now) // 86400)
    words = Words(f"{count} 个", f"{count}")
    if days > 0:
        words = Words(f"{count} 个,最早的已等 {days} 天", f"{count}, the oldest for {days} days")
    return Finding(
        "held", name, "attention", words,
        Words("查看暂停的原因,接受或退回", "See why they are held, accept or send back"), "/batches?state=held",
        {"held": count, "days": days},
    )  # fmt: skip


def push(dead: int, waiting: int, since: datetime | None, now: datetime) -> Finding:
    """What was to be told to members and could not be delivered."""
    name = Words("推送", "Push")
    behind = _seconds(since, now)
    figures = {"dead": dead, "waiting": waiting, "seconds": behind}
    if dead == 0 and behind <= HOUR:
        return Finding("push", name, "good", Words(f"待送 {waiting} 条", f"{waiting} to deliver"), figures=figures)
    return Finding(
        "push", name, "attention",
        Words(f"{dead} 条送不到,待送 {waiting} 条", f"{dead} could not be delivered, {waiting} to deliver"),
        Words("请接收单位检查接收地址;修好后由对方在订阅中重新推送", "The member mends its address, then replays"),
        figures=figures,
    )  # fmt: skip


def sources(states: Mapping[str, str | None]) -> Finding:
    """Front-end machines: source → state of its last batch (None: never pulled)."""
    name = Words("前置机抽取", "Pulls from front-end machines")
    if len(states) == 0:
        words = Words("没有启用的数据源", "No source is enabled")
        return Finding("pulls", name, "unknown", words)
    stuck = sorted(source for source, state in states.items() if state in ("held", "rejected"))
    new = sorted(source for source, state in states.items() if state is None)
    figures = {"sources": len(states), "stuck": len(stuck), "never": len(new)}
    if len(stuck) > 0:
        return Finding(
            "pulls", name, "attention",
            Words(f"上次的批次被暂停或退回:{'、'.join(stuck)}", f"Last batch held or rejected: {', '.join(stuck)}"),
            Words("处置暂停的批次;退回的查看原因后重新抽取", "Decide on what is held; pull again what was rejected"),
            "/batches", figures,
        )  # fmt: skip
    if len(new) > 0:
        words = Words(f"{len(states)} 个,从未抽取:{'、'.join(new)}", f"{len(states)}, never pulled: {', '.join(new)}")
        return Finding("pulls", name, "unknown", words, figures=figures)
    return Finding("pulls", name, "good", Words(f"{len(states)} 个", f"{len(states)}"), figures=figures)


def late(
    items: Iterable[Item], providers: Mapping[str, str], last: Mapping[tuple[str, str], datetime], today: date
) -> list[Late]:
    """Items that are overdue by the catalogue's cycle, longest first, then those never sent by a provider that is
    online. `last`: (provider, item) → last publication. Items sent on events have no cycle."""
    found: list[Late] = []
    by_number = {item.item: item for item in items}
    for (provider, number), at in last.items():
        item = by_number.get(number)
        if item is None or item.update_cycle.every not in _DAYS:
            continue
        sent = at.astimezone(CHINA).date()
        due = sent + timedelta(days=_DAYS[item.update_cycle.every] + item.update_cycle.lag_days)
        if today > due:
            found.append(_late(item, provider, providers, sent, due, (today - due).days))
    found.sort(key=lambda one: (-(one.days or 0), one.provider, one.item))
    never = [
        _late(item, item.provider.code, providers, None, None, None)
        for item in by_number.values()
        if item.update_cycle.every in _DAYS
        and item.provider.code in providers
        and (item.provider.code, item.item) not in last
    ]
    return found + never


def _late(
    item: Item, provider: str, providers: Mapping[str, str], last: date | None, due: date | None, days: int | None
) -> Late:
    name = providers.get(provider, item.provider.zh if provider == item.provider.code else provider)
    words = Words(item.name.zh, item.name.en)
    return Late(provider, name, item.item, words, item.update_cycle.every, last, due, days)


def timeliness(found: list[Late]) -> Finding:
    """Do providers keep to the catalogue's cycle?"""
    name = Words("报送及时性", "Timeliness of providers")
    overdue = [one for one in found if one.days is not None]
    never = len(found) - len(overdue)
    figures = {"late": len(overdue), "never": never}
    if len(overdue) == 0:
        words = Words(f"没有逾期,{never} 项尚未报送过", f"None late, {never} never sent")
        return Finding("late", name, "good", words, figures=figures)
    days = max(one.days or 0 for one in overdue)
    words = Words(
        f"{len(overdue)} 项逾期,最长 {days} 天;{never} 项尚未报送过",
        f"{len(overdue)} late, the longest by {days} days; {never} never sent",
    )
    remedy = Words("与提供单位联系,见下面的逐项清单", "Talk to the providers, listed below")
    return Finding("late", name, "bad" if days > 30 else "attention", words, remedy, figures=figures)


def _seconds(since: datetime | None, now: datetime) -> int:
    return max(0, int((now - since).total_seconds())) if since is not None else 0


def _size(count: int) -> str:
    return f"{count / GB:.1f} GB" if count >= GB else f"{count / (1 << 20):.0f} MB"


def _long(seconds: int) -> tuple[str, str]:
    for size, zh, en in ((86400, "天", "d"), (HOUR, "小时", "h"), (MINUTE, "分钟", "min")):
        if seconds >= size:
            return f"{seconds // size} {zh}", f"{seconds // size} {en}"
    return f"{seconds} 秒", f"{seconds} s"
