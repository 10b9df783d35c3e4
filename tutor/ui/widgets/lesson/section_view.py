"""One section of a lesson: its numbered heading and its text."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tutor.content.schema import Language, Section, say
from tutor.ui.widgets.course_markdown import CourseMarkdown


class SectionView(Vertical):
    """Its numbers are those of its passages: the tutor cites it by them."""

    def __init__(self, section: Section) -> None:
        super().__init__(classes="section")
        self.section, self.numbers = section, ""
        self._language: Language = "en"
        self._found = False

    def compose(self) -> ComposeResult:
        yield Static(classes="section-heading", markup=False)
        yield CourseMarkdown(classes="section-body")

    async def speak(self, language: Language, numbers: Sequence[int]) -> None:
        """Show the section in `language`, as the passages `numbers`, at least one; done when its text stands."""
        self._language = language
        first, last = numbers[0], numbers[-1]
        self.numbers = f"{first}" if first == last else f"{first}–{last}"
        self._show_heading()
        await self.query_one(CourseMarkdown).update(say(self.section.body, language))

    def mark_found(self, found: bool) -> None:
        """Set the section off as the one that was looked for, by a sign and a line at its side."""
        self._found = found
        self.set_class(found, "-found")
        self._show_heading()

    def _show_heading(self) -> None:
        sign = "▶ " if self._found else ""
        heading = Content.assemble(
            (f"[{self.numbers}] ", "$foreground-muted"),
            sign,
            say(self.section.heading, self._language),
        )
        self.query_one(".section-heading", Static).update(heading)
