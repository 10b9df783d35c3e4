"""Gaps in a text to fill in."""

from __future__ import annotations

from itertools import pairwise

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tutor.content.cloze import GAP_MARK, gap_marks
from tutor.content.schema import Cloze, Language, say
from tutor.grading.answer import Answer, ClozeAnswer
from tutor.ui.widgets.items.base import ItemWidget, reveal
from tutor.ui.widgets.items.line import LONGEST_LINE
from tutor.ui.widgets.items.text import inline, one_line, printed


class GapRow(Horizontal):
    """The input of one gap, numbered as in the text."""

    def __init__(self, gap: str) -> None:
        super().__init__(classes="gap")
        self.gap = gap

    def compose(self) -> ComposeResult:
        yield Static("", classes="gap-number", markup=False)
        yield Input(max_length=LONGEST_LINE, classes="gap-input", compact=True)
        yield Static("", classes="gap-mark", markup=False)

    @property
    def input(self) -> Input:
        return self.query_one(Input)

    def show(self, number: str, mark: str) -> None:
        self.query_one(".gap-number", Static).update(Content(number))
        shown = self.query_one(".gap-mark", Static)
        shown.update(Content(printed(mark)))
        shown.display = bool(mark)


class ClozeItem(ItemWidget):
    """The text with numbered gaps that fill as one types, and an input for each. Enter goes on; after the last it hands in."""

    KIND = "cloze"

    def __init__(self, item: Cloze, language: Language, seed: int = 0) -> None:
        super().__init__(item, language, seed)
        self.item = item
        every = [gap for text in item.text.values() for gap in gap_marks(text)]
        self.gaps = list(dict.fromkeys(every))

    def compose_parts(self) -> ComposeResult:
        yield Static("", classes="cloze-text", markup=False)
        with Vertical(classes="gaps"):
            for gap in self.gaps:
                yield GapRow(gap)

    def rows(self) -> list[GapRow]:
        """The gaps of the present language, in the order of its text."""
        by_gap = {row.gap: row for row in self.query(GapRow)}
        marks = dict.fromkeys(gap_marks(say(self.item.text, self.language)))
        return [by_gap[gap] for gap in marks]

    def answer(self) -> Answer:
        return ClozeAnswer(gaps={row.gap: row.input.value for row in self.rows()})

    def missing(self) -> int:
        return sum(not row.input.value.strip() for row in self.rows())

    def restore_answer(self, answer: Answer) -> None:
        if isinstance(answer, ClozeAnswer):
            for row in self.query(GapRow):
                row.input.value = one_line(answer.gaps.get(row.gap, ""))
            self.refresh_parts()

    def focus_answer(self) -> None:
        rows = self.rows()
        empty = next((row for row in rows if not row.input.value.strip()), rows[0])
        empty.input.focus()

    def freeze(self) -> None:
        super().freeze()
        for row in self.query(GapRow):
            row.input.disabled = True

    def refresh_parts(self) -> None:
        rows = self.rows()
        for row in self.query(GapRow):
            row.display = row in rows
        self._put_in_order(rows)
        for number, row in enumerate(rows, 1):
            row.show(str(number), self._mark(row))
            met = self.met(row.gap)
            row.set_class(met is True, "-right")
            row.set_class(met is False, "-wrong")
        self.query_one(".cloze-text", Static).update(self._filled(rows))

    def _put_in_order(self, rows: list[GapRow]) -> None:
        """Rows stand as the gaps do in the text of this language."""
        gaps = self.query_one(".gaps", Vertical)
        for before, after in pairwise(rows):
            children = list(gaps.children)
            if children.index(before) > children.index(after):
                gaps.move_child(after, after=before)

    def _filled(self, rows: list[GapRow]) -> Content:
        numbers = {row.gap: number for number, row in enumerate(rows, 1)}
        typed = {row.gap: row.input.value for row in rows}
        here = [row.gap for row in rows if row.input.has_focus and not self.locked]
        parts: list[Content] = []
        # split() on a pattern with one group alternates text and gap ids.
        for place, part in enumerate(GAP_MARK.split(say(self.item.text, self.language))):
            if place % 2 == 0:
                parts.append(_spaced(part))
            else:
                words = one_line(typed[part]) or "____"
                style = "reverse" if part in here else "bold underline"
                parts.append(Content.assemble((f" {numbers[part]} ", "dim"), (f" {words} ", style)))
        return Content("").join(parts)

    def _mark(self, row: GapRow) -> str:
        met = self.met(row.gap)
        if met is None:
            return ""
        if met:
            return self.strings("item.mark.right")
        accepted = self.item.gaps.get(self.language) or next(iter(self.item.gaps.values()))
        return self.strings("item.mark.wrong_was", answer=accepted[row.gap][0])

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if not self.locked:
            self.changed()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        inputs = [row.input for row in self.rows()]
        after = inputs.index(event.input) + 1
        if after < len(inputs):
            inputs[after].focus()
        else:
            self.hand_in()

    def on_descendant_focus(self) -> None:
        self.refresh_parts()
        focused = self.screen.focused
        if focused is not None:
            reveal(focused)


def _spaced(part: str) -> Content:
    """Text around a gap: inline Markdown trims its ends, the gap needs them."""
    if not part.strip():
        return Content(printed(part))
    lead = part[: len(part) - len(part.lstrip())]
    tail = part[len(part.rstrip()) :]
    return Content(printed(lead)) + inline(part) + Content(printed(tail))
