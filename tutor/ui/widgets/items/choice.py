"""Choice items, with one right option or several."""

from __future__ import annotations

from textual.content import Content

from tutor.content.schema import Choice, Language, Option, say
from tutor.grading.answer import Answer, ChoiceAnswer
from tutor.study.session import option_order
from tutor.ui.widgets.items.rows import RowsItem, RowView
from tutor.ui.widgets.items.text import inline


class ChoiceItem(RowsItem):
    """With one right option the arrows pick as they move; with several, space or a digit sets and clears."""

    KIND = "choice"

    def __init__(self, item: Choice, language: Language, seed: int = 0) -> None:
        super().__init__(item, language, seed)
        self.several = sum(option.correct for option in item.options) > 1
        self.options = [item.options[at] for at in option_order(seed, item.id, len(item.options))]
        self.picked: set[str] = set()
        self.cursor = 0 if self.several else -1

    def answer(self) -> Answer:
        return ChoiceAnswer(
            options=tuple(each.id for each in self.options if each.id in self.picked)
        )

    def missing(self) -> int:
        return 0 if self.picked else 1

    def restore_answer(self, answer: Answer) -> None:
        if isinstance(answer, ChoiceAnswer):
            self.picked = {each.id for each in self.options} & set(answer.options)
            places = [at for at, each in enumerate(self.options) if each.id in self.picked]
            self.cursor = places[0] if places else self.cursor
            self.refresh_parts()

    def size_of_list(self) -> int:
        return len(self.options)

    def moved(self) -> None:
        if not self.several:
            self._pick_only(self.cursor)

    def take(self) -> None:
        if self.several:
            self.picked ^= {self.options[self.cursor].id}
            self.changed()
        elif self.cursor >= 0:
            self._pick_only(self.cursor)

    def digit(self, number: int) -> None:
        self.put_cursor(number)
        if self.several:
            self.take()

    def _pick_only(self, index: int) -> None:
        self.picked = {self.options[index].id}
        self.changed()

    def keys_line(self) -> str:
        return self.strings("item.choice.several.keys" if self.several else "item.choice.keys")

    def views(self) -> list[RowView]:
        return [self._view(at, option) for at, option in enumerate(self.options)]

    def _view(self, at: int, option: Option) -> RowView:
        picked = option.id in self.picked
        lead = f"{self._sign(picked)} {(at + 1) % 10}"
        body = inline(say(option.text, self.language))
        if self.verdict is None:
            return RowView(lead, body, state=("-picked",) if picked else ())
        return RowView(lead, body, self._note(option, picked), _state(option.correct, picked))

    def _sign(self, picked: bool) -> str:
        if self.several:
            return "■" if picked else "□"
        return "●" if picked else "○"

    def _note(self, option: Option, picked: bool) -> Content | None:
        if not picked and not option.correct:
            return None
        if option.reply is not None:
            return Content("✓ " if option.correct else "✗ ") + inline(
                say(option.reply, self.language)
            )
        key = "missed" if not picked else "right" if option.correct else "wrong"
        return Content(self.strings(f"item.mark.{key}"))


def _state(correct: bool, picked: bool) -> tuple[str, ...]:
    if not picked and not correct:
        return ("-dim",)
    picks = ("-picked",) if picked else ()
    return (*picks, "-right" if correct else "-wrong")
