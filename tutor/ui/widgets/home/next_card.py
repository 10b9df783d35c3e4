"""The card on home that says the one thing to do next."""

from __future__ import annotations

from typing import ClassVar

from textual.app import RenderResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tutor.ui.cells import fit
from tutor.ui.keymap import letter_binding


class NextCard(Widget, can_focus=True):
    """`title` is what to do, `detail` where one stands, `key` the key that does it; all plain text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        letter_binding("enter", "go", "home.go", key_display="Enter"),
        letter_binding("down", "leave", "home.to_lessons", show=False),
    ]

    title: reactive[str] = reactive("", layout=True)
    detail: reactive[str] = reactive("", layout=True)
    key: reactive[str] = reactive("")

    class Chosen(Message):
        """Enter, or a click."""

    class Left(Message):
        """The arrow down: on to the lessons."""

    def render(self) -> RenderResult:
        room = max(1, self.size.width - Content(self.key).cell_length - 1)
        return Content.assemble(
            (fit(self.title, room), "bold"),
            " ",
            (self.key, "bold $text-accent"),
            "\n",
            (fit(self.detail, self.size.width), "$foreground-muted"),
        )

    def action_go(self) -> None:
        self.post_message(self.Chosen())

    def action_leave(self) -> None:
        self.post_message(self.Left())

    def on_click(self) -> None:
        self.action_go()
