"""Where a question is typed; it tells when the typing pauses, which is when a model may read it."""

from __future__ import annotations

from time import monotonic

from textual import on
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

LONGEST = 2_000
PAUSE = 0.5
"""Seconds without a change."""


class QuestionInput(Input):
    """`typed` is when it last changed, by the monotonic clock."""

    class Paused(Message):
        """Something is typed, and it has not changed for a while."""

    typed = 0.0
    _pausing: Timer | None = None
    _given_back = ""

    def __init__(self) -> None:
        super().__init__(max_length=LONGEST, classes="tutor-question", compact=True)

    @property
    def is_new(self) -> bool:
        """Whether something is typed that was not asked before."""
        return self.value not in ("", self._given_back)

    def give_back(self, question: str) -> None:
        """For editing, unless another is being typed already; it was stopped or it failed, so it is nothing to read ahead."""
        if not self.value:
            self._given_back = question
            with self.prevent(Input.Changed):
                self.value = question
                self.cursor_position = len(question)

    @on(Input.Changed)
    def _changed(self) -> None:
        self.typed = monotonic()
        if self._pausing is not None:
            self._pausing.stop()
        self._pausing = self.set_timer(PAUSE, self._pause) if self.value.strip() else None

    def _pause(self) -> None:
        self.post_message(self.Paused())
