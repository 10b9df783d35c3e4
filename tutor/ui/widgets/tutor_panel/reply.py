"""Listening to a reply: every piece to the screen, and a known end whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass

from textual.widgets.markdown import MarkdownStream

from tutor.llm.protocol import ModelError
from tutor.study.payloads import Finish
from tutor.ui.widgets.items.text import printed


@dataclass(frozen=True)
class Heard:
    """`text` is what came in; `error` is set when `finish` is "error"."""

    text: str
    finish: Finish
    error: ModelError | None = None


async def listen(deltas: AsyncIterator[str], shown: MarkdownStream) -> Heard:
    """Write each piece to `shown`, free of escapes. A cancelled task stops the model, and what came is returned."""
    parts: list[str] = []
    finish: Finish = "stop"
    error: ModelError | None = None
    try:
        async for delta in deltas:
            clean = printed(delta)
            parts.append(clean)
            await shown.write(clean)
    except asyncio.CancelledError:
        finish = "cancelled"
    except ModelError as raised:
        finish, error = "error", raised
    finally:
        if isinstance(deltas, AsyncGenerator):
            await deltas.aclose()
        await shown.stop()
    return Heard("".join(parts), finish, error)
