"""One question to the tutor and its reply, as it streams in and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

import msgspec
from msgspec import Struct
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tutor.study.payloads import Finish
from tutor.study.record import Turn
from tutor.ui.strings import Strings
from tutor.ui.widgets.items.text import one_line, printed
from tutor.ui.widgets.tutor_panel.paced import PacedText
from tutor.ui.widgets.tutor_panel.reply_markdown import ReplyMarkdown


class Source(Struct, frozen=True):
    """A passage the reply leans on; `n` is the number in its `[n]`."""

    n: int
    section: str
    lesson: str = ""
    text: str = ""

    @property
    def passage(self) -> str:
        """`lesson/section`, as passages are called."""
        return f"{self.lesson}/{self.section}"


def sources_of(citations: Sequence[dict[str, object]]) -> list[Source]:
    """The citations kept with a turn; what is not one (an older program's) is left out."""
    found: list[Source] = []
    for citation in citations:
        try:
            found.append(msgspec.convert(citation, Source))
        except msgspec.ValidationError:
            continue
    return found


class SourceLine(Static, can_focus=True):
    """One cited passage; Enter or a click opens it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "tutor.open_source", id="tutor.open_source", key_display="Enter")
    ]

    class Opened(Message):
        def __init__(self, passage: str) -> None:
            """`passage`: its lesson's and its section's id, `lesson/section`."""
            super().__init__()
            self.passage = passage

    def __init__(self, source: Source, heading: str) -> None:
        label = Content.assemble((f"[{source.n}]", "bold $text-accent"), f" {one_line(heading)}")
        super().__init__(label, classes="source", markup=False)
        self.passage = source.passage

    def action_open(self) -> None:
        self.post_message(self.Opened(self.passage))

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.action_open()


class TurnView(Vertical):
    """The question, the reply as Markdown that opens nothing but passages, its sources, and a note."""

    def __init__(self, question: str) -> None:
        super().__init__(classes="turn")
        self.question = question

    def compose(self) -> ComposeResult:
        yield Static(Content(f"› {printed(self.question)}"), classes="turn-question", markup=False)
        yield ReplyMarkdown(classes="turn-reply")
        yield Vertical(classes="turn-sources")
        yield Static("", classes="turn-note", markup=False)

    @property
    def reply(self) -> ReplyMarkdown:
        return self.query_one(".turn-reply", ReplyMarkdown)

    def stream(self, typed: Callable[[], float]) -> PacedText:
        """Where the pieces of the reply are written to; `typed` tells when a key last came, on the monotonic clock."""
        return PacedText(self.reply, typed)

    async def settle(
        self,
        text: str,
        sources: Sequence[Source],
        headings: Mapping[str, str],
        beyond: Sequence[tuple[int, int]] = (),
    ) -> None:
        """Show the whole reply in place of what was streamed, and list its passages; `headings` names each by
        `lesson/section`; one that it does not know is called what it was called when it was cited.

        `beyond`: [start, end) of `text`, which is free of escapes, that the lesson does not say.
        """
        await self.reply.settle(text, {each.n: each.passage for each in sources}, beyond)
        box = self.query_one(".turn-sources", Vertical)
        await box.remove_children()
        lines = [
            SourceLine(each, headings.get(each.passage, each.text or each.section))
            for each in sources
        ]
        await box.mount_all(lines)

    @on(ReplyMarkdown.PassageOpened)
    def _passage_opened(self, event: ReplyMarkdown.PassageOpened) -> None:
        event.stop()
        self.post_message(SourceLine.Opened(event.passage))

    def note(self, line: str) -> None:
        """A quiet line under the reply."""
        shown = self.query_one(".turn-note", Static)
        shown.update(Content(printed(line)))
        shown.display = bool(line)


async def show_turn(
    view: TurnView, turn: Turn, headings: Mapping[str, str], strings: Strings
) -> None:
    """Fill a mounted view with a turn from the record."""
    reply = turn.reply or ""
    text = printed(reply)
    beyond = turn.unsupported if text == reply else []
    await show_reply(view, text, sources_of(turn.citations), beyond, turn.finish, headings, strings)


async def show_reply(
    view: TurnView,
    text: str,
    sources: Sequence[Source],
    beyond: Sequence[tuple[int, int]],
    finish: Finish | None,
    headings: Mapping[str, str],
    strings: Strings,
) -> None:
    """See `settle`; below it stands whether the reply was cut off, and what its marks mean. `finish`: None if it never ended."""
    await view.settle(text, sources, headings, beyond)
    lines = [strings("tutor.stopped")] if finish in (None, "cancelled", "error") else []
    view.note("\n".join([*lines, *([strings("tutor.beyond_marks")] if beyond else [])]))
