"""POST /v1/public/verify: is a receipt genuine, is an entry in the log. For everybody, and it tells little."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field

from xinshu.core.errors import XinshuError
from xinshu.ledger import note
from xinshu.ledger.check_codes import check_code, day_of, is_check_of, read_code, unknown
from xinshu.ledger.model import LeafUnknownError
from xinshu.ledger.receipts import verify
from xinshu.ledger.routes import ReceiptIn
from xinshu.ledger.service import Ledger


class NothingToVerifyError(XinshuError):
    """Neither a receipt nor a code was sent, or both."""

    status = 422
    code = "verify_one_of_two"


class VerifyIn(BaseModel):
    """A receipt as downloaded, or a check code."""

    model_config = ConfigDict(extra="forbid")

    receipt: ReceiptIn | None = None
    code: str | None = Field(None, max_length=60, description="核验码,如 487-K7QF-3M2P-9T")


class VerifiedOut(BaseModel):
    """That an entry is in the log: its number, kind and day, and the checkpoint that covers it. Nobody is named.

    `check_code` comes only with a receipt, whose holder may hand it on.
    """

    index: int
    kind: str
    day: date
    origin: str
    key_id: str
    size: int | None
    signed_at: datetime | None
    check_code: str | None = None


def router(ledger: Ledger) -> APIRouter:
    """The route; how often an address may ask, the door limits."""
    routes = APIRouter(prefix="/v1/public", tags=["public 公开"])

    @routes.post("/verify", summary="核验回执或核验码 Verify a receipt or a code")
    async def check(body: Annotated[VerifyIn, Body()]) -> VerifiedOut:
        """By receipt: whether it is this platform's and unaltered. By code: whether the entry is
        in the log. Either way only its kind and day are told."""
        if body.receipt is not None and body.code is None:
            return await _by_receipt(ledger, body.receipt.model_dump())
        if body.code is not None and body.receipt is None:
            return await _by_code(ledger, body.code)
        raise NothingToVerifyError("回执和核验码要给出其中一样", hint="写 receipt 或 code,不要都写")

    return routes


async def _by_receipt(ledger: Ledger, receipt: dict[str, Any]) -> VerifiedOut:
    """Raises what `receipts.verify` raises."""
    proved = verify(receipt, ledger.public_key)
    leaf = proved["leaf"]
    return VerifiedOut(
        index=proved["index"],
        kind=str(leaf["kind"]),
        day=day_of(datetime.fromisoformat(leaf["at"])),
        origin=proved["origin"],
        key_id=proved["key_id"],
        size=proved["size"],
        signed_at=proved["at"],
        check_code=check_code(ledger.suite.digest, proved["index"], receipt["leaf"].encode()),
    )


async def _by_code(ledger: Ledger, text: str) -> VerifiedOut:
    """Raises CheckCodeInvalidError, CheckCodeUnknownError."""
    index, check = read_code(text)
    try:
        leaf = await ledger.leaf(index)
    except LeafUnknownError:
        raise unknown() from None
    if not is_check_of(ledger.suite.digest, index, leaf.content.encode(), check):
        raise unknown()
    state = note.read(await ledger.newest_checkpoint(), ledger.public_key)
    is_signed = state.size > index
    return VerifiedOut(
        index=index,
        kind=leaf.kind,
        day=day_of(leaf.at),
        origin=ledger.origin,
        key_id=ledger.public_key.key_id,
        size=state.size if is_signed else None,
        signed_at=state.at if is_signed else None,
    )
