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

        def __init__(self, passage: str) -> None:
            """`passage`: what `settle` was given for the number."""
            super().__init__()
            self.passage = passage

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes, parser=self._parser)
        self._passages: dict[int, str] = {}
        self._beyond: list[str] = []
        self._plain = plain_parser().disable("strikethrough")

    async def settle(
        self, text: str, passages: Mapping[int, str], beyond: Sequence[tuple[int, int]]
    ) -> None:
        """Show the whole reply. `passages` by the number that cites them; `beyond`: [start, end) in `text`."""
        self._passages = dict(passages)
        self._beyond = [text[start:end] for start, end in beyond]
        await self.update(text)

    @on(Markdown.LinkClicked)
    def _link_clicked(self, event: Markdown.LinkClicked) -> None:
        event.stop()
        number = event.href.removeprefix(PASSAGE)
        passage = self._passages.get(int(number)) if number.isdecimal() else None
        if passage is not None:
            self.post_message(self.PassageOpened(passage))

    def _parser(self) -> MarkdownIt:
        parser = plain_parser().disable("strikethrough")
        parser.core.ruler.push("marks", self._marks)
        return parser

    def _marks(self, state: StateCore) -> None:
        marked(state.tokens, self._passages, [self._plain.parse(each) for each in self._beyond])
