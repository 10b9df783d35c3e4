"""After the last item: what went well, what is still weak, and the one thing to do next."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tutor.content.loader import LoadedCourse
from tutor.content.schema import Explain, Item, Lesson, say
from tutor.grading.verdict import Verdict
from tutor.study import session
from tutor.study.errors import StoreError
from tutor.study.session import SessionState
from tutor.ui.keymap import letter_binding
from tutor.ui.screens.base import TutorScreen
from tutor.ui.screens.quiz_desk import session_title
from tutor.ui.widgets.items.rows import Row, RowView
from tutor.ui.widgets.items.text import inline, one_line
from tutor.ui.widgets.result import percent
from tutor.ui.widgets.result.summary import SIGNS

_STATES = {"full": "-right", "none": "-wrong", "partial": "-unsure", "unsure": "-unsure"}
WEAKEST = 5


class QuizSummary(TutorScreen[None]):
    """`state` is the session that has just ended. Items not answered or not graded count as missed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        letter_binding("enter,r", "again", "quiz.again", key_display="Enter"),
        letter_binding("enter,escape,q", "home", "quiz.home", key_display="Esc"),
    ]

    def __init__(self, state: SessionState, course: LoadedCourse) -> None:
        super().__init__(classes="quiz-summary")
        self.state = state
        self.course = course
        self.items: list[tuple[Lesson, Item]] = [
            found for id in state.items if (found := course.find(id)) is not None
        ]

    @property
    def missed(self) -> list[str]:
        """Ids of the items whose answer was not full."""
        verdicts = self.state.verdicts
        return [
            item.id
            for _, item in self.items
            if item.id not in verdicts or verdicts[item.id].verdict != "full"
        ]

    def body(self) -> ComposeResult:
        with VerticalScroll(classes="summary-body"):
            yield Static("", classes="summary-headline", markup=False)
            yield Static("", classes="summary-next", markup=False)
            for index in range(len(self.items)):
                yield Row(index, group="summary")
            yield Static("", classes="summary-weak", markup=False)

    def relabel(self) -> None:
        strings = self.strings
        title = session_title(self.state, self.course, self.app.language)
        self.title_bar.place = strings("quiz.summary_place", title=title)
        right, count = len(self.items) - len(self.missed), len(self.items)
        self.query_one(".summary-headline", Static).update(
            Content(strings("quiz.summary", right=right, count=count))
        )
        next_key = "quiz.summary_again" if self.missed else "quiz.summary_done"
        self.query_one(".summary-next", Static).update(
            Content(strings(next_key, count=len(self.missed)))
        )
        for row, (_, item) in zip(self.query(Row), self.items, strict=True):
            row.show(self._view(item), cursor=False)
        weak = self._weak()
        shown = self.query_one(".summary-weak", Static)
        shown.display = bool(weak)
        shown.update(Content("\n").join([Content.styled(strings("quiz.weakest"), "bold"), *weak]))
        self.query_one(VerticalScroll).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return bool(self.missed) if action == "again" else True

    @work(group="again", exclusive=True)
    async def action_again(self) -> None:
        """A new session of what was missed."""
        from tutor.ui.screens.quiz import QuizScreen

        try:
            state = await self.app.store_call(
                session.start,
                mode=self.state.mode,
                course=self.state.course,
                lesson=self.state.lesson,
                items=self.missed,
                seed=self.state.seed + 1,
                title=self.state.title,
            )
        except StoreError as error:
            self.app.error(error)
            return
        self.app.switch_screen(QuizScreen(state, self.course))

    def action_home(self) -> None:
        self.app.open_home()

    def _view(self, item: Item) -> RowView:
        verdict = self.state.verdicts.get(item.id)
        prompt = Content(one_line(inline(say(item.prompt, self.app.language)).plain))
        if verdict is None or verdict.score is None:
            key = "quiz.not_judged" if item.id in self.state.answered else "quiz.not_answered"
            return RowView(f"○ {'':>5}", prompt, Content(self.strings(key)), ("-dim",))
        lead = f"{SIGNS[verdict.verdict]} {percent(verdict.score):>5}"
        return RowView(lead, prompt, None, (_STATES[verdict.verdict],))

    def _weak(self) -> list[Content]:
        """The points that were missed, as the rubric words them."""
        return [
            Content("✗ ") + inline(say(point.text, self.app.language))
            for _, item in self.items
            if isinstance(item, Explain) and (verdict := self.state.verdicts.get(item.id))
            for point in item.points
            if _missed(verdict, point.id)
        ][:WEAKEST]


def _missed(verdict: Verdict, point: str) -> bool:
    return any(each.id == point and each.verdict == "unmet" for each in verdict.points)
