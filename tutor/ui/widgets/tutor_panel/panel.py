"""The tutor: follow-up questions about a lesson or an item, answered by the model as it writes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static
from textual.worker import Worker

from tutor.llm.protocol import ModelError
from tutor.study import record
from tutor.study.errors import StoreError
from tutor.study.record import Turn
from tutor.ui.app import TutorApp
from tutor.ui.errors import error_line
from tutor.ui.widgets.items.text import one_line, printed
from tutor.ui.widgets.tutor_panel.paced import PacedText
from tutor.ui.widgets.tutor_panel.question import QuestionInput
from tutor.ui.widgets.tutor_panel.reading import read_ahead
from tutor.ui.widgets.tutor_panel.reply import Heard, listen
from tutor.ui.widgets.tutor_panel.turn import (
    Source,
    SourceLine,
    TurnView,
    show_reply,
    show_turn,
)

if TYPE_CHECKING:
    from tutor.tutoring.explain import Request
    from tutor.tutoring.lead import Lead
    from tutor.tutoring.support import Answered
    from tutor.tutoring.supported import Support
    from tutor.ui.widgets.tutor_panel.reading import Talker

EARLIER_TURNS = 20
"""Of a talk, how many are on the screen: every paint of a reply lays all of them out."""
SOON = 0.2
"""Seconds until it is said that a reply is being checked."""


class TutorPanel(Vertical):
    """Asks about `scope` ("course/lesson" or "course/item").

    `followup` gives what to ask with now, None without a model; `headings` names the passages that replies cite, by
    `lesson/section`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "tutor.back", id="tutor.back", key_display="Esc"),
        Binding("f6", "socratic", "tutor.socratic", id="tutor.socratic", key_display="F6"),
    ]

    app = getters.app(TutorApp)

    class Closed(Message):
        """The learner is done asking."""

    class PassageChosen(Message):
        """A cited passage was activated."""

        def __init__(self, passage: str) -> None:
            """`passage`: its lesson's and its section's id, `lesson/section`."""
            super().__init__()
            self.passage = passage

    def __init__(
        self,
        scope: str,
        followup: Callable[[], Talker | None],
        *,
        headings: Callable[[], Mapping[str, str]] = dict,
        leads: bool = False,
        id: str | None = None,
    ) -> None:
        """`leads`: there is an answer beside it that may lack something, so that Socratic mode can be switched."""
        super().__init__(id=id, classes="tutor-panel")
        self.scope = scope
        self.followup = followup
        self.headings = headings
        self.leads = leads
        self.turns: list[Turn] = []
        self._loading: Worker[None] | None = None
        self._asking: Worker[None] | None = None
        self._checking: Worker[None] | None = None
        self._reading: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        yield Static("", classes="tutor-title", markup=False)
        with VerticalScroll(classes="tutor-talk", can_focus=False):
            yield Static("", classes="tutor-about", markup=False)
        yield Static("", classes="tutor-status", markup=False)
        yield QuestionInput()

    def on_mount(self) -> None:
        self.watch(self.app, "language", self.relabel, init=False)
        self.watch(self.app, "model", self.relabel, init=False)
        self.watch(self.app, "socratic", self.relabel, init=False)
        self.relabel()
        self.talk.anchor()
        self._loading = self._load()
        self._read_on()

    @property
    def talk(self) -> VerticalScroll:
        return self.query_one(".tutor-talk", VerticalScroll)

    @property
    def input(self) -> QuestionInput:
        return self.query_one(QuestionInput)

    @property
    def streaming(self) -> bool:
        return self._asking is not None and not self._asking.is_finished

    def relabel(self) -> None:
        """Say everything of the panel's own in the present language; the talk stays as it was held."""
        strings = self.app.strings
        self.query_one(".tutor-title", Static).update(self._title())
        self.query_one(".tutor-about", Static).update(Content(strings("tutor.about")))
        self.input.placeholder = strings("tutor.placeholder")
        if not self.streaming:
            self.status("" if self.app.client else strings("tutor.no_model"))

    def _title(self) -> Content:
        strings = self.app.strings
        if not self.leads:
            return Content(strings("tutor.title"))
        mode = strings("tutor.socratic_on" if self.app.socratic else "tutor.socratic_off")
        return Content.assemble(strings("tutor.title"), (f" · {mode}", "$text-muted"))

    def status(self, line: str) -> None:
        """One line above the question."""
        shown = self.query_one(".tutor-status", Static)
        shown.update(Content(printed(line)))
        shown.display = bool(line)

    def focus_question(self) -> None:
        self.input.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.leads if action == "socratic" else True

    async def action_socratic(self) -> None:
        """Ask back before explaining, or answer at once."""
        await self.app.switch_socratic()

    def action_back(self) -> None:
        """Stop the reply that is coming in, or else close."""
        if self._asking is not None and self.streaming:
            self._asking.cancel()
        elif self._checking is not None and not self._checking.is_finished:
            self._checking.cancel()
        else:
            self.post_message(self.Closed())

    @on(SourceLine.Opened)
    def _source_opened(self, event: SourceLine.Opened) -> None:
        event.stop()
        self.post_message(self.PassageChosen(event.passage))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if (question := one_line(event.value)) and self._begin(question, None):
            self.input.value = ""

    def explain(self, request: Request) -> None:
        """Ask for an explanation, as if it had been typed; nothing happens while a reply comes in or without a model."""
        self._begin(request.question, request)

    def _begin(self, question: str, request: Request | None) -> bool:
        followup = self.followup()
        if followup is None:
            self.relabel()
        if followup is None or self.streaming:
            return False
        if self._checking is not None:
            self._checking.cancel()
        self._asking = self._ask(question, followup, request)
        return True

    @work(group="talk", exclusive=True)
    async def _load(self) -> None:
        try:
            self.turns = await self.app.store_call(record.talk, self.scope)
        except StoreError as error:
            self.app.error(error)
        for turn in self.turns[-EARLIER_TURNS:]:
            view = TurnView(turn.question)
            await self.talk.mount(view)
            await show_turn(view, turn, self.headings(), self.app.strings)

    @on(QuestionInput.Paused)
    def _read_on(self) -> None:
        """Read what is typed, unless a reply comes in or the model is reading already and will come to it."""
        reading = self._reading
        # One that was cancelled before its first step never finishes.
        if not self.streaming and (reading is None or reading.is_finished or reading.is_cancelled):
            self._reading = self._read_ahead()

    @on(Worker.StateChanged)
    def _settled(self, event: Worker.StateChanged) -> None:
        """What was typed while a reply came in, or was checked, is read with that reply as it is now."""
        done = event.worker in (self._asking, self._checking) and event.worker.is_finished
        if done and self.input.is_new:
            self._read_on()

    @work(group="ask", exclusive=True)
    async def _read_ahead(self) -> None:
        """A question ends this."""
        field = self.input  # it may be gone before the model has read to an end
        await read_ahead(self.followup, lambda: one_line(field.value), self._answered_turns)

    @work(group="ask", exclusive=True)
    async def _ask(self, question: str, followup: Talker, request: Request | None) -> None:
        strings = self.app.strings
        if self._loading is not None:
            await self._loading.wait()
        try:
            asked = await self.app.store_call(record.asked, self.scope, question)
        except StoreError as error:
            self.app.error(error)
            self.input.give_back(question)
            return
        view = TurnView(question)
        await self.talk.remove_children(list(self.talk.query(TurnView))[: 1 - EARLIER_TURNS])
        await self.talk.mount(view)
        self.status(strings("tutor.thinking"))
        deltas = (
            followup.ask(question, self._answered_turns())
            if request is None
            else followup.explain(request)
        )
        heard = await listen(deltas, lambda: self._first_word(view))
        support = await followup.support() if heard.finish == "stop" else None
        whole = heard.finish == "stop" and support is None
        answered = followup.finish(heard.text, whole=whole)
        lead = followup.lead if heard.finish == "stop" else None
        await self._record(asked, heard, answered, lead)
        await self._show(view, heard, answered, marks=support is None)
        self.status(error_line(heard.error, strings) if heard.error else "")
        if support is not None:
            self._checking = self._check(asked, view, heard, followup, support)
        elif heard.finish != "stop":
            self.input.give_back(question)

    def _first_word(self, view: TurnView) -> PacedText:
        self.status(self.app.strings("tutor.writing"))
        return view.stream(lambda: self.input.typed)

    @work(group="check", exclusive=True)
    async def _check(
        self, asked: str, view: TurnView, heard: Heard, followup: Talker, support: Support
    ) -> None:
        """The marks, when they are known; a check that is stopped or fails leaves the comparison of words."""
        line = self.app.strings("tutor.checking")
        waiting = self.set_timer(SOON, lambda: self.status(line))
        try:
            answered = await followup.check(heard.text, support)
        except (asyncio.CancelledError, ModelError):
            answered = followup.finish(heard.text)
        finally:
            waiting.stop()
        await self._record(asked, heard, answered, followup.lead)
        if not view.is_attached:
            return
        if not self.streaming:
            self.status("")
        await self._show(view, heard, answered, marks=True)

    def _answered_turns(self) -> list[Turn]:
        return [turn for turn in self.turns if turn.reply]

    async def _record(
        self, asked: str, heard: Heard, answered: Answered, lead: Lead | None
    ) -> None:
        citations = [msgspec.to_builtins(each) for each in answered.citations]
        given = (asked, answered.text, citations, heard.finish, lead, answered.unsupported)
        try:
            await self.app.store_call(record.replied, *given)
            self.turns = await self.app.store_call(record.talk, self.scope)
        except StoreError as error:
            self.app.error(error)

    async def _show(self, view: TurnView, heard: Heard, answered: Answered, *, marks: bool) -> None:
        sources = [
            Source(each.n, each.section, each.lesson, each.text) for each in answered.citations
        ]
        beyond = answered.unsupported if marks else []
        told = (answered.text, sources, beyond, heard.finish)
        # Laid out once for all of it: the learner may be typing the next question.
        with self.app.batch_update():
            await show_reply(view, *told, self.headings(), self.app.strings)
