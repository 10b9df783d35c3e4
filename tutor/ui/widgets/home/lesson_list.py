"""The list of lessons on home, course by course."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets.option_list import Option

from tutor.content.schema import Language
from tutor.ui.home_model import CourseRows, LessonRow
from tutor.ui.strings import Strings
from tutor.ui.widgets.choice_list import ChoiceList
from tutor.ui.widgets.home.rows import course_line, lesson_line, title_cells


class LessonList(ChoiceList):
    """Shows what `show` was given last; keeps the highlighted lesson through every redrawing."""

    class Left(Message):
        """The arrow up on the first lesson."""

    def __init__(self) -> None:
        super().__init__(id="lessons")
        self._courses: Sequence[CourseRows] = ()
        self._notes: Sequence[str] = ()
        self._rows: dict[str, LessonRow] = {}
        self._language: Language = "en"
        self._strings = Strings("en")

    @property
    def row(self) -> LessonRow | None:
        """The highlighted lesson."""
        option = self.highlighted_option
        return self._rows.get(option.id or "") if option else None

    def show(
        self,
        courses: Sequence[CourseRows],
        notes: Sequence[str],
        language: Language,
        strings: Strings,
    ) -> None:
        """Draw the courses, then `notes` (one line each) about those that cannot be used."""
        self._courses, self._notes = courses, notes
        self._language, self._strings = language, strings
        self._rows = {
            f"{row.course.course.id}/{row.lesson.id}": row
            for course in courses
            for row in course.rows
        }
        self._draw()

    def highlight(self, key: str | None) -> None:
        """Put the highlight on "course/lesson", or on the first lesson."""
        options = [option.id for option in self.options]
        first = next((at for at, id in enumerate(options) if id), None)
        self.highlighted = options.index(key) if key in options and key else first

    def action_cursor_up(self) -> None:
        enabled = [at for at, option in enumerate(self.options) if not option.disabled]
        if enabled and self.highlighted == enabled[0]:
            self.post_message(self.Left())
        else:
            super().action_cursor_up()

    def on_resize(self, event: events.Resize) -> None:
        self._draw()

    def _draw(self) -> None:
        if not self.size.width:
            return
        option = self.highlighted_option
        self.set_options(self._rows_of(self.scrollable_content_region.width))
        self.highlight(option.id if option else None)

    def _rows_of(self, width: int) -> Iterator[Option]:
        width = max(40, width - 2)
        titles = title_cells(self._courses, width, self._language)
        for at, course in enumerate(self._courses):
            if at:
                yield Option("", disabled=True)
            yield Option(course_line(course, width, self._language, self._strings), disabled=True)
            for row in course.rows:
                line = lesson_line(row, width, titles, self._language, self._strings)
                yield Option(line, id=f"{row.course.course.id}/{row.lesson.id}")
        for note in self._notes:
            yield Option(Content.assemble(("! ", "bold $text-warning"), note), disabled=True)
