"""Pairs to put together: for each left the right that belongs to it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content

from tutor.content.schema import Language, Match, say
from tutor.grading.answer import Answer, MatchAnswer
from tutor.study.session import option_order
from tutor.ui.widgets.items.rows import Row, RowsItem, RowView
from tutor.ui.widgets.items.text import inline


class MatchItem(RowsItem):
    """The cursor is on a left; a digit gives it the right of that number, left and right turn through them."""

    KIND = "match"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "turn(1)", "item.match.next", show=False, id="item.match.next"),
        Binding("left", "turn(-1)", "item.match.previous", show=False, id="item.match.previous"),
        Binding("backspace,delete", "clear", "item.match.clear", show=False, id="item.match.clear"),
    ]

    def __init__(self, item: Match, language: Language, seed: int = 0) -> None:
        super().__init__(item, language, seed)
        self.item = item
        self.dealt = option_order(seed, item.id, len(item.pairs))
        self.rights: list[int | None] = [None] * len(item.pairs)
        self.cursor = 0

    def answer(self) -> Answer:
        return MatchAnswer(rights=tuple(self.rights))

    def missing(self) -> int:
        return self.rights.count(None)

    def restore_answer(self, answer: Answer) -> None:
        if not isinstance(answer, MatchAnswer) or len(answer.rights) != len(self.rights):
            return
        if all(each is None or 0 <= each < len(self.rights) for each in answer.rights):
            self.rights = list(answer.rights)
            self.refresh_parts()

    def size_of_list(self) -> int:
        return len(self.item.pairs)

    def compose_parts(self) -> ComposeResult:
        with Horizontal(classes="match"):
            with Vertical(classes="rows"):
                for index in range(self.size_of_list()):
                    yield Row(index)
            with Vertical(classes="rights"):
                for index in range(self.size_of_list()):
                    yield Row(index, group="right")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in {"turn", "clear"}:
            return not self.locked
        return super().check_action(action, parameters)

    def take(self) -> None:
        """Space gives the next right that is still free."""
        self.action_turn(1)

    def action_turn(self, by: int) -> None:
        now = self.rights[self.cursor]
        place = self.dealt.index(now) if now is not None else (-1 if by > 0 else len(self.dealt))
        for _ in self.dealt:
            place = (place + by) % len(self.dealt)
            if self.dealt[place] not in self.rights:
                break
        else:
            return
        self.rights[self.cursor] = self.dealt[place]
        self.changed()

    def action_clear(self) -> None:
        self.rights[self.cursor] = None
        self.changed()

    def digit(self, number: int) -> None:
        """Give the left under the cursor a right, taken from another left if need be, and go to the next open left."""
        right = self.dealt[number]
        if right in self.rights:
            self.rights[self.rights.index(right)] = None
        self.rights[self.cursor] = right
        later = [*range(self.cursor + 1, len(self.rights)), *range(self.cursor)]
        self.cursor = next((at for at in later if self.rights[at] is None), self.cursor)
        self.changed()
        self.reveal_cursor()

    def clicked(self, row: Row) -> None:
        if row.group == "right":
            self.digit(row.index)
        else:
            self.put_cursor(row.index)

    def refresh_parts(self) -> None:
        super().refresh_parts()
        for row in self.query(Row):
            if row.group == "right":
                pair = self.dealt[row.index]
                body = inline(say(self.item.pairs[pair].right, self.language))
                used = pair in self.rights
                row.show(
                    RowView(f"{(row.index + 1) % 10}", body, state=("-dim",) if used else ()),
                    cursor=False,
                )

    def views(self) -> list[RowView]:
        return [self._view(at) for at in range(len(self.rights))]

    def _view(self, at: int) -> RowView:
        body = inline(say(self.item.pairs[at].left, self.language))
        picked = self.rights[at]
        if self.verdict is None:
            return RowView(
                "", body, self._right(picked), ("-picked",) if picked is not None else ()
            )
        if self.met(str(at + 1)):
            return RowView("✓", body, self._right(picked), ("-right",))
        belongs = Content(self.strings("item.match.belongs")) + " " + self._words(at)
        return RowView("✗", body, Content("\n").join([self._right(picked), belongs]), ("-wrong",))

    def _right(self, pair: int | None) -> Content:
        if pair is None:
            return Content(f"→ {self.strings('item.match.open')}")
        return Content(f"→ {(self.dealt.index(pair) + 1) % 10} ") + self._words(pair)

    def _words(self, pair: int) -> Content:
        return inline(say(self.item.pairs[pair].right, self.language))
