"""HTTP for everybody: is a report genuine, and the certificate by which signatures on reports are checked."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel

from xinshu.core.errors import XinshuError
from xinshu.report.proof.verification import FILE_MAX, Proof, Verdict, Verifier
from xinshu.report.shelf import Standing

FILE_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
PEM = "application/x-pem-file"


class ReportFileMissingError(XinshuError):
    """The body is empty."""

    status = 422
    code = "report_file_missing"


class ReportProofOut(BaseModel):
    """That a report was issued. `subject`: the name, masked in the middle. `standing`: `valid`; `outdated`: a fact in
    it was repaired, withdrawn, corrected or disputed since; `expired`: past its time, the content is deleted."""

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

    @classmethod
    def of(cls, proof: Proof) -> "ReportProofOut":
        """As told."""
        return cls(**{name: getattr(proof, name) for name in cls.model_fields})


class ReportSignatureOut(BaseModel):
    """The signature on a PDF: for whom its certificate is, SHA-256 of that, and when it says it was made."""

    signer: str
    fingerprint: str
    signed_at: datetime | None


class ReportVerdictOut(BaseModel):
    """What a file is. `code`: `report_genuine` when it is as issued; every other one says what was done to it or what
    it is instead. `report`: of a genuine one."""

    code: str
    genuine: bool
    message: str
    hint: str
    format: str | None
    report: ReportProofOut | None
    signature: ReportSignatureOut | None

    @classmethod
    def of(cls, verdict: Verdict) -> "ReportVerdictOut":
        """As told."""
        signature = verdict.signature
        return cls(
            code=verdict.finding,
            genuine=verdict.proof is not None,
            message=verdict.message,
            hint=verdict.hint,
            format=verdict.form,
            report=ReportProofOut.of(verdict.proof) if verdict.proof is not None else None,
            signature=ReportSignatureOut(
                signer=signature.name, fingerprint=signature.fingerprint, signed_at=signature.signed_at
            )
            if signature is not None
            else None,
        )


def router(verifier: Verifier) -> APIRouter:
    """The routes; how often an address may ask, the door limits."""
    routes = APIRouter(prefix="/v1/public", tags=["public 公开"])

    @routes.get("/reports/{check_code}", summary="按核验码核验报告 Verify a report by its code")
    async def by_code(
        check_code: Annotated[str, Path(max_length=60, description="报告首页的核验码,十六位,可带连字符")],
    ) -> ReportProofOut:
        """Whether such a report was issued, when, and whether it still holds; never what it says or who obtained it."""
        return ReportProofOut.of(await verifier.by_code(check_code))

    @routes.post("/reports/verify", summary="按文件核验报告 Verify a report by its file", openapi_extra=FILE_BODY)
    async def by_file(request: Request) -> ReportVerdictOut:
        """A PDF, JSON or HTML file as downloaded, at most 10 MB. Its bytes are looked at and not kept."""
        data = bytearray()
        async for chunk in request.stream():
            data += chunk
            if len(data) > FILE_MAX:
                break  # `by_file` says so
        if not data:
            raise ReportFileMissingError("没有收到文件", hint="把报告文件作为请求体发送")
        return ReportVerdictOut.of(await verifier.by_file(bytes(data)))

    @routes.get(
        "/report-certificate", summary="报告签章的证书 Certificates of report signatures", response_class=Response,
        responses={200: {"content": {PEM: {"schema": {"type": "string"}}}}},
    )  # fmt: skip
    async def certificate() -> Response:
        """PEM: that of the present key with its issuers first, then those of former keys."""
        return Response(await verifier.certificates(), media_type=PEM)

    return routes
