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
from tutor.study.errors import StoreError
from tutor.ui.home_model import HomeView, Quiz, Read, Resume, greeting_key, home_view
from tutor.ui.keymap import letter_binding
from tutor.ui.problem_lines import problem_lines
from tutor.ui.screens.base import TutorScreen
from tutor.ui.widgets.home.lesson_list import LessonList
from tutor.ui.widgets.home.next_card import NextCard
from tutor.ui.widgets.home.next_words import next_words


class HomeScreen(TutorScreen[None]):
    """Answers "what now?" in one look; looks again each time it comes to the front."""

    AUTO_FOCUS = "NextCard"
    BINDINGS: ClassVar[list[BindingType]] = [
        letter_binding("l", "learn", "home.learn"),
        letter_binding("q", "quiz", "home.quiz"),
        letter_binding("m", "models", "home.models"),
        letter_binding("a", "talks", "home.talks"),
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
        with self.while_here():
            self._show()

    def relabel(self) -> None:
        self.title_bar.place = self.strings("app.title")
        if self._looked:
            self.look()

    def _show(self) -> None:
        app, strings = self.app, self.strings
        workspace = app.workspace
        self.query_one("#greeting", Static).update(strings(greeting_key(workspace.clock().hour)))
        card = self.query_one(NextCard)
        if workspace.courses:
            card.title, card.detail = next_words(self._view.next, app.language, strings)
        else:
            card.title = strings("home.no_course")
            card.detail = strings("home.no_course.detail", folder=workspace.places.courses)
        card.key = "Enter" if self._view.next else ""
        notes = problem_lines(workspace.problems, strings)
        self.query_one(LessonList).show(self._view.courses, notes, app.language, strings)

    @property
    def _chosen(self) -> tuple[LoadedCourse, str] | None:
        """The lesson that the letters act on: the card's, or the highlighted one."""
        lessons, step = self.query_one(LessonList), self._view.next
        if step is not None and step.lesson is not None and not lessons.has_focus:
            return step.course, step.lesson.id
        return (lessons.row.course, lessons.row.lesson.id) if lessons.row else None

    @on(OptionList.OptionSelected)
    def action_learn(self) -> None:
        if self._chosen:
            self.app.open_lesson(*self._chosen)

    def action_quiz(self) -> None:
        if self._chosen:
            self.app.start_quiz(*self._chosen)

    def action_models(self) -> None:
        self.app.open_models()

    def action_talks(self) -> None:
        self.app.open_talks()

    @on(NextCard.Chosen)
    def _go(self) -> None:
        match self._view.next:
            case Resume() as step:
                self.app.open_quiz(step.state)
            case Read() as step:
                self.app.open_lesson(step.course, step.lesson.id)
            case Quiz() as step:
                self.app.start_quiz(step.course, step.lesson.id)
            case None:
                self.query_one(LessonList).focus()

    @on(NextCard.Left)
    def _to_lessons(self) -> None:
        self.query_one(LessonList).focus()

    @on(LessonList.Left)
    def _to_card(self) -> None:
        self.query_one(NextCard).focus()
