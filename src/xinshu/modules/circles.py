"""Circles around chain leaders (链主): who is related to whom by what the catalogue's records state."""

from __future__ import annotations

from typing import Any

from xinshu.core.clock import Clock
from xinshu.evaluate.days import Day
from xinshu.evaluate.run import end_of
from xinshu.evaluate.single import parsed
from xinshu.inquiry.model import SubjectUnknownError
from xinshu.members.model import Principal
from xinshu.modules.errors import CircleUnknownError
from xinshu.modules.loader import Module
from xinshu.modules.model import Circles as Declared
from xinshu.modules.service import Modules, sees_all
from xinshu.modules.signs import SignReader
from xinshu.store import Database, load_queries

queries = load_queries("xinshu.modules")
CANDIDATES = 2_000  # members by points among whom leaders are looked for


class Circles:
    """Circles of the modules that declare them."""

    def __init__(self, db: Database, clock: Clock, modules: Modules) -> None:
        self._db = db
        self._clock = clock
        self._modules = modules

    def _declared(self, module: str) -> tuple[Module, Declared]:
        one = self._modules.book[module]
        if one.file.circles is None:
            raise CircleUnknownError(f"模块 {module} 没有链主生态圈", hint="见模块 key-supply-chains")
        return one, one.file.circles

    def _items(self, declared: Declared, who: Principal) -> list[str]:
        """Items whose relations this reader may see: the open ones, to the platform all."""
        known = [self._modules.book.catalogue.item(one.item) for one in declared.relations]
        return list(dict.fromkeys(item.item for item in known if sees_all(who) or item.access == "open"))

    async def leaders(self, module: str, who: Principal, *, skip: int = 0, size: int = 50) -> list[dict[str, Any]]:
        """Who leads a circle, most related first. Raises ModuleUnknownError, CircleUnknownError."""
        one, declared = self._declared(module)
        criteria = declared.leaders.criteria
        asked = self._modules.parameters(one, criteria)
        async with self._db.acquire() as conn:
            rows = queries.members(conn, module=one.id, persons=False, sort="points", skip=0, most=CANDIDATES, **asked)
            ids = [row["id"] async for row in rows]
            found = queries.leaders(
                conn, module=one.id, items=self._items(declared, who), ids=ids,
                related=declared.leaders.related, skip=skip, most=size,
            )  # fmt: skip
            return [_leader(row, one) async for row in found]

    async def circle(self, module: str, leader: str, who: Principal) -> dict[str, Any]:
        """The circle around a subject: its members with their step, and the relations among them, with what they are.

        Raises ModuleUnknownError, CircleUnknownError, SubjectUnknownError.
        """
        one, declared = self._declared(module)
        items = self._items(declared, who)
        async with self._db.acquire() as conn:
            subject = await queries.subject_known(conn, code=leader.strip().upper())
            if subject is None or subject["code"] is None or subject["kind"] == "farm_household":
                raise SubjectUnknownError(f"没有找到代码为 {leader} 的企业", hint="用 xinshu subject check 检查代码")
            rows = queries.circle(conn, leader=subject["id"], items=items, steps=declared.steps, most=declared.most + 1)
            members = [dict(row) async for row in rows]
            truncated, members = len(members) > declared.most, members[: declared.most]
            if not members:
                raise CircleUnknownError(
                    f"目录中没有 {subject['name']} 的关联关系", hint="关系来自股东、担保和省级目录中的交易关系"
                )
            ids = [subject["id"], *(row["id"] for row in members)]
            codes = [subject["code"], *(row["code"] for row in members)]
            links = [dict(row) async for row in queries.links(conn, ids=ids, codes=codes, items=items)]
            signs = await self._signs(conn, subject["id"], declared)
        names = {(self._modules.book.catalogue.item(r.item).item, r.kind): r.name.zh for r in declared.relations}
        public = ("code", "name", "kind", "division", "industry", "size_class")
        return {
            "module": one.id,
            "leader": {**{name: subject[name] for name in public}, "signs": signs},
            "truncated": truncated,
            "members": [{**{name: row[name] for name in public}, "step": row["step"]} for row in members],
            "links": [{**link, "name": names.get((link["item"], link["kind"]), link["kind"])} for link in links],
            "withheld": sorted(
                {one.name.zh for one in declared.relations
                 if self._modules.book.catalogue.item(one.item).item not in items}
            ),
        }  # fmt: skip

    async def _signs(self, conn: Any, subject: int, declared: Declared) -> list[str]:
        """What marks the subject as a leader besides its relations."""
        catalogue, today = self._modules.book.catalogue, self._clock.today()
        readers = [SignReader(catalogue.item(sign.item), sign) for sign in declared.leaders.signs]
        held: list[str] = []
        rows = queries.records_as_of(
            conn, subject_id=subject, items=[one.item.item for one in readers if one.item.access == "open"],
            until=end_of(today),
        )  # fmt: skip
        async for row in rows:
            payload = parsed(f"[{row['payload']}]")[0]
            held += [
                one.sign.label for one in readers if one.item.item == row["item"] and one.held_by(payload, Day(today))
            ]
        return sorted(set(held))


def _leader(row: Any, module: Module) -> dict[str, Any]:
    known = ("code", "name", "division", "industry", "size_class", "points", "related")
    parts = [module.part_name(part) for part in row["parts"]]
    return {**{name: row[name] for name in known}, "parts": parts}
