"""Listening to a reply: every piece to the screen, and a known end whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass

from tutor.llm.protocol import ModelError
from tutor.study.payloads import Finish
from tutor.ui.widgets.items.text import printed
from tutor.ui.widgets.tutor_panel.paced import PacedText


@dataclass(frozen=True)
class Heard:
    """`text` is what came in; `error` is set when `finish` is "error"."""

    text: str
    finish: Finish
    error: ModelError | None = None


async def listen(deltas: AsyncIterator[str], show: Callable[[], PacedText]) -> Heard:
    """Write each piece, free of escapes, to what `show` opens. A cancelled task stops the model; what came is returned."""
    shown: PacedText | None = None
    parts: list[str] = []
    finish: Finish = "stop"
    error: ModelError | None = None
    try:
        async for delta in deltas:
            clean = printed(delta)
            parts.append(clean)
            shown = shown or show()
            shown.write(clean)
    except asyncio.CancelledError:
        finish = "cancelled"
    except ModelError as raised:
        finish, error = "error", raised
    finally:
        if isinstance(deltas, AsyncGenerator):
            await deltas.aclose()
        if shown is not None:
            await shown.stop()
    return Heard("".join(parts), finish, error)
