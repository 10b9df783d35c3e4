"""A reply as Markdown: its numbers open passages, and what goes beyond the lesson is set off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from textual import on
from textual.message import Message
from textual.widgets import Markdown

from tutor.ui.widgets.course_markdown import CourseMarkdown, plain_parser
from tutor.ui.widgets.tutor_panel.marks import PASSAGE, marked


class ReplyMarkdown(CourseMarkdown):
    """While it streams it is plain; `settle` sets off what is known of it then. Links of the model's own open nothing."""

    class PassageOpened(Message):
        """A number in the text was clicked."""

        def __init__(self, section: str) -> None:
            super().__init__()
            self.section = section

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes, parser=self._parser)
        self._sections: dict[int, str] = {}
        self._beyond: list[str] = []
        self._plain = plain_parser().disable("strikethrough")

    async def settle(
        self, text: str, sections: Mapping[int, str], beyond: Sequence[tuple[int, int]]
    ) -> None:
        """Show the whole reply. `sections` by the number that cites them; `beyond`: [start, end) in `text`."""
        self._sections = dict(sections)
        self._beyond = [text[start:end] for start, end in beyond]
        await self.update(text)

    @on(Markdown.LinkClicked)
    def _link_clicked(self, event: Markdown.LinkClicked) -> None:
        event.stop()
        number = event.href.removeprefix(PASSAGE)
        section = self._sections.get(int(number)) if number.isdecimal() else None
        if section is not None:
            self.post_message(self.PassageOpened(section))

    def _parser(self) -> MarkdownIt:
        parser = plain_parser().disable("strikethrough")
        parser.core.ruler.push("marks", self._marks)
        return parser

    def _marks(self, state: StateCore) -> None:
        marked(state.tokens, self._sections, [self._plain.parse(each) for each in self._beyond])
