"""Home: the one thing to do next, and the courses with how far one is."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static

from tutor.content.loader import LoadedCourse
from tutor.content.schema import say
from tutor.study.errors import StoreError
from tutor.ui.home_model import (
    HomeView,
    LessonRow,
    NextStep,
    Quiz,
    Read,
    Resume,
    greeting_key,
    home_view,
)
from tutor.ui.keymap import letter_binding
from tutor.ui.problem_lines import problem_lines
from tutor.ui.screens.base import TutorScreen
from tutor.ui.strings import Strings
from tutor.ui.widgets.home.lesson_list import LessonList
from tutor.ui.widgets.home.next_card import NextCard


class HomeScreen(TutorScreen[None]):
    """Answers "what now?" in one look; looks again each time it comes to the front."""

    AUTO_FOCUS = "NextCard"
    BINDINGS: ClassVar[list[BindingType]] = [
        letter_binding("l", "learn", "home.learn"),
        letter_binding("q", "quiz", "home.quiz"),
        letter_binding("m", "models", "home.models"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._view = HomeView()
        self._looked = False

    def body(self) -> ComposeResult:
        with Vertical(id="home"):
            yield Static(id="greeting", markup=False)
            yield NextCard(id="next")
            yield LessonList()

    def on_screen_resume(self) -> None:
        self.look()

    @work(exclusive=True, group="home")
    async def look(self) -> None:
        """Read the record again and show it."""
        app = self.app
        try:
            self._view = await asyncio.to_thread(
                home_view, app.workspace.store, app.workspace.courses, app.language
            )
        except StoreError as error:
            app.error(error)
        self._looked = True
        self._show()

    def relabel(self) -> None:
        self.title_bar.place = self.strings("app.title")
        if self._looked:
            self.look()

    def _show(self) -> None:
        app, strings = self.app, self.strings
        greeting = strings(greeting_key(app.workspace.clock().hour))
        self.query_one("#greeting", Static).update(greeting)
        card = self.query_one(NextCard)
        card.title, card.detail = (
            next_words(self._view.next, app.language, strings)
            if app.workspace.courses
            else (
                strings("home.no_course"),
                strings("home.no_course.detail", folder=app.workspace.places.courses),
            )
        )
        card.key = "Enter" if self._view.next else ""
        notes = problem_lines(app.workspace.problems, strings)
        self.query_one(LessonList).show(self._view.courses, notes, app.language, strings)

    @property
    def _chosen(self) -> tuple[LoadedCourse, str] | None:
        """The lesson that the letters act on: the highlighted one, or the card's."""
        lessons = self.query_one(LessonList)
        row = lessons.row if lessons.has_focus else _row_of(self._view.next)
        if row is None and isinstance(self._view.next, Resume):
            course = self.app.workspace.course(self._view.next.state.course)
            lesson = self._view.next.state.lesson
            return (course, lesson) if course and lesson else None
        row = row or lessons.row
        return (row.course, row.lesson.id) if row else None

    def action_learn(self) -> None:
        if self._chosen:
            self.app.open_lesson(*self._chosen)

    def action_quiz(self) -> None:
        if self._chosen:
            self.app.start_quiz(*self._chosen)

    def action_models(self) -> None:
        self.app.open_models()

    @on(NextCard.Chosen)
    def _go(self) -> None:
        step = self._view.next
        if isinstance(step, Resume):
            self.app.open_quiz(step.state)
        elif isinstance(step, Read):
            self.app.open_lesson(step.row.course, step.row.lesson.id)
        elif isinstance(step, Quiz):
            self.app.start_quiz(step.row.course, step.row.lesson.id)

    @on(NextCard.Left)
    def _to_lessons(self) -> None:
        self.query_one(LessonList).focus()

    @on(LessonList.Left)
    def _to_card(self) -> None:
        self.query_one(NextCard).focus()

    @on(OptionList.OptionSelected)
    def _lesson_selected(self) -> None:
        self.action_learn()


def _row_of(step: NextStep | None) -> LessonRow | None:
    return step.row if isinstance(step, Read | Quiz) else None


def next_words(step: NextStep | None, language: str, strings: Strings) -> tuple[str, str]:
    """What the next step is, and where one stands in it."""
    if step is None:
        return strings("home.all_done"), strings("home.all_done.detail")
    if isinstance(step, Resume):
        state = step.state
        place = strings("home.question_of", position=state.position + 1, total=len(state.items))
        return strings("home.next.resume", title=state.title), place
    title = say(step.row.lesson.title, "ko" if language == "ko" else "en")
    progress = step.row.progress
    if isinstance(step, Quiz):
        return strings("home.next.quiz", title=title), strings(
            "home.questions", count=progress.items
        )
    if not progress.opened:
        return strings("home.next.new", title=title), strings(
            "home.sections", count=progress.sections
        )
    read = strings(
        "home.section_of",
        position=min(len(progress.sections_read) + 1, progress.sections),
        total=progress.sections,
    )
    return strings("home.next.read", title=title), read
