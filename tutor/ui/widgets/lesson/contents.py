"""The list of a lesson's sections: which one is open, which were read."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from textual import events
from textual.content import Content
from textual.widgets.option_list import Option

from tutor.ui.cells import fit
from tutor.ui.widgets.choice_list import ChoiceList


class ContentsList(ChoiceList):
    """Choosing an entry posts OptionSelected with the section's index."""

    def __init__(self) -> None:
        super().__init__(id="contents")
        self._state: tuple[Sequence[str], int, Collection[int]] = ((), 0, ())
        self._drawn: object = None

    def show(self, headings: Sequence[str], current: int, read: Collection[int]) -> None:
        """List `headings`; `current` and `read` are indexes into them."""
        self._state = (headings, current, read)
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        self._draw()

    def _draw(self) -> None:
        headings, current, read = self._state
        width = max(8, self.scrollable_content_region.width - 4)
        drawn = (tuple(headings), current, frozenset(read), width)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        highlighted = self.highlighted if self.has_focus else current
        self.set_options(
            Option(self._line(heading, at == current, at in read, width))
            for at, heading in enumerate(headings)
        )
        self.highlighted = highlighted if headings else None

    @staticmethod
    def _line(heading: str, current: bool, read: bool, width: int) -> Content:
        sign = "▸" if current else "✓" if read else " "
        style = "bold" if current else "$text-success" if read else ""
        return Content.assemble(
            (f"{sign} ", style), (fit(heading, width), "bold" if current else "")
        )
