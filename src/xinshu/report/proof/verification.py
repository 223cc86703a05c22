"""Verification of reports for everybody: by the code that is printed on one, or by the file. It tells little: that a
report was issued, when, and whether it still holds; never what it says or who obtained it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from pydantic import ValidationError

from xinshu.core.errors import NotFoundError, XinshuError
from xinshu.ledger.tree import Digest
from xinshu.report.model import Report
from xinshu.report.proof.examining import Examined, Finding, Signature, examine, is_pdf
from xinshu.report.proof.keys import ReportKeys, pem_of
from xinshu.report.shelf import Shelf, Standing
from xinshu.report.store import Stored

FILE_MAX = 10 * 1024**2
AT_ONCE = 2  # files looked at at a time
CODE_LENGTH = 16
_ALIKE = str.maketrans("ILO", "110", "- —‐\t")
_ALPHABET = frozenset("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

WORDS: dict[Finding, tuple[str, str]] = {
    Finding.GENUINE: ("这是平台出具的报告,内容没有改动", ""),
    Finding.ALTERED: ("内容与平台出具的不一致,已被改动", "不要使用这份文件;请提供人从平台重新下载"),
    Finding.APPENDED: ("平台签章之后,文件又被追加了内容", "不要使用这份文件;请提供人从平台重新下载"),
    Finding.SIGNER_OTHER: ("文件上的签章不是本平台的", "核对出具单位;其他平台的报告到其他平台核验"),
    Finding.SIGNATURE_BROKEN: ("文件上的签章已损坏,不能读取", "不要使用这份文件;请提供人从平台重新下载"),
    Finding.UNSIGNED: ("文件上没有签章", "可能被另存或打印过;用平台下载的原文件核验,或输入报告上的核验码"),
    Finding.TRUNCATED: ("文件不完整", "可能没有下载或传送完;重新取得文件"),
    Finding.ENCRYPTED: ("文件已加密,不能核验", "平台出具的报告不加密;用平台下载的原文件核验"),
    Finding.NOT_A_REPORT: ("这不是平台出具的报告文件", "上传平台下载的 PDF、JSON 或 HTML 原文件"),
    Finding.UNKNOWN: ("平台没有出具这份文件的记录", "输入报告上的核验码再核验一次,或联系平台"),
}


class ReportCodeInvalidError(XinshuError):
    """The text is no code of a report."""

    code: ClassVar[str] = "report_code_invalid"


class ReportCodeUnknownError(NotFoundError):
    """No report has this code."""

    code: ClassVar[str] = "report_code_unknown"


class ReportFileTooLargeError(XinshuError):
    """The file is larger than any report."""

    status: ClassVar[int] = 413
    code: ClassVar[str] = "report_file_too_large"


@dataclass(frozen=True)
class Proof:
    """What is told of a report to anybody. `subject`: its name, masked in the middle; digests hexadecimal."""

    number: str
    issuer: str
    issued_at: datetime
    as_of: date
    since: date | None
    variant: str
    subject: str
    standing: Standing
    expires_at: datetime
    digest: str
    content_digest: str
    leaf: int


@dataclass(frozen=True)
class Verdict:
    """What was found about a file. `signature`: the one looked at, of PDF files."""

    finding: Finding
    form: str | None
    proof: Proof | None = None
    signature: Signature | None = None

    @property
    def message(self) -> str:
        """In words."""
        return WORDS[self.finding][0]

    @property
    def hint(self) -> str:
        """What to do."""
        return WORDS[self.finding][1]


class Verifier:
    """Answers whether a report is genuine."""

    def __init__(self, shelf: Shelf, keys: ReportKeys, digest: Digest, issuer: str) -> None:
        self._shelf = shelf
        self._keys = keys
        self._digest = digest
        self._issuer = issuer
        self._room = asyncio.Semaphore(AT_ONCE)

    async def by_code(self, text: str) -> Proof:
        """The report of a code. Raises ReportCodeInvalidError, ReportCodeUnknownError."""
        stored = await self._shelf.by_check_code(read_code(text))
        if stored is None:
            raise ReportCodeUnknownError("没有与此核验码相符的报告", hint="对照报告重新输入;0 与 O、1 与 I 不区分")
        return await self._proof(stored)

    async def by_file(self, data: bytes) -> Verdict:
        """What a file is. Raises ReportFileTooLargeError."""
        if len(data) > FILE_MAX:
            raise ReportFileTooLargeError(
                f"文件超过 {FILE_MAX // 1024**2} MB,不是平台出具的报告", hint="上传平台下载的原文件"
            )
        async with self._room:
            stored = await self._shelf.by_digest(await asyncio.to_thread(self._digest, data))
            if is_pdf(data):
                return await self._pdf(data, stored)
            if stored is not None:
                return Verdict(Finding.GENUINE, _form_of(data), await self._proof(stored))
            return await self._json(data)

    async def certificates(self) -> str:
        """Every certificate that signs or signed reports here, PEM, the current one first."""
        return "".join([pem_of(chain) for chain in await self._keys.chains()])

    async def _pdf(self, data: bytes, stored: Stored | None) -> Verdict:
        trusted = [chain[0] for chain in await self._keys.chains()]
        found: Examined = await asyncio.to_thread(examine, data, trusted)
        proof = await self._proof(stored) if stored is not None else None
        finding = found.finding
        if finding is Finding.GENUINE and stored is None:
            finding = Finding.UNKNOWN
        return Verdict(finding, "pdf", proof if finding is Finding.GENUINE else None, found.signature)

    async def _json(self, data: bytes) -> Verdict:
        """A report whose JSON was written in another form is the same report."""
        read = await asyncio.to_thread(read_report, data)
        if read is None:
            return Verdict(Finding.NOT_A_REPORT, None)
        number, canonical = read
        stored = await self._shelf.by_digest(await asyncio.to_thread(self._digest, canonical))
        if stored is not None:
            return Verdict(Finding.GENUINE, "json", await self._proof(stored))
        return Verdict(Finding.ALTERED if await self._is_number(number) else Finding.UNKNOWN, "json")

    async def _is_number(self, number: str) -> bool:
        try:
            await self._shelf.stored(number)
        except NotFoundError:
            return False
        return True

    async def _proof(self, stored: Stored) -> Proof:
        return Proof(
            number=stored.number,
            issuer=self._issuer,
            issued_at=stored.at,
            as_of=stored.as_of,
            since=stored.since,
            variant=stored.variant,
            subject=masked(await self._shelf.subject_name(stored) or ""),
            standing=await self._shelf.standing(stored),
            expires_at=stored.expires_at,
            digest=stored.digest.hex(),
            content_digest=stored.content_digest.hex(),
            leaf=stored.leaf,
        )


def read_code(text: str) -> str:
    """A code as somebody typed it: in groups, in small letters. Raises ReportCodeInvalidError."""
    code = text.strip().upper().translate(_ALIKE)
    if len(code) != CODE_LENGTH or not set(code) <= _ALPHABET:
        raise ReportCodeInvalidError(
            "核验码的形式不对", hint="核验码是十六位数字和字母,印在报告首页,如 7K2M-9QXR-04TB-HW5C"
        )
    return code


def masked(name: str) -> str:
    """A firm's name of which the middle is hidden: enough to recognise, not enough to learn."""
    if len(name) < 8:
        return name[:1] + "*" * max(len(name) - 1, 2)
    return name[:2] + "*" * (len(name) - 6) + name[-4:]


def read_report(data: bytes) -> tuple[str, bytes] | None:
    """(number, canonical bytes) of a report as JSON; None for anything else."""
    try:
        report = Report.model_validate_json(data)
        return report.number, report.canonical()
    except (ValidationError, ValueError, TypeError, RecursionError):
        return None


def consistent(data: bytes, digest: Callable[[bytes], bytes]) -> bool | None:
    """Offline: whether the content of a report's JSON has the digest that it names; None where it is no report."""
    try:
        report = Report.model_validate_json(data)
    except (ValidationError, ValueError):
        return None
    return digest(report.content()).hex() == report.content_digest


def _form_of(data: bytes) -> str:
    return "json" if data[:1] == b"{" else "html"
