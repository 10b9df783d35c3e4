"""Items answered by moving through rows: the row itself, and the cursor over a list of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tutor.ui.widgets.items.base import ItemWidget, reveal


@dataclass(frozen=True)
class RowView:
    """What a row shows: `lead` (sign and number), `body`, a `note` under it, and CSS `state` classes."""

    lead: str
    body: Content
    note: Content | None = None
    state: tuple[str, ...] = ()


STATES = ("-picked", "-right", "-wrong", "-unsure", "-grabbed", "-dim")


class Row(Horizontal):
    """One line of a list, with a hanging indent; `index` is its place in the list."""

    class Clicked(Message):
        def __init__(self, row: Row) -> None:
            super().__init__()
            self.row = row

    def __init__(self, index: int, *, group: str = "row") -> None:
        super().__init__(classes=f"row {group}")
        self.index = index
        self.group = group

    def compose(self) -> ComposeResult:
        yield Static("", classes="row-lead", markup=False)
        with Vertical(classes="row-text"):
            yield Static("", classes="row-body", markup=False)
            yield Static("", classes="row-note", markup=False)

    def show(self, view: RowView, *, cursor: bool) -> None:
        """Draw `view`; the row under the cursor has a sign of its own, not only a colour."""
        self.query_one(".row-lead", Static).update(
            Content(f"{'›' if cursor else ' '} {view.lead} ")
        )
        self.query_one(".row-body", Static).update(view.body)
        note = self.query_one(".row-note", Static)
        note.display = view.note is not None
        note.update(view.note or Content(""))
        self.set_class(cursor, "-cursor")
        for state in STATES:
            self.set_class(state in view.state, state)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Clicked(self))


HAND_IN = Binding("enter", "screen.hand_in", "quiz.hand_in", id="quiz.hand_in", key_display="Enter")


class RowsItem(ItemWidget, can_focus=True):
    """A list of rows with a cursor. Digits act on the row or place of that number, 0 standing for the tenth."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", "item.up", show=False, id="item.up"),
        Binding("down", "step(1)", "item.down", show=False, id="item.down"),
        Binding("space", "take", "item.take", show=False, id="item.take"),
        HAND_IN,
    ]

    cursor: int = -1

    def views(self) -> list[RowView]:
        """What each row shows now, in order."""
        raise NotImplementedError

    def size_of_list(self) -> int:
        raise NotImplementedError

    def moved(self) -> None:
        """The cursor moved, before it is drawn."""

    def take(self) -> None:
        """Space, or a click on the row under the cursor."""
        raise NotImplementedError

    def digit(self, number: int) -> None:
        """A digit was pressed; `number` counts from 0 and is within the list."""
        raise NotImplementedError

    def compose_parts(self) -> ComposeResult:
        with Vertical(classes="rows"):
            for index in range(self.size_of_list()):
                yield Row(index)

    def refresh_parts(self) -> None:
        rows = self.query(Row).filter(".row.row")
        for row, view in zip(
            [row for row in rows if row.group == "row"], self.views(), strict=True
        ):
            row.show(view, cursor=row.index == self.cursor and not self.locked)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A locked item lets its keys through to the screen."""
        return not (self.locked and action in {"step", "take"})

    def action_step(self, by: int) -> None:
        first = 0 if by > 0 else self.size_of_list() - 1
        self.put_cursor(first if self.cursor < 0 else self.cursor + by)

    def put_cursor(self, index: int) -> None:
        """Move the cursor to `index`, or as near as the list allows."""
        self.cursor = max(0, min(index, self.size_of_list() - 1))
        self.moved()
        self.refresh_parts()
        self.reveal_cursor()

    def reveal_cursor(self) -> None:
        for row in self.query(Row):
            if row.group == "row" and row.index == self.cursor:
                reveal(row)

    def action_take(self) -> None:
        self.take()

    def on_key(self, event: events.Key) -> None:
        if self.locked or event.character is None or not event.character.isdecimal():
            return
        number = (int(event.character) - 1) % 10
        if number < self.size_of_list():
            event.stop()
            self.digit(number)

    def on_row_clicked(self, event: Row.Clicked) -> None:
        event.stop()
        if not self.locked:
            self.focus()
            self.clicked(event.row)

    def clicked(self, row: Row) -> None:
        """A row was clicked: as if the cursor went there and space was pressed."""
        self.put_cursor(row.index)
        self.take()
