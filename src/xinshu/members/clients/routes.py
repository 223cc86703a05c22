"""HTTP of client systems: register, show, change, close; add and revoke keys."""

# Annotations are not postponed here: FastAPI resolves those of the dependencies.

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, status
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from xinshu.members.clients.errors import ClientInvalidError
from xinshu.members.clients.jose import TOKEN_MAX
from xinshu.members.clients.model import Client, ClientKey, ClientState
from xinshu.members.clients.proofs import KeyProofs
from xinshu.members.clients.rules import CERTIFICATES_MAX, NETWORKS_MAX
from xinshu.members.clients.service import ClientChange, ClientService, NewClient
from xinshu.members.permissions import Access, Guards

ClientId = Annotated[str, Path(pattern=r"^c-[a-z2-7]{16}$", description="客户端编号 client_id")]
Kid = Annotated[str, Path(pattern=r"^[A-Za-z0-9_.-]{1,128}$", description="密钥编号 kid")]
MemberId = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
Networks = Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=NETWORKS_MAX)]
Jwt = Annotated[str, Field(min_length=1, max_length=TOKEN_MAX)]
Certificates = Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=CERTIFICATES_MAX)]


class ClientIn(BaseModel):
    """A client to be registered; `member`: the caller's own when not given."""

    model_config = ConfigDict(extra="forbid")

    member: MemberId | None = None
    name: Name
    roles: list[Annotated[str, Field(max_length=60)]] = Field(min_length=1, max_length=10)
    sandbox: bool
    networks: Networks = []
    certificate_bound: bool = False
    certificates: Certificates = []


class ClientChangeIn(BaseModel):
    """What is to change; what is not given stays."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    networks: Networks | None = None
    certificate_bound: bool | None = None
    certificates: Certificates | None = None


class KeyIn(BaseModel):
    """A public key; `expires_at`: in a year when not given, in two at most. A system that adds a key of its own sends
    `proof` and `approval`: JWTs about the new key, signed by it and by a key in force (docs/clients.md)."""

    model_config = ConfigDict(extra="forbid")

    jwk: dict[str, Any] = Field(max_length=20, description="公钥(JWK, RFC 7517);不得含私钥成员")
    expires_at: AwareDatetime | None = None
    proof: Jwt | None = Field(None, description="新私钥签名的 JWT:iss、sub、aud、iat、exp、jti、jkt")
    approval: Jwt | None = Field(None, description="现用私钥签名的同样的 JWT")

    @property
    def proofs(self) -> KeyProofs | None:
        """Both, or none: half a proof proves nothing."""
        if self.proof is None or self.approval is None:
            return None
        return KeyProofs(self.proof, self.approval)


class KeyOut(BaseModel):
    """A key as shown."""

    model_config = ConfigDict(from_attributes=True)

    kid: str
    jwk: dict[str, Any]
    thumbprint: str
    created_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None


class ClientOut(BaseModel):
    """A client as shown."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    member_id: str
    name: str
    roles: list[str]
    sandbox: bool
    networks: list[str]
    certificate_bound: bool
    certificates: list[str]
    state: ClientState
    created_by: str
    created_at: datetime
    closed_at: datetime | None


class ClientWithKeys(ClientOut):
    """A client with all keys it has or had, those in force first."""

    keys: list[KeyOut]


class ClientPageOut(BaseModel):
    """One page of clients, newest first."""

    total: int
    page: int
    page_size: int
    clients: list[ClientOut]


def router(clients: ClientService, guards: Guards) -> APIRouter:
    """The routes under /v1/clients."""
    routes = APIRouter(prefix="/v1/clients", tags=["clients 系统客户端"])
    reading = Annotated[Access, Depends(guards.may("read", "client"))]
    creating = Annotated[Access, Depends(guards.may("create", "client"))]
    editing = Annotated[Access, Depends(guards.may("edit", "client"))]
    closing = Annotated[Access, Depends(guards.may("close", "client"))]
    adding = Annotated[Access, Depends(guards.may("add", "client-key"))]
    revoking = Annotated[Access, Depends(guards.may("revoke", "client-key"))]

    @routes.get("", summary="查看系统客户端 List clients")
    async def list_clients(
        access: reading,
        member: Annotated[MemberId | None, Query(description="只看该成员的")] = None,
        state: ClientState | None = None,
        page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
        page_size: Annotated[int, Query(ge=1, le=100)] = 50,
    ) -> ClientPageOut:
        """Those the caller may see, newest first."""
        found = await clients.page(access, member_id=member, state=state, page=page, page_size=page_size)
        shown = [ClientOut.model_validate(one) for one in found.clients]
        return ClientPageOut(total=found.total, page=page, page_size=page_size, clients=shown)

    @routes.post("", status_code=status.HTTP_201_CREATED, summary="登记系统客户端 Register a client")
    async def create(access: creating, wanted: ClientIn) -> ClientOut:
        """Sandbox clients from the agreement on, production clients once the member is online."""
        member = wanted.member or access.principal.member_id
        if member is None:
            raise ClientInvalidError("没有指明成员", hint="填写 member(成员编号)")
        client = await clients.create(
            access,
            NewClient(
                member, wanted.name, tuple(wanted.roles), wanted.sandbox, tuple(wanted.networks),
                wanted.certificate_bound, tuple(wanted.certificates),
            ),
        )  # fmt: skip
        return ClientOut.model_validate(client)

    @routes.get("/{client_id}", summary="查看一个客户端及其密钥 Show a client")
    async def show(access: reading, client_id: ClientId) -> ClientWithKeys:
        """With all its keys."""
        return _with_keys(*await clients.get(access, client_id))

    @routes.patch("/{client_id}", summary="修改客户端的地址范围与证书 Change a client")
    async def edit(access: editing, client_id: ClientId, wanted: ClientChangeIn) -> ClientOut:
        """In force at once, also for tokens already issued."""
        networks = None if wanted.networks is None else tuple(wanted.networks)
        certificates = None if wanted.certificates is None else tuple(wanted.certificates)
        change = ClientChange(wanted.name, networks, wanted.certificate_bound, certificates)
        return ClientOut.model_validate(await clients.change(access, client_id, change))

    @routes.post("/{client_id}/close", summary="关闭客户端 Close a client")
    async def close(access: closing, client_id: ClientId) -> ClientOut:
        """For good: its keys are revoked and its tokens refused at once."""
        return ClientOut.model_validate(await clients.close(access, client_id))

    @routes.post("/{client_id}/keys", status_code=status.HTTP_201_CREATED, summary="添加公钥 Add a key")
    async def add_key(access: adding, client_id: ClientId, wanted: KeyIn) -> KeyOut:
        """Two active keys at most: add the next, change over, revoke the last. Systems prove both keys."""
        key = await clients.add_key(access, client_id, wanted.jwk, wanted.expires_at, wanted.proofs)
        return KeyOut.model_validate(key)

    @routes.post("/{client_id}/keys/{kid}/revoke", summary="吊销密钥 Revoke a key")
    async def revoke_key(access: revoking, client_id: ClientId, kid: Kid) -> KeyOut:
        """At once: its assertions and the tokens issued for it are refused."""
        return KeyOut.model_validate(await clients.revoke_key(access, client_id, kid))

    return routes


def _with_keys(client: Client, keys: tuple[ClientKey, ...]) -> ClientWithKeys:
    shown = ClientOut.model_validate(client).model_dump()
    return ClientWithKeys(**shown, keys=[KeyOut.model_validate(key) for key in keys])
