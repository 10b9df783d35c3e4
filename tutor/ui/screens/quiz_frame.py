"""The frame of a quiz: one item on the desk, a line for notices, and the keys that fit where it stands."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Static, TextArea
from textual.worker import Worker

from tutor.content.loader import LoadedCourse
from tutor.content.schema import Explain, Language
from tutor.llm.protocol import ModelError
from tutor.study.errors import StoreError
from tutor.study.session import SessionState
from tutor.ui.screens.base import TutorScreen
from tutor.ui.screens.quiz_card import ItemCard
from tutor.ui.screens.quiz_desk import Desk
from tutor.ui.screens.quiz_keys import KEYS, Phase, Standing, works
from tutor.ui.screens.quiz_waiting import WaitingLine
from tutor.ui.widgets.items.text import printed

PAUSE = 0.5
"""Seconds without a key until what is typed is read ahead."""


class QuizFrame(TutorScreen[None]):
    """One item at a time. `clock` counts seconds: how long an answer and its grading take."""

    BINDINGS: ClassVar[list[BindingType]] = KEYS

    def __init__(
        self,
        state: SessionState,
        course: LoadedCourse,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(classes="quiz")
        self.course = course
        self.desk = Desk(self._store_call, course, state)
        self.phase = Phase.OPENING
        self.card: ItemCard | None = None
        self.answer_id: str | None = None
        self._clock = clock
        self._opened_at = clock()
        self._seconds: float | None = None
        self._confirming = False
        self._saving = False
        self._grading: Worker[None] | None = None
        self._reading: Worker[None] | None = None
        self._read: tuple[str, Language | None, str] = ("", None, "")
        self._typed = ""
        self._pause: Timer | None = None
        self._told_following = False

    def body(self) -> ComposeResult:
        with Container(classes="quiz-desk"), VerticalScroll(classes="quiz-body"):
            yield WaitingLine(self._clock)
        yield Static("", classes="quiz-notice", markup=False)

    async def on_unmount(self) -> None:
        await self.save_draft()

    async def _store_call(self, call: Callable[..., Any], *args: Any) -> Any:
        return await self.app.store_call(call, *args)

    # What the keys depend on

    def standing(self) -> Standing:
        """Where the screen stands, for the keys."""
        item = self.card.item if self.card else None
        return Standing(
            phase=self.phase,
            typing=isinstance(self.focused, Input | TextArea),
            explain=isinstance(item, Explain),
            model=self.app.client is not None,
            hints_left=self.card is not None and self.card.hints.left + self.card.hints.room > 0,
            first=self.desk.state.position == 0,
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return works(action, self.standing())

    def enter(self, phase: Phase) -> None:
        """Go to a phase: the keys and the title line follow."""
        self.phase = phase
        self.show_aside()
        self.refresh_bindings()

    def notice(self, line: str) -> None:
        """One line above the keys; "" takes it away."""
        shown = self.query_one(".quiz-notice", Static)
        shown.display = bool(line)
        shown.update(Content(printed(line)))

    def show_aside(self) -> None:
        """Hints and time, in the title line."""
        if self.card is None:
            self.title_bar.aside = ""
            return
        seconds = self._clock() - self._opened_at if self._seconds is None else self._seconds
        minutes, rest = divmod(int(seconds), 60)
        hints = self.card.hints.used
        self.title_bar.aside = self.strings(
            "quiz.aside", hints=hints, time=f"{minutes:02}:{rest:02}"
        )

    # In the background

    async def save_draft(self) -> None:
        """Put what is typed on disk now."""
        self._saving = False
        try:
            await self.desk.flush()
        except StoreError as error:
            self.app.error(error)

    def read_ahead(self, draft: str = "") -> None:
        """Let the model read the question now, and what is typed as soon as the typing pauses."""
        self._typed = draft
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, self.read_on) if draft else None
        if not draft:
            self.read_on()

    def stop_reading(self) -> None:
        """The answer is handed in: nothing is read ahead of it any more."""
        if self._pause is not None:
            self._pause.stop()
        self.workers.cancel_group(self, "read_ahead")

    def read_on(self) -> None:
        """Read what has not been read yet, once there is a model and it has no reading under way."""
        reading = self._reading is not None and not self._reading.is_finished
        if self.app.client is None or self.card is None or reading:
            return
        if self.phase is Phase.ANSWERING and isinstance(self.card.item, Explain):
            self._reading = self._read_ahead(self.card.item)

    @work(group="read_ahead", exclusive=True)
    async def _read_ahead(self, item: Explain) -> None:
        """If the model cannot, grading will say why."""
        grader, language = self.app.grader, self.app.language
        with suppress(ModelError):
            if self._read[:2] != (item.id, language):
                await grader.prefill(item, language)
                self._read = (item.id, language, "")
            while self._typed and (draft := self._typed) != self._read[2]:
                await grader.prefill(item, language, draft)
                self._read = (item.id, language, draft)
