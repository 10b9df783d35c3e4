"""All talks with the tutor, searched as one types."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tutor.exchange.markdown_guard import guarded, plain
from tutor.exchange.talks import as_markdown
from tutor.exchange.writing import free_path, write_whole
from tutor.study import record
from tutor.study.errors import StoreError
from tutor.study.record import Talk, Turn
from tutor.ui.cells import fit
from tutor.ui.keymap import letter_binding
from tutor.ui.screens.base import TutorDialog
from tutor.ui.talk_words import about, document_words, name, topic
from tutor.ui.widgets.course_markdown import CourseMarkdown
from tutor.ui.widgets.items.text import one_line

NAME_CELLS = 34
LAST_TURNS, TURNS_SHOWN = 3, 12
"""Of a talk that nothing was searched in: its end; else so many turns from the one that was found on."""


class TalksDialog(TutorDialog[str]):
    """Typing searches, the arrows choose, the talk shows at once; gives the scope of the talk to open."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        letter_binding("enter", "open", "talks.open", key_display="Enter", priority=True),
        letter_binding("ctrl+s", "export", "talks.export", key_display="^S"),
        letter_binding("down", "step(1)", "talks.next", show=False),
        letter_binding("up", "step(-1)", "talks.previous", show=False),
        letter_binding("pagedown", "scroll(1)", "talks.page_down", show=False),
        letter_binding("pageup", "scroll(-1)", "talks.page_up", show=False),
        letter_binding("escape", "dismiss", "app.back", key_display="Esc"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._talks: list[Talk] = []

    def box(self) -> ComposeResult:
        yield Static(classes="dialog-title", markup=False)
        yield Input(id="talks-search", compact=True)
        found = OptionList(id="talks-found", markup=False)
        found.can_focus = False
        yield found
        with VerticalScroll(id="talks-preview", can_focus=False):
            yield CourseMarkdown()

    def relabel(self) -> None:
        self.query_one(".dialog-title", Static).update(self.strings("talks.title"))
        self.query_one(Input).placeholder = self.strings("talks.search")
        self._search()

    @property
    def chosen(self) -> Talk | None:
        """The highlighted talk."""
        at = self.query_one(OptionList).highlighted
        return self._talks[at] if at is not None and at < len(self._talks) else None

    @on(Input.Changed)
    @work(group="talks", exclusive=True)
    async def _search(self) -> None:
        query = self.query_one(Input).value
        try:
            found = await self.app.store_call(record.talks, query)
        except StoreError as error:
            self.app.error(error)
            return
        with self.while_here():
            self._talks = found
            listed = self.query_one(OptionList)
            listed.set_options(Option(self._line(talk)) for talk in found)
            listed.highlighted = 0 if found else None
            if not found:
                key = "talks.nothing" if query.strip() else "talks.none"
                await self.query_one(CourseMarkdown).update(self.strings(key))

    def _line(self, talk: Talk) -> Content:
        called = one_line(name(talk.scope, self.app.workspace.courses, self.strings))
        moment = datetime.fromisoformat(talk.last_utc)
        day = moment.astimezone(self.app.workspace.clock().tzinfo).date()
        facts = f"{self.strings('talks.turns', count=talk.turns)} · {day}"
        return Content.assemble(fit(called, NAME_CELLS), (f"  {facts}", "$foreground-muted"))

    @on(OptionList.OptionHighlighted)
    def _highlighted(self) -> None:
        if self.chosen:
            self._preview(self.chosen, bool(self.query_one(Input).value.strip()))

    @work(group="preview", exclusive=True)
    async def _preview(self, talk: Talk, searched: bool) -> None:
        try:
            turns = await self.app.store_call(record.talk, talk.scope)
        except StoreError as error:
            self.app.error(error)
            return
        at = next((at for at, turn in enumerate(turns) if turn.id == talk.found), 0)
        first = at if searched else max(0, len(turns) - LAST_TURNS)
        with self.while_here():
            text = self._document(turns[first : first + TURNS_SHOWN])
            await self.query_one(CourseMarkdown).update(text)
            self.query_one("#talks-preview").scroll_home(animate=False)

    def _document(self, turns: Sequence[Turn]) -> str:
        unanswered = f"*{self.strings('talks.unanswered')}*"
        return "\n\n".join(
            f"**{plain(turn.question)}**\n\n{guarded(turn.reply) if turn.reply else unanswered}"
            for turn in turns
        )

    def action_step(self, by: int) -> None:
        listed = self.query_one(OptionList)
        if listed.highlighted is not None:
            listed.highlighted = (listed.highlighted + by) % len(self._talks)

    def action_scroll(self, by: int) -> None:
        preview = self.query_one("#talks-preview")
        if by > 0:
            preview.scroll_page_down(animate=False)
        else:
            preview.scroll_page_up(animate=False)

    def action_open(self) -> None:
        talk = self.chosen
        if talk is None:
            return
        if topic(talk.scope, self.app.workspace.courses) is None:
            self.app.say("talks.gone")
        else:
            self.dismiss(talk.scope)

    @work(group="export", exclusive=True)
    async def action_export(self) -> None:
        """Write the talk into the folder of the profile, under a name of its own."""
        if self.chosen is None:
            return
        try:
            path = await asyncio.to_thread(self._export, self.chosen.scope)
        except (StoreError, OSError) as error:
            self.app.error(error)
        else:
            self.app.say("talks.exported", path=path)

    def _export(self, scope: str) -> Path:
        workspace, strings = self.app.workspace, self.strings
        turns = record.talk(workspace.store, scope)
        told = about(scope, turns, workspace.courses, strings)
        folder = workspace.store.path.parent / "talks"
        folder.mkdir(exist_ok=True)
        path = free_path(folder, scope, ".md")
        write_whole(path, as_markdown([told], document_words(strings)))
        return path
