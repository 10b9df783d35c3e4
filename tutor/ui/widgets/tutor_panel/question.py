"""Where a question is typed; it tells when the typing pauses, which is when a model may read it."""

from __future__ import annotations

from time import monotonic

from textual import on
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

PAUSE = 0.5
"""Seconds without a change."""


class QuestionInput(Input):
    """`typed` is when it last changed, by the monotonic clock."""

    class Paused(Message):
        """Something is typed, and it has not changed for a while."""

    typed = 0.0
    _pausing: Timer | None = None

    @on(Input.Changed)
    def _changed(self) -> None:
        self.typed = monotonic()
        if self._pausing is not None:
            self._pausing.stop()
        self._pausing = self.set_timer(PAUSE, self._pause) if self.value.strip() else None

    def _pause(self) -> None:
        self.post_message(self.Paused())
