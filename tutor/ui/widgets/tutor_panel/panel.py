"""The tutor: follow-up questions about a lesson or an item, answered by the model as it writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from time import monotonic
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
from tutor.ui.widgets.items.text import one_line, printed, shortened
from tutor.ui.widgets.tutor_panel.reply import Heard, listen
from tutor.ui.widgets.tutor_panel.turn import Source, SourceLine, TurnView, show_turn

if TYPE_CHECKING:
    from tutor.tutoring.followup import FollowUp
    from tutor.tutoring.lead import Lead
    from tutor.tutoring.socratic import SocraticTalk
    from tutor.tutoring.support import Answered

    Talker = FollowUp | SocraticTalk

LONGEST_QUESTION = 2_000
EARLIER_TURNS = 20
"""Of a talk, how many are on the screen: every paint of a reply lays all of them out."""
MOST_QUOTES, LONGEST_QUOTE = 3, 60
"""Of sentences that go beyond the lesson: how many are named, and by how many characters."""


class TutorPanel(Vertical):
    """Asks about `scope` ("course/lesson" or "course/item").

    `followup` gives what to ask with now, None without a model; `headings` names the sections that replies cite.
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

        def __init__(self, section: str) -> None:
            super().__init__()
            self.section = section

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
        self._asking: Worker[None] | None = None
        self._typed = 0.0

    def compose(self) -> ComposeResult:
        yield Static("", classes="tutor-title", markup=False)
        with VerticalScroll(classes="tutor-talk", can_focus=False):
            yield Static("", classes="tutor-about", markup=False)
        yield Static("", classes="tutor-status", markup=False)
        yield Input(max_length=LONGEST_QUESTION, classes="tutor-question", compact=True)

    def on_mount(self) -> None:
        self.watch(self.app, "language", self.relabel, init=False)
        self.watch(self.app, "model", self.relabel, init=False)
        self.watch(self.app, "socratic", self.relabel, init=False)
        self.relabel()
        self.talk.anchor()
        self._load()
        self._read_ahead()

    @property
    def talk(self) -> VerticalScroll:
        return self.query_one(".tutor-talk", VerticalScroll)

    @property
    def input(self) -> Input:
        return self.query_one(".tutor-question", Input)

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
        if self._asking is not None and not self._asking.is_finished:
            self._asking.cancel()
        else:
            self.post_message(self.Closed())

    @on(SourceLine.Opened)
    def _source_opened(self, event: SourceLine.Opened) -> None:
        event.stop()
        self.post_message(self.PassageChosen(event.section))

    @on(Input.Changed)
    def _typing(self) -> None:
        self._typed = monotonic()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        question = one_line(event.value)
        if not question or self.streaming:
            return
        followup = self.followup()
        if followup is None:
            self.relabel()
            return
        self.input.value = ""
        self._asking = self._ask(question, followup)

    @work(group="talk", exclusive=True)
    async def _load(self) -> None:
        try:
            self.turns = await self.app.store_call(record.talk, self.scope)
        except StoreError as error:
            self.app.error(error)
        for turn in self.turns[-EARLIER_TURNS:]:
            view = TurnView(turn.question)
            await self.talk.mount(view)
            await show_turn(view, turn, dict(self.headings()), self.app.strings)

    @work(group="ask", exclusive=True)
    async def _read_ahead(self) -> None:
        """The model reads the lesson while the learner types; a question ends this. If it cannot, the question says why."""
        followup = self.followup()
        if followup is not None:
            with suppress(ModelError):
                await followup.prefill()

    @work(group="ask", exclusive=True)
    async def _ask(self, question: str, followup: Talker) -> None:
        strings = self.app.strings
        try:
            asked = await self.app.store_call(record.asked, self.scope, question)
        except StoreError as error:
            self.app.error(error)
            self._give_back(question)
            return
        view = TurnView(question)
        await self.talk.remove_children(list(self.talk.query(TurnView))[: 1 - EARLIER_TURNS])
        await self.talk.mount(view)
        self.status(strings("tutor.thinking"))
        deltas = followup.ask(question, self._answered_turns())
        heard = await listen(deltas, lambda: view.stream(lambda: self._typed))
        answered = followup.finish(heard.text)
        lead = followup.lead if heard.finish == "stop" else None
        await self._record(asked, heard, answered, lead)
        await self._show_end(view, heard, answered)
        if heard.finish != "stop":
            self._give_back(question)

    def _answered_turns(self) -> list[Turn]:
        return [turn for turn in self.turns if turn.reply]

    async def _record(
        self, asked: str, heard: Heard, answered: Answered, lead: Lead | None
    ) -> None:
        citations = [msgspec.to_builtins(each) for each in answered.citations]
        try:
            await self.app.store_call(
                record.replied, asked, heard.text, citations, heard.finish, lead
            )
            self.turns = await self.app.store_call(record.talk, self.scope)
        except StoreError as error:
            self.app.error(error)

    async def _show_end(self, view: TurnView, heard: Heard, answered: Answered) -> None:
        sources = [Source(each.n, each.section) for each in answered.citations]
        # Laid out once for all of it: the learner may be typing the next question.
        with self.app.batch_update():
            if answered.text != heard.text:
                await view.settle(answered.text)
            await view.cite(sources, dict(self.headings()))
            self._say_end(view, heard, answered)

    def _say_end(self, view: TurnView, heard: Heard, answered: Answered) -> None:
        strings = self.app.strings
        if heard.finish == "cancelled":
            view.note(strings("tutor.stopped"))
        elif answered.unsupported:
            view.note(strings("tutor.beyond", words=self._beyond(answered)))
        else:
            view.note("")
        self.status(error_line(heard.error, strings) if isinstance(heard.error, ModelError) else "")

    @staticmethod
    def _beyond(answered: Answered) -> str:
        """The first words of what the lesson does not say."""
        spans = answered.unsupported[:MOST_QUOTES]
        quotes = [one_line(answered.text[start:end]) for start, end in spans]
        return " ".join(f"“{shortened(quote, LONGEST_QUOTE)}”" for quote in quotes)

    def _give_back(self, question: str) -> None:
        """The question for editing, unless another is being typed already."""
        if not self.input.value:
            self.input.value = question
            self.input.cursor_position = len(question)
