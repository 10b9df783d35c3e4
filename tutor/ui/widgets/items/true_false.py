"""True or false."""

from __future__ import annotations

from textual import events
from textual.content import Content

from tutor.content.schema import Language, TrueFalse, say
from tutor.grading.answer import Answer, TrueFalseAnswer
from tutor.ui.keymap import with_jamo
from tutor.ui.widgets.items.rows import RowsItem, RowView
from tutor.ui.widgets.items.text import inline

_VALUES = (True, False)
_TRUE_KEYS = frozenset([*with_jamo("t").split(","), *with_jamo("o").split(","), "left"])
_FALSE_KEYS = frozenset([*with_jamo("f").split(","), *with_jamo("x").split(","), "right"])


class TrueFalseItem(RowsItem):
    """Two rows; t/f, o/x, 1/2 and the arrows pick."""

    KIND = "true_false"

    def __init__(self, item: TrueFalse, language: Language, seed: int = 0) -> None:
        super().__init__(item, language, seed)
        self.item = item
        self.value: bool | None = None

    def answer(self) -> Answer | None:
        return None if self.value is None else TrueFalseAnswer(value=self.value)

    def missing(self) -> int:
        return int(self.value is None)

    def restore_answer(self, answer: Answer) -> None:
        if isinstance(answer, TrueFalseAnswer):
            self.value = answer.value
            self.cursor = _VALUES.index(answer.value)
            self.refresh_parts()

    def size_of_list(self) -> int:
        return len(_VALUES)

    def moved(self) -> None:
        self.value = _VALUES[self.cursor]
        self.changed()

    def take(self) -> None:
        if self.cursor >= 0:
            self.moved()

    def digit(self, number: int) -> None:
        self.put_cursor(number)

    def on_key(self, event: events.Key) -> None:
        """Letters and arrows, before the digits of the list."""
        if not self.locked and event.key in _TRUE_KEYS | _FALSE_KEYS:
            event.stop()
            self.put_cursor(0 if event.key in _TRUE_KEYS else 1)

    def views(self) -> list[RowView]:
        return [self._view(at, value) for at, value in enumerate(_VALUES)]

    def _view(self, at: int, value: bool) -> RowView:
        picked = self.value is value
        lead = f"{'●' if picked else '○'} {at + 1}"
        body = Content(self.strings(f"item.true_false.{'true' if value else 'false'}"))
        if self.verdict is None:
            return RowView(lead, body, state=("-picked",) if picked else ())
        right = value is self.item.answer
        state = ("-right",) if right else ("-wrong",) if picked else ("-dim",)
        return RowView(lead, body, self._note(picked, right), state)

    def _note(self, picked: bool, right: bool) -> Content | None:
        if not picked and not right:
            return None
        if right and self.item.reply is not None:
            return Content("✓ ") + inline(say(self.item.reply, self.language))
        key = "missed" if not picked else "right" if right else "wrong"
        return Content(self.strings(f"item.mark.{key}"))
