"""What every screen of Tutor has: the title line, the keys line, and its words in the learner's language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from textual import getters
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.css.query import NoMatches
from textual.screen import ModalScreen, Screen, ScreenResultType
from textual.widget import MountError

from tutor.ui.app import TutorApp
from tutor.ui.strings import Strings
from tutor.ui.widgets.chrome import KeyBar, TitleBar


class SpokenScreen(Screen[ScreenResultType]):
    """Says everything in `relabel`, which runs on mounting and with every F2."""

    app = getters.app(TutorApp)

    @property
    def strings(self) -> Strings:
        return self.app.strings

    @property
    def gone(self) -> bool:
        """Whether the screen is leaving, or has left."""
        return not self.is_attached or self not in self.app.screen_stack

    @contextmanager
    def while_here(self) -> Iterator[None]:
        """Around what a worker or a watcher does to the screen: that it left meanwhile is no error."""
        try:
            yield
        except (NoMatches, MountError):
            if not self.gone:
                raise

    def relabel(self) -> None:
        """Show everything in the present language; nothing typed, picked or scrolled may be lost."""

    def on_mount(self) -> None:
        self.watch(self.app, "language", self._language_changed, init=False)
        self.relabel()

    def _language_changed(self) -> None:
        with self.while_here():
            self.relabel()
            self.refresh_bindings()


class TutorScreen(SpokenScreen[ScreenResultType]):
    """Subclasses compose their `body`."""

    ESCAPE_TO_MINIMIZE = False

    @property
    def title_bar(self) -> TitleBar:
        return self.query_one(TitleBar)

    def body(self) -> ComposeResult:
        """The widgets between the two lines."""
        yield from ()

    def compose(self) -> ComposeResult:
        yield TitleBar()
        yield from self.body()
        yield KeyBar()


class TutorDialog(SpokenScreen[ScreenResultType], ModalScreen[ScreenResultType]):
    """A box over a screen; Esc leaves it. Subclasses fill `box`."""

    def box(self) -> ComposeResult:
        """The widgets inside the box."""
        yield from ()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield from self.box()
        yield KeyBar()
