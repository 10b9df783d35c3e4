"""Steps to put in order."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from tutor.content.schema import Language, Order, say
from tutor.grading.answer import Answer, OrderAnswer
from tutor.study.session import option_order
from tutor.ui.keymap import letter_binding
from tutor.ui.widgets.items.rows import HAND_IN, Row, RowsItem, RowView
from tutor.ui.widgets.items.text import inline


class OrderItem(RowsItem):
    """Shift+arrows (or J, K) move a step; space takes it along; a digit sends it to that place; two clicks do the same."""

    KIND = "order"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+up", "carry(-1)", "item.order.up", show=False, id="item.order.up"),
        Binding("shift+down", "carry(1)", "item.order.down", show=False, id="item.order.down"),
        Binding(
            "enter",
            "put_down",
            "item.order.put_down",
            id="item.order.put_down",
            key_display="Enter",
        ),
        HAND_IN,
        letter_binding("k,K", "carry(-1)", "item.order.letter_up", show=False),
        letter_binding("j,J", "carry(1)", "item.order.letter_down", show=False),
    ]

    def __init__(self, item: Order, language: Language, seed: int = 0) -> None:
        super().__init__(item, language, seed)
        self.item = item
        self.order = option_order(seed, item.id, len(item.steps), scrambled=True)
        self.dealt = list(self.order)
        self.grabbed = False
        self.cursor = 0

    def answer(self) -> Answer:
        return OrderAnswer(order=tuple(self.order))

    def missing(self) -> int:
        """1 while nothing was moved: handing that in deserves a question."""
        return int(self.order == self.dealt)

    def restore_answer(self, answer: Answer) -> None:
        if isinstance(answer, OrderAnswer) and sorted(answer.order) == sorted(self.order):
            self.order = list(answer.order)
            self.refresh_parts()

    def size_of_list(self) -> int:
        return len(self.order)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "carry":
            return not self.locked
        if action == "put_down":
            return self.grabbed
        return super().check_action(action, parameters)

    def action_carry(self, by: int) -> None:
        self._send_to(self.cursor + by)

    def action_step(self, by: int) -> None:
        if self.grabbed:
            self._send_to(self.cursor + by)
        else:
            super().action_step(by)

    def action_put_down(self) -> None:
        """Enter puts down a step that is held; only then does it hand in."""
        self.take()

    def take(self) -> None:
        self.grabbed = not self.grabbed
        self.refresh_parts()
        self.refresh_bindings()

    def digit(self, number: int) -> None:
        self._send_to(number)

    def clicked(self, row: Row) -> None:
        if self.grabbed:
            self._send_to(row.index)
            self.grabbed = False
            self.refresh_parts()
        else:
            super().clicked(row)

    def freeze(self) -> None:
        self.grabbed = False
        super().freeze()

    def views(self) -> list[RowView]:
        return [self._view(place, step) for place, step in enumerate(self.order)]

    def _send_to(self, place: int) -> None:
        place = max(0, min(place, len(self.order) - 1))
        if place != self.cursor:
            self.order.insert(place, self.order.pop(self.cursor))
            self.cursor = place
            self.changed()
            self.reveal_cursor()

    def _view(self, place: int, step: int) -> RowView:
        body = inline(say(self.item.steps[step], self.language))
        held = self.grabbed and place == self.cursor
        lead = f"{'↕' if held else ' '} {place + 1:>2}."
        if self.verdict is None:
            return RowView(lead, body, state=("-grabbed",) if held else ())
        if place == step:
            return RowView(f"✓ {place + 1:>2}.", body, state=("-right",))
        note = Content(self.strings("item.order.belongs", place=step + 1))
        return RowView(f"✗ {place + 1:>2}.", body, note, ("-wrong",))
