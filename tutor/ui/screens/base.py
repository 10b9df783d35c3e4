"""What every screen of Tutor has: the title line, the keys line, and its words in the learner's language."""

from __future__ import annotations

from textual import getters
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen, ScreenResultType

from tutor.ui.app import TutorApp
from tutor.ui.strings import Strings
from tutor.ui.widgets.chrome import KeyBar, TitleBar


class TutorScreen(Screen[ScreenResultType]):
    """Subclasses compose their `body` and say everything again in `relabel`, which runs on mounting and with every F2."""

    app = getters.app(TutorApp)
    ESCAPE_TO_MINIMIZE = False

    @property
    def strings(self) -> Strings:
        return self.app.strings

    @property
    def title_bar(self) -> TitleBar:
        return self.query_one(TitleBar)

    def body(self) -> ComposeResult:
        """The widgets between the two lines."""
        yield from ()

    def relabel(self) -> None:
        """Show everything in the present language; nothing typed, picked or scrolled may be lost."""

    def compose(self) -> ComposeResult:
        yield TitleBar()
        yield from self.body()
        yield KeyBar()

    def on_mount(self) -> None:
        self.watch(self.app, "language", self._language_changed, init=False)
        self.relabel()

    def _language_changed(self) -> None:
        self.relabel()
        self.refresh_bindings()


class TutorDialog(ModalScreen[ScreenResultType]):
    """A box over a screen; Esc leaves it. Subclasses fill `box` and say everything in `relabel`."""

    app = getters.app(TutorApp)

    @property
    def strings(self) -> Strings:
        return self.app.strings

    def box(self) -> ComposeResult:
        """The widgets inside the box."""
        yield from ()

    def relabel(self) -> None:
        """Show everything in the present language."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield from self.box()
        yield KeyBar()

    def on_mount(self) -> None:
        self.watch(self.app, "language", self._language_changed, init=False)
        self.relabel()

    def _language_changed(self) -> None:
        self.relabel()
        self.refresh_bindings()
