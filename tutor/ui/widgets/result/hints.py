"""The hints to an item: the author's one by one, from a nudge to nearly the answer, then the tutor's own."""

from __future__ import annotations

from collections.abc import Sequence

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tutor.content.schema import Explain, Item, Language, say
from tutor.study.record import OwnHint
from tutor.tutoring.gap import MOST_HINTS
from tutor.ui.strings import Strings
from tutor.ui.widgets.items.base import reveal
from tutor.ui.widgets.items.text import inline, one_line


class HintLadder(Vertical):
    """`shown` of the item's hints are open, and below them `own`."""

    def __init__(self, item: Item, language: Language) -> None:
        super().__init__(classes="hints")
        self.hints = item.hints
        self.language = language
        self.shown = 0
        self.own: list[OwnHint] = []
        self._room = min(MOST_HINTS, len(item.points)) if isinstance(item, Explain) else 0
        self.display = False

    @property
    def left(self) -> int:
        """How many of the author's hints are still closed."""
        return len(self.hints) - self.shown

    @property
    def room(self) -> int:
        """How many hints of its own the tutor may still give, once the author's are open."""
        return self._room - len(self.own)

    @property
    def used(self) -> int:
        """How many hints are open, whoever wrote them."""
        return self.shown + len(self.own)

    async def open(self, shown: int, own: Sequence[OwnHint] = ()) -> None:
        """Show the first `shown` of the author's hints, as many as there are, and `own`; the last one in sight."""
        self.shown = max(0, min(shown, len(self.hints)))
        self.own = list(own)
        self.display = self.used > 0
        await self.remove_children()
        lines = [
            *(self._line(at) for at in range(self.shown)),
            *(self._own_line(at) for at in range(len(self.own))),
        ]
        await self.mount_all([Static(line, classes="hint", markup=False) for line in lines])
        if self.children:
            reveal(self.children[-1])

    async def speak(self, language: Language) -> None:
        self.language = language
        await self.open(self.shown, self.own)

    def _line(self, at: int) -> Content:
        label = Strings(self.language)("quiz.hint_line", number=at + 1, count=len(self.hints))
        return _labelled(label, inline(say(self.hints[at], self.language)))

    def _own_line(self, at: int) -> Content:
        label = Strings(self.language)("quiz.hint_own", number=len(self.hints) + at + 1)
        return _labelled(label, Content(one_line(self.own[at].text)))


def _labelled(label: str, hint: Content) -> Content:
    return Content.styled(label, "bold $text-accent") + " " + hint
