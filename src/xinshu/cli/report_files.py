"""`xinshu report pdf`: the signed file of a report; `xinshu report verify`: is a file genuine, without any network."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Any, ClassVar

import typer
from rich.console import Console
from rich.markup import escape

from xinshu.cli.output import Json, explained, local_user, print_json, run
from xinshu.core.clock import CHINA
from xinshu.core.errors import XinshuError
from xinshu.members.model import local_operator
from xinshu.report.proof.examining import Finding, Signature, examine, is_pdf
from xinshu.report.proof.verification import FILE_MAX, WORDS, consistent

UNCHECKED = "report_signer_unchecked"
NO_SIGNATURE = "report_json_unsigned"


class FileUnreadableError(XinshuError):
    """A file cannot be read, or is no certificate."""

    code: ClassVar[str] = "file_unreadable"


def pdf(
    number: Annotated[str, typer.Argument(help="报告编号。")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="写到哪个文件;不写为 编号.pdf。")] = None,
    lang: Annotated[str, typer.Option(help="标题和说明的语言:zh 或 en。")] = "zh",
) -> None:
    """生成本机出具的报告的 PDF,加盖平台签章,留存证。例:xinshu report pdf XR… -o 报告.pdf"""

    async def work() -> bytes:
        from xinshu.cli.report import reports

        async with reports() as found:
            return await found.files.pdf(number, local_operator(local_user()), "en" if lang == "en" else "zh")

    with explained():
        if lang not in ("zh", "en"):
            raise XinshuError(f"没有语言 {lang}", hint="写 zh 或 en")
        made = run(work)
        target = output if output is not None else Path(f"{number.strip().upper()}.pdf")
        target.write_bytes(made)
        Console().print(f"已写入 {target}({len(made):,} 字节)", highlight=False)


def verify(
    file: Annotated[Path, typer.Argument(help="PDF 或 JSON 文件。")],
    certificate: Annotated[
        Path | None, typer.Option("--certificate", help="平台的报告证书(PEM),取自 /v1/public/report-certificate。")
    ] = None,
    as_json: Json = False,
) -> None:
    """离线核验报告文件:签章是否完好、覆盖全文、出自给定的证书;不真时退出码为 1。例:xinshu report verify 报告.pdf"""
    with explained(as_json):
        data = _read(file)
        if len(data) > FILE_MAX:
            raise FileUnreadableError(
                f"文件 {file} 超过 {FILE_MAX // 1024**2} MB,不是报告", hint="换用平台下载的原文件"
            )
        code, message, hint, signature = _judged(data, certificate)
        if as_json:
            print_json({"code": code, "genuine": code == Finding.GENUINE, "message": message, "hint": hint,
                        "signature": _about(signature)})  # fmt: skip
        else:
            _say(code, message, hint, signature)
    if code != Finding.GENUINE:
        raise typer.Exit(1)


def _judged(data: bytes, certificate: Path | None) -> tuple[str, str, str, Signature | None]:
    if not is_pdf(data):
        return *_json(data), None
    trusted = _certificates(certificate) if certificate is not None else []
    found = examine(data, trusted)
    if certificate is None and found.finding is Finding.SIGNER_OTHER:
        hint = "用 --certificate 给出平台的报告证书,以确认签署人"
        return UNCHECKED, "签章完好,没有给出平台的证书,不能确认签署人", hint, found.signature
    if found.finding is Finding.GENUINE:
        return found.finding, "签章完好,覆盖全文,签署人的证书相符", "", found.signature
    return found.finding, *WORDS[found.finding], found.signature


def _json(data: bytes) -> tuple[str, str, str]:
    """JSON is not signed: offline only whether its own digest fits."""
    fits = [consistent(data, digest) for digest in (_sha256, _sm3)]
    if None in fits:
        return Finding.NOT_A_REPORT, *WORDS[Finding.NOT_A_REPORT]
    if not any(fits):
        return Finding.ALTERED, "内容与其中的摘要不符,已被改动", WORDS[Finding.ALTERED][1]
    return NO_SIGNATURE, "内容与其中的摘要相符;JSON 文件没有签章,离线不能确认出处", "在平台的核验页上传,或用 PDF 核验"


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _sm3(data: bytes) -> bytes:
    from xinshu.crypto.suites import GM

    return GM.digest(data)


def _certificates(path: Path) -> list[Any]:
    from cryptography import x509

    try:
        return list(x509.load_pem_x509_certificates(_read(path)))
    except ValueError:
        raise FileUnreadableError(
            f"文件 {path} 里没有 PEM 证书", hint="从 /v1/public/report-certificate 下载"
        ) from None


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(FILE_MAX + 1)
    except OSError as error:
        raise FileUnreadableError(f"文件 {path} 不能读取:{error.strerror}", hint="检查路径和权限") from None


def _about(signature: Signature | None) -> dict[str, Any] | None:
    if signature is None:
        return None
    return {"signer": signature.name, "fingerprint": signature.fingerprint, "signed_at": signature.signed_at}


def _say(code: str, message: str, hint: str, signature: Signature | None) -> None:
    console = Console(highlight=False)
    tone = "green" if code == Finding.GENUINE else "yellow" if code in (UNCHECKED, NO_SIGNATURE) else "red"
    console.print(f"[{tone}]{message}[/{tone}]({code})")
    if signature is not None:
        at = f"{signature.signed_at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}" if signature.signed_at else "未注明"
        console.print(f"签署人:{escape(signature.name)};签署时间:{at};证书 SHA-256:{signature.fingerprint}")
    if hint:
        console.print(f"怎么办:{hint}", style="dim")
