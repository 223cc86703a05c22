"""On whose behalf a batch may come in: a member for itself, an operator for any member that is online (R11.1)."""

from __future__ import annotations

from xinshu.collect.errors import ProviderOfflineError, ProviderUnknownError
from xinshu.collect.model import Sender
from xinshu.members.directory import Standing, provider
from xinshu.members.model import MemberState, Principal
from xinshu.members.permissions import Access
from xinshu.store import Database


class Senders:
    """Looks providers up among the members."""

    def __init__(self, db: Database) -> None:
        """`db`: where the members are; a sandbox has none of its own."""
        self._db = db

    async def own_code(self, access: Access, named: str | None) -> str:
        """The provider a caller means: the one named, else its own. Raises ProviderUnknownError."""
        member = access.principal.member
        code = named or (member.provider_code if member is not None else None)
        if code is None:
            raise ProviderUnknownError("没有写明数据提供单位", hint="加上参数 provider,例如 provider=samr")
        return code

    async def sender(self, access: Access, code: str, item: str) -> Sender:
        """Who sends item number `item` for provider `code`; the caller's right to do so has been checked.

        Raises ForbiddenError, ProviderUnknownError, ProviderOfflineError.
        """
        who = access.principal
        if who.member is not None and who.member.provider_code == code:  # also a branch under its head office's code
            access.check(member=who.member.id, item=item)
            return Sender(who.id, who.member.id, who.regions)
        standing = await self._standing(code)
        access.check(member=standing.ref.id if standing is not None else None, item=item)
        if standing is None:
            raise _unknown(code)
        return self._of(standing, who)

    async def items_of(self, access: Access, code: str) -> tuple[str, ...] | None:
        """Items that provider `code` is admitted for, None where not limited; the caller may read what is its.

        Raises ForbiddenError, ProviderUnknownError.
        """
        who = access.principal
        if who.member is not None and who.member.provider_code == code:
            access.check(member=who.member.id)
            return who.items
        standing = await self._standing(code)
        access.check(member=standing.ref.id if standing is not None else None)
        if standing is None:
            raise _unknown(code)
        return standing.items

    async def local(self, principal: Principal, code: str) -> Sender | None:
        """The sender for a command on the node itself; None where no member has this provider code.

        Raises ProviderOfflineError.
        """
        standing = await self._standing(code)
        return self._of(standing, principal) if standing is not None else None

    async def pulled(self, code: str) -> Sender:
        """The sender of what is pulled from a provider's front-end machine: the node's own import where the provider
        is no member. Raises ProviderOfflineError."""
        standing = await self._standing(code)
        return Sender("node") if standing is None else self._of(standing, None)

    async def _standing(self, code: str) -> Standing | None:
        async with self._db.acquire() as conn:
            return await provider(conn, code)

    def _of(self, standing: Standing, principal: Principal | None) -> Sender:
        ref = standing.ref
        if ref.state is not MemberState.ONLINE and not (principal is not None and principal.sandbox):
            raise ProviderOfflineError(
                f"数据提供单位“{ref.name}”不在上线状态({ref.state.value}),不能报送", hint="先办完入驻,或由运营方恢复"
            )
        return Sender(principal.id if principal is not None else "node", ref.id, standing.regions)


def _unknown(code: str) -> ProviderUnknownError:
    return ProviderUnknownError(f"没有代码为 {code} 的数据提供单位", hint="核对代码;新单位须先办理入驻")
