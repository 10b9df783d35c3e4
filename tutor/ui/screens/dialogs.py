"""The two small boxes: is that what you want, and where is the file."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote, urlparse

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input, Static

from tutor.llm import installed
from tutor.llm.address import BadAddress, parse_address
from tutor.llm.gguf import BadGguf
from tutor.ui.errors import error_line
from tutor.ui.keymap import letter_binding
from tutor.ui.screens.base import TutorDialog


class ConfirmDialog(TutorDialog[bool]):
    """Asks a question of the strings, to be answered y or n."""

    BINDINGS: ClassVar[list[BindingType]] = [
        letter_binding("y", "answer(True)", "app.yes"),
        letter_binding("n,escape", "answer(False)", "app.no", key_display="n Esc"),
    ]

    def __init__(self, key: str, **fields: object) -> None:
        super().__init__()
        self._key, self._fields = key, fields

    def box(self) -> ComposeResult:
        yield Static(classes="dialog-text", markup=False)

    def relabel(self) -> None:
        self.query_one(".dialog-text", Static).update(self.strings(self._key, **self._fields))

    def action_answer(self, yes: bool) -> None:
        self.dismiss(yes)


class AddFileDialog(TutorDialog[str]):
    """Takes the path of a GGUF file or a server's address; gives the name the model got, or nothing."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        letter_binding("enter", "add", "models.add_this", key_display="Enter"),
        letter_binding("escape", "leave", "app.back", key_display="Esc"),
    ]

    def box(self) -> ComposeResult:
        yield Static(classes="dialog-title", markup=False)
        yield Input(id="path", compact=True)
        yield Static(classes="dialog-error", markup=False)

    def relabel(self) -> None:
        self.query_one(".dialog-title", Static).update(self.strings("models.add_title"))
        self.query_one(Input).placeholder = self.strings("models.add_hint")

    def action_leave(self) -> None:
        self.dismiss(None)

    @on(Input.Changed)
    def _typing(self) -> None:
        self.query_one(".dialog-error", Static).update("")

    @on(Input.Submitted)
    def action_add(self) -> None:
        typed = self.query_one(Input).value
        try:
            address = parse_address(typed)
        except BadAddress as error:
            self._refuse(str(error))
            return
        path = typed_path(typed)
        if address is not None:
            self.dismiss(str(address))
        elif path is None:
            self._refuse(self.strings("models.add_hint"))
        else:
            self._add(path)

    @work(group="add", exclusive=True)
    async def _add(self, path: Path) -> None:
        try:
            name = await asyncio.to_thread(installed.add, path, self.app.workspace.places.models)
        except (BadGguf, OSError) as error:
            self._refuse(error_line(error, self.strings))
        else:
            self.dismiss(name)

    def _refuse(self, line: str) -> None:
        with self.while_here():
            self.query_one(".dialog-error", Static).update(f"✗ {line}")


def typed_path(text: str) -> Path | None:
    """A path as people paste it: with quotes, as a file: address, or with ~."""
    plain = text.strip().strip("'\"")
    if plain.startswith("file:"):
        plain = unquote(urlparse(plain).path)
    return Path(plain).expanduser() if plain else None
