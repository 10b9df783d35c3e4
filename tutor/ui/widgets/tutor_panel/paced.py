"""Text on its way into a Markdown widget: a few paints a second however many pieces it comes in, and keys first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

from textual.widgets import Markdown

PACE = 0.1
"""Seconds between two paints. Each lays the screen out anew, and a key typed meanwhile waits for it."""
CALM = 0.25
"""Seconds after a key until nobody is typing any more."""
LONGEST = 1.0
"""Seconds that text waits for keys at most."""


def pause(now: float, *, painted: float, typed: float) -> float:
    """Seconds until the next paint may begin, 0 or more; all three are moments of one clock."""
    due = max(painted + PACE, min(typed + CALM, painted + LONGEST))
    return max(0.0, due - now)


class PacedText:
    """The first piece is shown at once, later ones when `pause` lets them; `typed` tells when a key last came."""

    def __init__(self, markdown: Markdown, typed: Callable[[], float]) -> None:
        self._markdown, self._typed = markdown, typed
        self._held: list[str] = []
        self._waiting = asyncio.Event()
        self._ended = asyncio.Event()
        self._painter = asyncio.create_task(self._paint())

    def write(self, text: str) -> None:
        """Show `text` after what was written before."""
        self._held.append(text)
        self._waiting.set()

    async def stop(self) -> None:
        """Show what is held and end."""
        self._ended.set()
        self._waiting.set()
        await self._painter

    async def _paint(self) -> None:
        while not self._ended.is_set():
            await self._waiting.wait()
            await self._flush()
            await self._rest(monotonic())
        await self._flush()

    async def _rest(self, painted: float) -> None:
        while seconds := pause(monotonic(), painted=painted, typed=self._typed()):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), seconds)
            if self._ended.is_set():
                return

    async def _flush(self) -> None:
        text = "".join(self._held)
        self._held.clear()
        self._waiting.clear()
        if text:
            await self._markdown.append(text)
