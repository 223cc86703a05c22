"""`xinshu member document` and `xinshu member agreement`; the key that checks certificates."""

from __future__ import annotations

import getpass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from xinshu.cli.member_office import Office, with_office
from xinshu.cli.output import Json, explained, print_json, run
from xinshu.core.clock import SystemClock
from xinshu.core.settings import load_settings
from xinshu.crypto.suites import GM, INTL, PublicKey
from xinshu.crypto.suites.errors import KeyFormatError, KeyKindError
from xinshu.members.onboarding.agreements import Agreements
from xinshu.members.onboarding.documents import MAX_BYTES
from xinshu.members.onboarding.model import Acceptance, Document, Outcome
from xinshu.members.onboarding.papers import Description, too_large
from xinshu.members.onboarding.views import AcceptanceOut, DocumentOut, SignatureOut

document_app = typer.Typer(help="成员材料:上传、查看、取出、登记检查结论。", no_args_is_help=True)
agreement_app = typer.Typer(help="协议:查看、签署、会签。", no_args_is_help=True)
Which = Annotated[str, typer.Argument(help="成员编号或统一社会信用代码。")]
By = Annotated[str, typer.Option("--by", help="办理人;不写:操作系统的当前用户。")]
Agreement = Annotated[str, typer.Argument(help="协议编号,如 platform-access。")]
Version = Annotated[str, typer.Argument(help="版本,如 2026.1。")]
OUTCOMES = {Outcome.PASSED: "[green]通过[/green]", Outcome.FAILED: "[red]未通过[/red]", None: ""}


@document_app.command("add")
def add(
    which: Which,
    file: Annotated[Path, typer.Argument(help="PDF、PNG、JPG 或 OFD,不超过 20 MB。", exists=True, dir_okay=False)],
    kind: Annotated[str, typer.Option(help="材料种类,如 licence。")],
    dated: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="材料上的日期。")] = None,
    valid_to: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="有效期至。")] = None,
    by: By = "",
    as_json: Json = False,
) -> None:
    """上传材料,封存保管。例:xinshu member document add m1234 证照.pdf --kind licence"""

    async def work(office: Office) -> Document:
        if file.stat().st_size > MAX_BYTES:
            raise too_large()
        about = Description(kind, file.name, dated.date() if dated else None, valid_to.date() if valid_to else None)
        access = office.access("add", "member-document")
        return await office.service.papers.add(access, office.id_of(which), about, file.read_bytes())

    with explained(as_json):
        kept = DocumentOut.of(with_office(_by(by), work))
        if as_json:
            print_json(kept.model_dump(mode="json"))
        else:
            Console().print(f"已收存材料 {kept.id}:{kept.name},SHA-256 {kept.sha256}", highlight=False)


@document_app.command("list")
def list_documents(which: Which, as_json: Json = False) -> None:
    """列出成员的材料。例:xinshu member document list m1234"""
    with explained(as_json):
        found = with_office(
            _by(""),
            lambda office: office.service.papers.documents(
                office.access("read", "member-document"), office.id_of(which)
            ),
        )
        if as_json:
            print_json([DocumentOut.of(one).model_dump(mode="json") for one in found])
            return
        table = Table("编号", "种类", "名称", "日期", "有效期至", "结论", "上传人")
        for one in found:
            dates = [str(day) if day is not None else "" for day in (one.dated, one.valid_to)]
            table.add_row(str(one.id), one.kind, one.name, *dates, OUTCOMES[one.outcome], one.uploaded_by)
        Console().print(table)


@document_app.command("get")
def get(
    which: Which,
    number: Annotated[int, typer.Argument(help="材料编号。")],
    target: Annotated[Path, typer.Argument(help="写到哪个文件。")],
    by: By = "",
) -> None:
    """取出材料,取用留有记录。例:xinshu member document get m1234 7 证照.pdf"""
    with explained():
        _, content = with_office(
            _by(by),
            lambda office: office.service.papers.read(
                office.access("read", "member-document"), office.id_of(which), number
            ),
        )
        target.write_bytes(content)


@document_app.command("review")
def review(
    which: Which,
    number: Annotated[int, typer.Argument(help="材料编号。")],
    outcome: Annotated[Outcome, typer.Argument(help="passed 通过,failed 未通过。")],
    by: By = "",
    as_json: Json = False,
) -> None:
    """登记检查结论,上传人不能登记。例:xinshu member document review m1234 7 passed --by 李四"""

    async def work(office: Office) -> Document:
        access = office.access("advance", "member")
        async with office.db.transaction() as conn:
            return await office.service.papers.review(conn, access, office.id_of(which), number, outcome)

    with explained(as_json):
        document = DocumentOut.of(with_office(_by(by), work))
        if as_json:
            print_json(document.model_dump(mode="json"))
        else:
            Console().print(f"材料 {document.id} 的结论:{OUTCOMES[outcome]}", highlight=False)


@agreement_app.command("list")
def list_agreements(which: Which, as_json: Json = False) -> None:
    """列出成员应签和已签的协议。例:xinshu member agreement list m1234"""
    with explained(as_json):
        found = with_office(
            _by(""),
            lambda office: office.service.papers.signatures(office.access("read", "member"), office.id_of(which)),
        )
        shown = [SignatureOut.of(one) for one in found]
        if as_json:
            print_json([one.model_dump(mode="json") for one in shown])
            return
        table = Table("协议", "版本", "名称", "签署", "会签")
        for one in shown:
            signed = one.acceptance
            table.add_row(
                one.agreement, one.version, one.title, signed.accepted_by if signed is not None else "",
                (signed.countersigned_by or "") if signed is not None else "",
            )  # fmt: skip
        Console().print(table)


@agreement_app.command("text")
def text(agreement: Agreement, version: Version) -> None:
    """显示协议文本。例:xinshu member agreement text platform-access 2026.1"""
    with explained():
        typer.echo(Agreements.load(load_settings().definitions).get(agreement, version).text, nl=False)


@agreement_app.command("accept")
def accept(which: Which, agreement: Agreement, version: Version, by: By = "", as_json: Json = False) -> None:
    """代录成员在纸质文本上的签署,--by 写成员的签署人。

    例:xinshu member agreement accept m1234 data-use 2026.1 --by 赵六
    """

    async def work(office: Office) -> Acceptance:
        access = await office.for_member(office.id_of(which), "accept", "agreement")
        digest = office.service.agreements.get(agreement, version).sha256
        async with office.db.transaction() as conn:
            return await office.service.papers.accept(conn, access, office.id_of(which), agreement, version, digest)

    with explained(as_json):
        _told(with_office(_by(by), work), as_json, "已签署")


@agreement_app.command("countersign")
def countersign(which: Which, agreement: Agreement, version: Version, by: By = "", as_json: Json = False) -> None:
    """会签协议,签署人不能会签。例:xinshu member agreement countersign m1234 data-use 2026.1 --by 李四"""

    async def work(office: Office) -> Acceptance:
        access = office.access("countersign", "agreement")
        async with office.db.transaction() as conn:
            return await office.service.papers.countersign(conn, access, office.id_of(which), agreement, version)

    with explained(as_json):
        _told(with_office(_by(by), work), as_json, "已会签")


def certificate_key(file: Path | None) -> PublicKey:
    """The public key in a PEM file, of either suite; without a file the node's own. Raises KeyFormatError."""
    if file is None:
        return run(_own_key)
    pem = file.read_bytes()
    try:
        return INTL.load_public_key(pem)
    except (KeyFormatError, KeyKindError):
        return GM.load_public_key(pem)


async def _own_key() -> PublicKey:
    from xinshu.node.services import open_services  # here: it loads the batch engine, which takes a second

    async with open_services(load_settings(), SystemClock()) as services:
        return services.ledger.public_key


def _told(acceptance: Acceptance, as_json: bool, words: str) -> None:
    if as_json:
        print_json(AcceptanceOut.of(acceptance).model_dump(mode="json"))
    else:
        Console().print(f"协议 {acceptance.agreement} {acceptance.version} {words}", highlight=False)


def _by(by: str) -> str:
    return by or getpass.getuser()
