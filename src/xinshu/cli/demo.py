"""`xinshu demo`: from an empty folder to an inquiry with its evidence, every step through the real path."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from xinshu.cli.batches import code_counts
from xinshu.cli.demonstration.calls import going
from xinshu.cli.demonstration.crew import Crew
from xinshu.cli.demonstration.firm import Firm
from xinshu.cli.demonstration.logins import Login, Logins
from xinshu.cli.demonstration.members import Members
from xinshu.cli.demonstration.rating import Rating
from xinshu.cli.demonstration.story import Story
from xinshu.cli.output import BAR, explained, local_user, run
from xinshu.cli.serve import refuse_taken_port, run_node
from xinshu.collect.model import Batch, Sender, Submission
from xinshu.collect.quarantine import reason_summary
from xinshu.core.clock import SystemClock
from xinshu.core.errors import ConflictError, XinshuError
from xinshu.core.settings import Settings, load_settings
from xinshu.members.model import local_operator
from xinshu.node.app import build_node
from xinshu.node.logs import configure
from xinshu.node.services import Services, open_services
from xinshu.synth import World

app = typer.Typer(help="演示:生成示范省,走完入驻、归集、查询、存证的全过程。")

AS_OF = date(2026, 6, 30)  # fixed, so that a second run finds the same files
LOOKS = (
    ("企业:我的信用评价、怎样提高", "demo.firm", "/my-evaluation"),
    ("企业:我的信用报告、谁取得过", "demo.firm", "/my-reports"),
    ("银行:信用报告,三种格式", "demo.credit", "/reports"),
    ("银行:贷后组合、等级变化", "demo.credit", "/portfolio"),
    ("运营:评价模型、验证、批准", "demo.zhou", "/evaluation-models"),
    ("特色功能模块、名单、链主", "demo.zhou", "/modules"),
    ("任何人:核验报告", "—", "/verify"),
)
console = Console(highlight=False)


class NotADemoError(ConflictError):
    """The node has an operator that is not the demo's."""

    code = "demo_home_in_use"


@app.callback(invoke_without_command=True)
def demo(
    subjects: Annotated[int, typer.Option(min=100, max=1_000_000, help="示范省的信用主体数。")] = 2000,
    seed: Annotated[int, typer.Option(help="种子。")] = 1,
    leave: Annotated[bool, typer.Option("--exit", help="演示完即结束,不启动节点。")] = False,
    code: Annotated[str, typer.Option(help="只显示某个演示账户此刻的动态验证码。")] = "",
) -> None:
    """单位入驻、归集全部事项、银行查询并取得存证,然后启动节点。例:xinshu demo --subjects 5000 --exit"""
    with explained():
        settings = load_settings()
        if code:
            logins = Logins.load(settings.home, SystemClock())
            console.print(run(lambda: logins.one_time(_with_codes(logins, code))))
            return
        configure(settings.model_copy(update={"log_level": "warning"}))
        if not leave:
            refuse_taken_port(settings)

        async def work() -> None:
            console.print(f"[bold]信枢 xinshu[/bold] 演示  数据目录 {settings.home}")
            async with open_services(_with_receiver(settings), SystemClock()) as services:
                folder = settings.home / f"demo-{seed}-{subjects}"
                manifest = await asyncio.to_thread(_world, services, folder, seed, subjects)
                logins = await play(services, folder, manifest)
                _tell_logins(settings, logins)
                if leave:
                    return
                console.print("Ctrl+C 结束。")
                configure(settings)
                await run_node(services)

        run(work)


def _with_receiver(settings: Settings) -> Settings:
    """The demo's bank receives pushes on this machine, which a node allows only where it serves this machine alone."""
    local = settings.host in ("127.0.0.1", "::1", "localhost")
    return settings.model_copy(update={"webhook_loopback": True}) if local else settings


async def play(services: Services, folder: Path, manifest: dict[str, Any]) -> Logins:
    """All scenes, over a node that listens to this process alone."""
    logins = Logins.load(services.settings.home, services.clock)
    assert services.membership is not None  # noqa: S101  (only a sandbox has none)
    if await services.membership.accounts.bootstrap.settle() and len(logins.people) == 0:
        raise NotADemoError(
            f"数据目录 {services.settings.home} 里的节点已有平台运营账户,不是演示建立的",
            hint="演示用一个空的数据目录:XINSHU_HOME=… xinshu demo",
        )
    node = build_node(services)
    async with going(node):
        crew = Crew(node, services.settings, logins)
        members = Members(crew, services, manifest, console)
        await members.admit_departments()
        _report(services, await _collect(services, folder, manifest))
        firm = Firm(crew, services)
        await firm.arrive()
        await members.admit_bank()
        await Rating(crew, services, folder, console).settle()
        await Story(crew, members, firm, services, console).tell()
    return logins


def _world(services: Services, folder: Path, seed: int, subjects: int) -> dict[str, Any]:
    """The files of the invented province; those of an earlier run are used again."""
    path = folder / "manifest.json"
    if path.exists():
        manifest: dict[str, Any] = orjson.loads(path.read_bytes())
        return manifest
    world = World(seed, subjects, AS_OF, services.settings.platform_code, definitions=services.settings.definitions)
    with Progress(*BAR, console=console) as progress:
        bar = progress.add_task("生成示范省(虚构)", total=subjects)
        return world.write(folder, progress=lambda done, total: progress.update(bar, completed=done, total=total))


async def _collect(services: Services, folder: Path, manifest: dict[str, Any]) -> list[Batch]:
    """Every file on behalf of the member that provides it, registers first."""
    batches = []
    who = local_operator(local_user())
    with Progress(*BAR, console=console) as progress:
        bar = progress.add_task("归集", total=len(manifest["files"]))
        for entry in manifest["files"]:
            submission = Submission(entry["provider"], entry["item"], entry["mode"])
            sender = await services.senders.local(who, entry["provider"]) or Sender(who.id)
            async for path, result in services.collect.add_files([folder / entry["file"]], submission, sender):
                if isinstance(result, XinshuError):
                    console.print(f"[red]{path.name}[/red] {result.message}")
                    raise result
                batches.append(result)
            progress.update(bar, advance=1, description=f"归集 {entry['name']}")
        await services.refresh_search()
    return batches


def _report(services: Services, batches: list[Batch]) -> None:
    """What came in, what was set aside and why."""
    table = Table("事项", "名称", "提供单位", "读取", "接受", "问题", "新增", "状态", title="归集结果")
    reasons: Counter[str] = Counter()
    for batch in batches:
        item = services.catalogue.item(batch.item)
        counts = batch.counts
        figures = [f"{n:,}" for n in (counts.read, counts.accepted, counts.quarantined, counts.new)]
        table.add_row(batch.item, item.name.zh[:24], batch.provider, *figures, batch.state.value)
        reasons.update(code_counts(batch.reasons))
    console.print(table)
    why = Table("原因", "行数", "说明", title="被搁置的行及原因")
    for code, count in reasons.most_common(12):
        why.add_row(code, f"{count:,}", reason_summary(code))
    console.print(why)


def _tell_logins(settings: Settings, logins: Logins) -> None:
    """Where to sign in, and as whom."""
    shown = {"demo.admin", "demo.zhou", "demo.wu", "demo.samr", "demo.bank", "demo.credit", "demo.firm"}
    table = Table("登录名", "密码", "身份", title="演示账户(密码随机生成,只在本机)")
    for one in logins.people.values():
        if one.login in shown:
            table.add_row(one.login, one.password, one.role)
    console.print(table)
    console.print(
        f"登录 {settings.origin};全部 {len(logins.people)} 个演示账户在 {logins.path}(仅本人可读)。", soft_wrap=True
    )
    looks = Table("看什么", "以谁登录", "地址", title=f"在网页上看 {settings.origin}")
    for what, login, path in LOOKS:
        looks.add_row(what, login, path)
    console.print(looks)
    console.print("动态验证码:把文件中的 totp 加到验证器应用,或执行 xinshu demo --code 登录名")


def _with_codes(logins: Logins, login: str) -> Login:
    found = logins.people.get(login)
    if found is None or found.totp is None:
        raise NotADemoError(f"没有启用验证码的演示账户 {login}", hint=f"全部演示账户在 {logins.path}")
    return found
