"""F1: the keys that work on the screen beneath."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tutor.ui.cells import fit
from tutor.ui.keymap import letter_binding
from tutor.ui.screens.base import TutorDialog
from tutor.ui.widgets.chrome.key_bar import key_label, shown_bindings

KEY_WIDTH = 9


class KeysScreen(TutorDialog[None]):
    """Lists what `beneath` binds; any of Esc, Enter and F1 closes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        letter_binding("escape,enter", "dismiss", "app.back", key_display="Esc", priority=True)
    ]

    def __init__(self, beneath: Screen[object]) -> None:
        super().__init__()
        self._beneath = beneath

    def box(self) -> ComposeResult:
        yield Static(classes="dialog-title", markup=False)
        with VerticalScroll():
            yield Static(id="keys", markup=False)

    def relabel(self) -> None:
        self.query_one(".dialog-title", Static).update(self.strings("app.keys_title"))
        bindings = shown_bindings(self._beneath, self.strings, hidden=True)
        self.query_one("#keys", Static).update(
            Content("\n").join(self._line(each) for each in bindings)
        )

    def _line(self, binding: Binding) -> Content:
        key = key_label(self.app.get_key_display(binding), binding)
        return Content.assemble(
            (fit(key, KEY_WIDTH), "bold $text-accent"), self.strings(binding.description)
        )
