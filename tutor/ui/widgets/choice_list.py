"""A list to choose from whose Enter shows in the keys line."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.widgets import OptionList

from tutor.ui.keymap import letter_binding


class ChoiceList(OptionList):
    """An OptionList without markup; Enter posts OptionSelected."""

    BINDINGS: ClassVar[list[BindingType]] = [
        letter_binding("enter", "select", "app.choose", key_display="Enter"),
    ]

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, markup=False)
