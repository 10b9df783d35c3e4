"""One question to the tutor and its reply, as it streams in and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

import msgspec
from msgspec import Struct
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Markdown, Static

from tutor.study.record import Turn
from tutor.ui.strings import Strings
from tutor.ui.widgets.course_markdown import CourseMarkdown
from tutor.ui.widgets.items.text import one_line, printed
from tutor.ui.widgets.tutor_panel.paced import PacedText


class Source(Struct, frozen=True):
    """A passage the reply leans on; `n` is the number in its `[n]`."""

    n: int
    section: str
    text: str = ""


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
        def __init__(self, section: str) -> None:
            super().__init__()
            self.section = section

    def __init__(self, source: Source, heading: str) -> None:
        label = Content.assemble((f"[{source.n}]", "bold $text-accent"), f" {one_line(heading)}")
        super().__init__(label, classes="source", markup=False)
        self.section = source.section

    def action_open(self) -> None:
        self.post_message(self.Opened(self.section))

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.action_open()


class TurnView(Vertical):
    """The question, the reply as Markdown that cannot open links, its sources, and what the lesson does not say."""

    def __init__(self, question: str) -> None:
        super().__init__(classes="turn")
        self.question = question

    def compose(self) -> ComposeResult:
        yield Static(Content(f"› {printed(self.question)}"), classes="turn-question", markup=False)
        yield CourseMarkdown(classes="turn-reply")
        yield Vertical(classes="turn-sources")
        yield Static("", classes="turn-note", markup=False)

    @property
    def reply(self) -> Markdown:
        return self.query_one(".turn-reply", Markdown)

    def stream(self, typed: Callable[[], float]) -> PacedText:
        """Where the pieces of the reply are written to; `typed` tells when a key last came, on the monotonic clock."""
        return PacedText(self.reply, typed)

    async def settle(self, text: str) -> None:
        """Show the whole reply in place of what was streamed."""
        await self.reply.update(printed(text))

    async def cite(self, sources: Sequence[Source], headings: dict[str, str]) -> None:
        """List the passages under the reply; `headings` names each section."""
        box = self.query_one(".turn-sources", Vertical)
        await box.remove_children()
        lines = [SourceLine(each, headings.get(each.section, each.section)) for each in sources]
        await box.mount_all(lines)

    def note(self, line: str) -> None:
        """A quiet line under the reply."""
        shown = self.query_one(".turn-note", Static)
        shown.update(Content(printed(line)))
        shown.display = bool(line)


async def show_turn(view: TurnView, turn: Turn, headings: dict[str, str], strings: Strings) -> None:
    """Fill a mounted view with a turn from the record."""
    await view.settle(turn.reply or "")
    await view.cite(sources_of(turn.citations), headings)
    unfinished = turn.finish in (None, "cancelled", "error")
    view.note(strings("tutor.stopped") if unfinished else "")
