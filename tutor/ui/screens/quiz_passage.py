"""The section of the lesson that teaches an item, over whatever is open."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Markdown, Static

from tutor.content.loader import LoadedCourse
from tutor.content.schema import Lesson, Section, say
from tutor.ui.keymap import letter_binding
from tutor.ui.screens.base import TutorDialog
from tutor.ui.widgets.course_markdown import CourseMarkdown
from tutor.ui.widgets.items.text import one_line, printed


class PassageDialog(TutorDialog[None]):
    """Read, scroll, and back with Esc; `l` goes on reading in the lesson."""

    BINDINGS: ClassVar[list[BindingType]] = [
        letter_binding("escape,enter,p", "close", "quiz.passage_close", key_display="Esc"),
        letter_binding("l", "read", "quiz.passage_read"),
    ]

    def __init__(self, course: LoadedCourse, lesson: Lesson, section: Section) -> None:
        super().__init__(classes="passage-dialog")
        self.course, self.lesson, self.section = course, lesson, section

    def box(self) -> ComposeResult:
        yield Static("", classes="passage-heading", markup=False)
        with VerticalScroll(classes="passage"):
            yield CourseMarkdown()

    def relabel(self) -> None:
        language = self.app.language
        heading = one_line(say(self.section.heading, language))
        title = one_line(say(self.lesson.title, language))
        shown = Content.assemble((heading, "bold"), (f"  {title}", "$text-muted"))
        self.query_one(".passage-heading", Static).update(shown)
        self.query_one(Markdown).update(printed(say(self.section.body, language)))
        self.query_one(VerticalScroll).focus()

    def action_close(self) -> None:
        self.dismiss()

    def action_read(self) -> None:
        self.dismiss()
        self.app.open_lesson(self.course, self.lesson.id, self.section.id)
