"""The author's hints, shown one by one, from a nudge to nearly the answer."""

from __future__ import annotations

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tutor.content.schema import Item, Language, say
from tutor.ui.strings import Strings
from tutor.ui.widgets.items.base import reveal
from tutor.ui.widgets.items.text import inline


class HintLadder(Vertical):
    """`shown` of the item's hints are open."""

    def __init__(self, item: Item, language: Language) -> None:
        super().__init__(classes="hints")
        self.hints = item.hints
        self.language = language
        self.shown = 0
        self.display = False

    @property
    def left(self) -> int:
        """How many hints are still closed."""
        return len(self.hints) - self.shown

    async def open(self, shown: int) -> None:
        """Show the first `shown` hints, as many as there are, the last one in sight."""
        self.shown = max(0, min(shown, len(self.hints)))
        self.display = self.shown > 0
        await self.remove_children()
        lines = [Static(self._line(at), classes="hint", markup=False) for at in range(self.shown)]
        await self.mount_all(lines)
        if lines:
            reveal(lines[-1])

    async def speak(self, language: Language) -> None:
        self.language = language
        await self.open(self.shown)

    def _line(self, at: int) -> Content:
        label = Strings(self.language)("quiz.hint_line", number=at + 1, count=len(self.hints))
        return (
            Content.styled(label, "bold $text-accent")
            + " "
            + inline(say(self.hints[at], self.language))
        )
