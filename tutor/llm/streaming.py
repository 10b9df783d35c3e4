"""A text that is being generated, on its way out: in pieces that a screen can keep up with."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator

from tutor.llm.engine import Finish

INTERVAL = 0.1  # seconds; a piece costs up to a millisecond of the generation, and a screen paints no more often


class Streaming:
    """`step` generates one token; the text goes to `send` at once, but at most every INTERVAL seconds."""

    def __init__(
        self,
        generated: Generator[str, None, Finish],
        send: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._generated, self._send, self._clock = generated, send, clock
        self._text = ""
        self._sent_at = float("-inf")

    def step(self) -> Finish | None:
        """Why the text ended, or None while it goes on."""
        try:
            self._text += next(self._generated)
        except StopIteration as end:
            self._flush()
            finish: Finish = end.value
            return finish
        if self._clock() - self._sent_at >= INTERVAL:
            self._flush()
        return None

    def close(self) -> None:
        self._generated.close()

    def _flush(self) -> None:
        if self._text:
            self._send(self._text)
            self._text, self._sent_at = "", self._clock()
