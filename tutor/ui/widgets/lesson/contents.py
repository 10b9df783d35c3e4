"""The list of a lesson's sections: which one is open, which were read."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tutor.ui.cells import fit


class ContentsList(OptionList):
    """Choosing an entry posts OptionSelected with the section's index."""

    def __init__(self) -> None:
        super().__init__(id="contents", markup=False)
        self._shown: tuple[object, ...] = ()

    def show(self, headings: Sequence[str], current: int, read: Collection[int]) -> None:
        """List `headings`; `current` and `read` are indexes into them."""
        width = max(8, self.styles.width.cells or 28 if self.styles.width else 28) - 4
        state = (tuple(headings), current, frozenset(read), width)
        if state == self._shown:
            return
        self._shown = state
        highlighted = self.highlighted if self.has_focus else current
        self.set_options(
            Option(self._line(at, heading, at == current, at in read, width))
            for at, heading in enumerate(headings)
        )
        self.highlighted = highlighted

    @staticmethod
    def _line(at: int, heading: str, current: bool, read: bool, width: int) -> Content:
        sign = "▸" if current else "✓" if read else " "
        style = "bold" if current else "$text-success" if read else ""
        return Content.assemble(
            (f"{sign} ", style), (fit(heading, width), "bold" if current else "")
        )
