"""The line that says grading is under way, for how long, and how to stop it."""

from __future__ import annotations

from collections.abc import Callable

from textual import getters
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from tutor.ui.app import TutorApp

TICK = 0.25


class WaitingLine(Static):
    """Counts seconds of `clock` while shown."""

    app = getters.app(TutorApp)

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__("", markup=False, classes="waiting")
        self._clock = clock
        self._since = 0.0
        self._done = self._points = 0
        self._timer: Timer | None = None
        self.display = False

    def start(self, points: int) -> None:
        """`points` claims are being checked from now on."""
        self.stop()
        self._since, self._done, self._points = self._clock(), 0, points
        self.display = True
        self._timer = self.set_interval(TICK, self._tick)
        self._tick()

    def report(self, done: int, points: int) -> None:
        """How far the grader is."""
        self._done, self._points = done, points
        if self.display:
            self._tick()

    def stop(self) -> None:
        self.display = False
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _tick(self) -> None:
        seconds = int(self._clock() - self._since)
        line = self.app.strings(
            "quiz.grading", done=self._done, count=self._points, seconds=seconds
        )
        self.update(Content(line))
