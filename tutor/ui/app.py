"""The application: its keys, and the ways from one screen to another."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.binding import BindingType
from textual.command import CommandPalette

from tutor.content.loader import LoadedCourse
from tutor.content.schema import say
from tutor.study import session
from tutor.study.errors import StoreError
from tutor.study.session import SessionState
from tutor.study.store import Store
from tutor.ui.app_models import ModelApp
from tutor.ui.commands import TutorCommands
from tutor.ui.keymap import letter_binding
from tutor.ui.workspace import Start, Workspace

FIRST_RUN = "first_run"
"""Kept in the record as "done" once a model was chosen or declined."""


class TutorApp(ModelApp):
    """`start` opens a lesson or a quiz at once, over home."""

    TITLE = "Tutor"
    CSS_PATH = ["app.tcss", "quiz.tcss"]  # noqa: RUF012
    COMMANDS = {TutorCommands}  # noqa: RUF012
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        letter_binding("f1", "keys", "app.help", key_display="F1", priority=True),
        letter_binding(
            "f2", "switch_language", "app.switch_language", key_display="F2", priority=True
        ),
        letter_binding("ctrl+p", "command_palette", "app.palette", key_display="^P", priority=True),
        letter_binding("ctrl+q", "quit", "app.quit", key_display="^Q", priority=True, show=False),
    ]

    def __init__(self, workspace: Workspace, *, start: Start | None = None) -> None:
        super().__init__(workspace)
        self._start = start

    async def on_mount(self) -> None:
        from tutor.ui.screens.home import HomeScreen

        await self.push_screen(HomeScreen())
        if self.workspace.settings.model:
            self.use_model(self.workspace.settings.model)
        if await self._is_first_run():
            from tutor.ui.screens.first_run import FirstRun

            FirstRun(self).begin()
        else:
            self.go_to_start()

    async def on_unmount(self) -> None:
        await self.keeper.close()
        self.workspace.store.close()

    def go_to_start(self) -> bool:
        """Open what the program was started for; whether there was anything."""
        start, self._start = self._start, None
        if start is None:
            return False
        course = self.workspace.course(start.course)
        if course is None:
            self.say("error.no_course", course=start.course)
            return False
        if start.mode == "quiz":
            self.start_quiz(course, start.lesson, start.count)
        else:
            self.open_lesson(course, start.lesson or course.lessons[0].id, start.section)
        return True

    def open_lesson(self, course: LoadedCourse, lesson_id: str, section: str | None = None) -> None:
        """Read a lesson, at `section` or where it was left."""
        from tutor.ui.screens.lesson import LessonScreen

        lesson = course.lesson(lesson_id)
        if lesson is None:
            self.say("error.no_lesson", lesson=lesson_id)
        else:
            self.push_screen(LessonScreen(course, lesson, section))

    def open_quiz(self, state: SessionState) -> None:
        """Go on with a session of items."""
        from tutor.ui.screens.quiz import QuizScreen

        course = self.workspace.course(state.course)
        if course is None:
            self.say("error.no_course", course=state.course)
        else:
            self.push_screen(QuizScreen(state, course))

    def open_models(self) -> None:
        from tutor.ui.screens.models import ModelsScreen

        if not any(isinstance(screen, ModelsScreen) for screen in self.screen_stack):
            self.push_screen(ModelsScreen())

    def open_talks(self) -> None:
        """Look for something that was asked."""
        from tutor.ui.screens.talks import TalksDialog

        if not isinstance(self.screen, TalksDialog):
            self.push_screen(TalksDialog(), self.open_talk)

    async def open_talk(self, scope: str | None) -> None:
        """Go on with a talk, in the lesson that it is about; None, or a place that is gone, opens nothing."""
        from tutor.ui.screens.lesson import LessonScreen
        from tutor.ui.talk_words import topic

        found = topic(scope, self.workspace.courses) if scope else None
        if scope is None or found is None or found.lesson is None:
            return
        section = found.item.section if found.item else None
        beneath = self.screen
        if isinstance(beneath, LessonScreen) and beneath.lesson is found.lesson:
            await beneath.talk_about(scope, section)
        else:
            self.push_screen(LessonScreen(found.course, found.lesson, section, talk=scope))

    def open_home(self) -> None:
        """Back to home, whatever is open over it."""
        while len(self.screen_stack) > 2:
            self.pop_screen()

    @work(group="start_quiz", exclusive=True)
    async def start_quiz(
        self, course: LoadedCourse, lesson_id: str | None, count: int | None = None
    ) -> None:
        """Begin a quiz of a lesson or the whole course, or go on with the one of it that was left."""
        try:
            left = await self.store_call(session.unfinished)
            if left is None or (left.course, left.lesson) != (course.course.id, lesson_id):
                left = await self._new_quiz(course, lesson_id, count)
        except StoreError as error:
            self.error(error)
            return
        if left is None:
            self.say("error.no_items")
        else:
            self.open_quiz(left)

    async def _new_quiz(
        self, course: LoadedCourse, lesson_id: str | None, count: int | None
    ) -> SessionState | None:
        lesson = course.lesson(lesson_id) if lesson_id else None
        seed = int(self.workspace.clock().timestamp())
        items = session.plan(course, lesson, "quiz", count, seed)
        if not items:
            return None
        return await self.store_call(
            session.start,
            mode="quiz",
            course=course.course.id,
            lesson=lesson_id,
            items=items,
            seed=seed,
            title=say((lesson or course.course).title, self.language),
        )

    def action_keys(self) -> None:
        from tutor.ui.screens.keys import KeysScreen

        if isinstance(self.screen, KeysScreen):
            self.screen.dismiss()
        else:
            self.push_screen(KeysScreen(self.screen))

    def action_command_palette(self) -> None:
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(CommandPalette(placeholder=self.strings("app.palette_hint")))

    async def _is_first_run(self) -> bool:
        if self.workspace.settings.language is None:
            return True
        if self.workspace.settings.model:
            return False
        try:
            return await self.store_call(Store.kept, FIRST_RUN) is None
        except StoreError as error:
            self.error(error)
            return False
