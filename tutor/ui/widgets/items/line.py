"""Items answered with one line of text: a short answer, a number."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from tutor.content.schema import Language, Numeric, Short, say
from tutor.grading.answer import Answer, NumericAnswer, ShortAnswer
from tutor.grading.exact import grade_closed
from tutor.ui.widgets.items.base import ItemWidget
from tutor.ui.widgets.items.text import one_line, printed

LONGEST_LINE = 2_000


class LineItem(ItemWidget):
    """One input; Enter hands in."""

    item: Short | Numeric

    def compose_parts(self) -> ComposeResult:
        with Horizontal(classes="line"):
            yield Input(max_length=LONGEST_LINE, classes="line-input", compact=True)
            yield Static("", classes="line-unit", markup=False)
        yield Static("", classes="line-mark", markup=False)

    @property
    def input(self) -> Input:
        return self.query_one(".line-input", Input)

    def unit(self) -> str:
        """What stands after the input."""
        return ""

    def missing(self) -> int:
        return int(not self.input.value.strip())

    def draft(self) -> str:
        return self.input.value

    def restore(self, draft: str) -> None:
        self.input.value = one_line(draft)

    def focus_answer(self) -> None:
        self.input.focus()

    def freeze(self) -> None:
        super().freeze()
        self.input.disabled = True

    def refresh_parts(self) -> None:
        self.input.placeholder = self.strings(f"item.{self.KIND}.placeholder")
        self.query_one(".line-unit", Static).update(Content(printed(self.unit())))
        mark = self.query_one(".line-mark", Static)
        mark.display = self.verdict is not None
        if self.verdict is not None:
            right = self.verdict.verdict == "full"
            self.set_class(right, "-right")
            self.set_class(not right, "-wrong")
            mark.update(Content(printed(f"{'✓' if right else '✗'} {self._feedback()}")))

    def _feedback(self) -> str:
        """What grading says of the answer, in the present language."""
        answer = self.answer()
        return "" if answer is None else grade_closed(self.item, answer, self.language).feedback

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if not self.locked:
            self.post_message(self.Drafted(self.draft()))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.hand_in()


class ShortItem(LineItem):
    KIND = "short"

    def __init__(self, item: Short, language: Language, seed: int = 0) -> None:
        super().__init__(item, language, seed)
        self.item: Short = item

    def answer(self) -> Answer:
        return ShortAnswer(text=self.input.value)

    def restore_answer(self, answer: Answer) -> None:
        if isinstance(answer, ShortAnswer):
            self.restore(answer.text)


class NumericItem(LineItem):
    KIND = "numeric"

    def __init__(self, item: Numeric, language: Language, seed: int = 0) -> None:
        super().__init__(item, language, seed)
        self.item: Numeric = item

    def answer(self) -> Answer:
        return NumericAnswer(text=self.input.value)

    def restore_answer(self, answer: Answer) -> None:
        if isinstance(answer, NumericAnswer):
            self.restore(answer.text)

    def unit(self) -> str:
        return say(self.item.unit, self.language) if self.item.unit else ""
