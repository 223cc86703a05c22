"""HTTP of the log of evidence: checkpoints, proofs and keys for everybody; leaves and receipts for whom they concern.

The composition root hands in the guard; this room lies below the members.
"""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

import base64
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Protocol

import orjson
from fastapi import APIRouter, Body, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from xinshu.ledger.model import Leaf
from xinshu.ledger.receipts import verify
from xinshu.ledger.service import Ledger

INDEX_MAX = 2**62
PAGE_MAX = 200
# Two views, as in X-Road: what was read about firms, and what was done to the platform itself.
ACCESS = ("inquiry", "screening", "share", "push", "report", "export")
ACTS = tuple(f"access.{kind}" for kind in ("sign_in", "token", "rights", "key", "member", "job", "bootstrap"))
_VIEWS = {"access": list(ACCESS), "acts": list(ACTS)}


class MayRead(Protocol):
    """A caller's right to read leaves."""

    def check(self, *, member: str | None = None, subject: str | None = None, account: str | None = None) -> None:
        """Raises where the caller may not read this leaf."""
        ...

    @property
    def scopes(self) -> str:
        """JSON for `xinshu_permitted`."""
        ...


class LeafOut(BaseModel):
    """One entry: `content` is what was hashed."""

    index: int
    at: datetime
    kind: str
    principal: str | None
    member_id: str | None
    subject: str | None
    content: dict[str, Any]
    hash: str

    @classmethod
    def of(cls, leaf: Leaf) -> "LeafOut":
        """From the stored leaf."""
        return cls(
            index=leaf.index, at=leaf.at, kind=leaf.kind, principal=leaf.principal, member_id=leaf.member_id,
            subject=leaf.subject, content=orjson.loads(leaf.content), hash=base64.b64encode(leaf.hash).decode(),
        )  # fmt: skip


class ProofOut(BaseModel):
    """Hashes in base64, in the order of RFC 9162."""

    proof: list[str]


class HeadOut(BaseModel):
    """The log now: so many leaves, and entries written with a change that are not in it yet."""

    size: int
    waiting: int


class CheckpointOut(BaseModel):
    """One signed checkpoint; `root` in base64, `note` as signed."""

    size: int
    root: str
    at: datetime
    note: str


class KeyOut(BaseModel):
    """By which checkpoints are verified."""

    origin: str
    suite: str
    key_id: str
    public_key: str


class ReceiptIn(BaseModel):
    """A receipt as downloaded."""

    model_config = ConfigDict(extra="forbid")

    form: str = Field(max_length=100)
    suite: str = Field(max_length=20)
    leaf: str = Field(max_length=100_000)
    index: int = Field(ge=0, le=INDEX_MAX)
    checkpoint: str = Field(max_length=10_000)
    proof: list[Annotated[str, Field(max_length=100)]] = Field(max_length=100)
    public_key: str = Field(max_length=10_000)


def router(ledger: Ledger, read: Callable[..., MayRead]) -> APIRouter:
    """Routes under /v1/ledger; `read` is the dependency that admits readers of leaves."""
    routes = APIRouter(prefix="/v1/ledger", tags=["ledger 存证"])
    Reading = Annotated[MayRead, Depends(read)]
    Index = Annotated[int, Path(ge=0, le=INDEX_MAX, description="日志编号,从 0 起")]

    @routes.get("/checkpoint", summary="最新检查点 Newest checkpoint", response_class=Response)
    async def checkpoint() -> Response:
        """Signed note in the form of C2SP tlog-checkpoint."""
        return Response(await ledger.newest_checkpoint(), media_type="text/plain; charset=utf-8")

    @routes.get("/head", summary="日志的大小 Size of the log")
    async def head() -> HeadOut:
        """Also what no checkpoint covers yet."""
        size, waiting = await ledger.size()
        return HeadOut(size=size, waiting=waiting)

    @routes.get("/checkpoints", summary="历次检查点 Checkpoints")
    async def checkpoints(
        before: Annotated[int | None, Query(ge=0, le=INDEX_MAX, description="只要条数小于此的")] = None,
        page_size: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
    ) -> list[CheckpointOut]:
        """Newest first; of any two, the later is a continuation of the earlier (`/proofs/consistency`)."""
        found = await ledger.checkpoints(before, page_size)
        return [
            CheckpointOut(size=one["size"], root=base64.b64encode(one["root"]).decode(), at=one["at"], note=one["note"])
            for one in found
        ]

    @routes.get("/key", summary="验证公钥 Public key")
    async def key() -> KeyOut:
        """The key by which checkpoints and receipts are verified; compare its id with what the platform publishes."""
        public = ledger.public_key
        return KeyOut(
            origin=ledger.origin, suite=public.suite, key_id=public.key_id, public_key=public.to_pem().decode()
        )

    @routes.get("/proofs/inclusion", summary="包含证明 Inclusion proof")
    async def inclusion(
        index: Annotated[int, Query(ge=0, le=INDEX_MAX)], size: Annotated[int, Query(ge=1, le=INDEX_MAX)]
    ) -> ProofOut:
        """That a leaf is in the tree of `size` leaves."""
        return ProofOut(proof=_text(await ledger.inclusion(index, size)))

    @routes.get("/proofs/consistency", summary="一致性证明 Consistency proof")
    async def consistency(
        first: Annotated[int, Query(ge=1, le=INDEX_MAX)], second: Annotated[int, Query(ge=1, le=INDEX_MAX)]
    ) -> ProofOut:
        """That the tree of `first` leaves is the beginning of that of `second`."""
        return ProofOut(proof=_text(await ledger.consistency(first, second)))

    @routes.get("/leaves", summary="存证日志 Leaves")
    async def leaves(
        access: Reading,
        view: Annotated[
            str | None, Query(pattern="^(access|acts|all)$", description="access:数据取用;acts:管理行为")
        ] = None,
        kind: Annotated[str | None, Query(max_length=40)] = None,
        subject: Annotated[str | None, Query(max_length=40, description="信用主体代码")] = None,
        member: Annotated[str | None, Query(max_length=40, description="成员编号")] = None,
        before: Annotated[int | None, Query(ge=0, le=INDEX_MAX, description="只要编号小于此的")] = None,
        page_size: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
    ) -> list[LeafOut]:
        """Newest first, within what the caller may see."""
        kinds = [kind] if kind is not None else _VIEWS.get(view or "")
        found = await ledger.leaves(
            kinds=kinds, subject=subject, member_id=member, before=before, size=page_size, scopes=access.scopes
        )
        return [LeafOut.of(leaf) for leaf in found]

    @routes.get("/leaves/{index}", summary="一条存证 One leaf")
    async def one(index: Index, access: Reading) -> LeafOut:
        """With its content and hash."""
        return LeafOut.of(await _readable(ledger, index, access))

    @routes.get("/leaves/{index}/receipt", summary="回执 Receipt")
    async def receipt(index: Index, access: Reading) -> dict[str, Any]:
        """What proves the leaf to anybody who has the platform's public key, offline."""
        await _readable(ledger, index, access)
        return await ledger.receipt(index)

    @routes.post("/verify", summary="验证回执 Verify a receipt")
    async def check(body: Annotated[ReceiptIn, Body()]) -> dict[str, Any]:
        """Whether a receipt is this platform's and unaltered; nothing but the receipt is looked at."""
        return verify(body.model_dump(), ledger.public_key)

    return routes


async def _readable(ledger: Ledger, index: int, access: MayRead) -> Leaf:
    leaf = await ledger.leaf(index)
    access.check(member=leaf.member_id, subject=leaf.subject, account=leaf.principal)
    return leaf


def _text(hashes: list[bytes]) -> list[str]:
    return [base64.b64encode(one).decode() for one in hashes]
