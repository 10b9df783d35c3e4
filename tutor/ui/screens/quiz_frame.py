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
from textual.widgets import Input, Static, TextArea
from textual.worker import Worker

from tutor.content.loader import LoadedCourse
from tutor.content.schema import Explain
from tutor.llm.protocol import ModelError
from tutor.study.errors import StoreError
from tutor.study.session import SessionState
from tutor.ui.screens.base import TutorScreen
from tutor.ui.screens.quiz_card import ItemCard
from tutor.ui.screens.quiz_desk import Desk
from tutor.ui.screens.quiz_keys import KEYS, Phase, Standing, works
from tutor.ui.screens.quiz_waiting import WaitingLine
from tutor.ui.widgets.items.text import printed


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
            hints_left=self.card is not None and self.card.hints.left > 0,
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
        hints = self.card.hints.shown
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
        """Let the model read the question, then what is typed, while the learner thinks: one reading at a time."""
        reading = self._reading is not None and not self._reading.is_finished
        if self.card is not None and isinstance(self.card.item, Explain) and not reading:
            self._reading = self._read_ahead(self.card.item, draft)

    @work(group="read_ahead", exclusive=True)
    async def _read_ahead(self, item: Explain, draft: str) -> None:
        """If the model cannot, grading will say why."""
        with suppress(ModelError):
            await self.app.grader.prefill(item, self.app.language, draft)
