"""Reports as files: page and signed PDF. Each file handed out is a leaf, and is recognised again by its digest."""

from __future__ import annotations

import asyncio

from xinshu.core.clock import Clock
from xinshu.members.model import Principal
from xinshu.report.proof.keys import ReportKey, ReportKeys
from xinshu.report.render.words import Lang
from xinshu.report.shelf import Held, Shelf

AT_ONCE = 2  # files made at a time: a report of ten thousand facts takes a processor for seconds


class ReportFiles:
    """Makes and hands out the files of a report."""

    def __init__(self, shelf: Shelf, keys: ReportKeys, clock: Clock, origin: str) -> None:
        """`origin`: of the node's pages, for the address of verification."""
        self._shelf = shelf
        self._keys = keys
        self._clock = clock
        self._origin = origin
        self._room = asyncio.Semaphore(AT_ONCE)

    async def html(self, number: str, who: Principal, lang: Lang) -> bytes:
        """The stand-alone page. Raises what `Shelf.content` and `Shelf.hand_out` raise."""
        held = await self._shelf.content(number, who)
        async with self._room:
            made = await asyncio.to_thread(self._page, held, lang)
        await self._shelf.hand_out(held, who, "html", lang, made)
        return made

    async def pdf(self, number: str, who: Principal, lang: Lang) -> bytes:
        """The signed PDF. Raises what `Shelf.content` and `Shelf.hand_out` raise, FontMissingError, ReportPdfError,
        ReportKeyError."""
        held = await self._shelf.content(number, who)
        key = await self._keys.current()
        async with self._room:
            made = await asyncio.to_thread(self._signed, held, lang, key)
        await self._shelf.hand_out(held, who, "pdf", lang, made)
        return made

    def _page(self, held: Held, lang: Lang) -> bytes:
        from xinshu.report.render.html import html

        return html(held.report, lang, self._address(held)).encode()

    def _signed(self, held: Held, lang: Lang, key: ReportKey) -> bytes:
        from xinshu.report.proof.signing import sign
        from xinshu.report.render.pdf import pdf

        made = pdf(held.report, lang, self._address(held))
        return asyncio.run(sign(made, key, self._clock.now(), f"信用报告 {held.stored.number}"))

    def _address(self, held: Held) -> str:
        return f"{self._origin}/verify?report={held.stored.check_code}"
