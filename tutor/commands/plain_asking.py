"""Reading an answer line by line: hints, the passage, leaving; what is half written is kept."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tutor.commands.answers import Unreadable, agrees, form, parse
from tutor.commands.terminal import one_line, say, whole
from tutor.content.schema import Explain, Item, Lesson, item_hash
from tutor.content.schema import say as in_language
from tutor.grading.answer import Answer, ExplainAnswer
from tutor.study import record
from tutor.study.record import OwnHint
from tutor.study.store import Store
from tutor.tutoring.gap import MOST_HINTS
from tutor.tutoring.passages import passages

if TYPE_CHECKING:
    from tutor.commands.context import Context
    from tutor.tutoring.hints import Hint

Order = Literal["hint", "skip", "quit", "passage", "help"]

_ORDERS: dict[str, Order] = {
    ":h": "hint", ":ㅗ": "hint", ":s": "skip", ":ㄴ": "skip", ":q": "quit", ":ㅂ": "quit",
    ":p": "passage", ":ㅔ": "passage", ":?": "help",
}  # fmt: skip
_LIKE_AN_ORDER = re.compile(r":\S")


class Left(Exception):
    """The learner has had enough for now, or the input has ended."""


class Skipped(Exception):
    """The learner goes on without an answer."""


@dataclass(frozen=True)
class Asking:
    """One item in front of the learner; `key` is its address, `shown` the order of what there is to choose from."""

    context: Context
    store: Store
    session: str
    key: str
    lesson: Lesson
    item: Item
    shown: Sequence[int] | None
    more_hints: Callable[[str, Sequence[OwnHint]], Hint | None]
    """The tutor's next hint to what is written so far, after those of its own that it gave before."""

    def answer(self) -> Answer:
        """What the learner hands in. Raises Left, Skipped."""
        say(form(self.item, self.context.language, self.context.strings))
        return self._explanation() if isinstance(self.item, Explain) else self._closed()

    def _closed(self) -> Answer:
        while True:
            text = self._line()
            try:
                return parse(
                    self.item, text, self.context.language, self.context.strings, self.shown
                )
            except Unreadable as error:
                say(str(error))

    def _explanation(self) -> Answer:
        """Lines until an empty one; each is kept as it comes."""
        draft = self.store.draft(self.key) or ""
        lines = [draft] if draft.strip() else []
        if lines:
            say(self.context.strings("plain.draft"))
            say(draft)
        warned = False
        while True:
            line = self._line("\n".join(lines))
            if line.strip():
                lines.append(line)
                self.store.save_draft(self.key, "\n".join(lines))
            elif lines or warned:
                return ExplainAnswer(text="\n".join(lines))
            else:
                warned = True
                say(self.context.strings("plain.nothing_written"))

    def _line(self, draft: str = "") -> str:
        """The next line that is part of an answer, of which `draft` is there; orders are followed on the way."""
        while True:
            line = read_line()
            order = line.strip().casefold()
            if not _LIKE_AN_ORDER.fullmatch(order):
                return line
            match _ORDERS.get(order, "help"):
                case "quit":
                    raise Left
                case "skip":
                    raise Skipped
                case "hint":
                    self._hint(draft)
                case "passage":
                    self._passage()
                case _:
                    say(self.context.strings("plain.orders"))

    def _hint(self, draft: str) -> None:
        strings, hints = self.context.strings, self.item.hints
        number = record.hints_used(self.store, self.key) + 1
        if number > len(hints):
            self._own_hint(draft, number)
            return
        record.hinted(self.store, self.session, self.key, item_hash(self.item), number)
        say(strings("quiz.hint_line", number=number, count=len(hints)))
        say(in_language(hints[number - 1], self.context.language))

    def _own_hint(self, draft: str, number: int) -> None:
        """One of the tutor's own: to an explanation, and only while a point is missing that there was none to."""
        strings = self.context.strings
        hint = None
        before = record.own_hints(self.store, self.key)
        if isinstance(self.item, Explain) and len(before) < MOST_HINTS:
            say(strings("plain.hint_thinking"))
            hint = self.more_hints(draft, before)
        if hint is None:
            say(strings("plain.no_hint"))
            return
        own = OwnHint(hint.text, hint.point)
        record.hinted(self.store, self.session, self.key, item_hash(self.item), number, own)
        say(strings("quiz.hint_own", number=number))
        say(one_line(hint.text))

    def _passage(self) -> None:
        for passage in passages(self.lesson, self.context.language):
            if passage.section == self.item.section:
                say(f"[{passage.n}] {one_line(passage.heading)}\n{passage.text}")


def read_line() -> str:
    """One line from stdin, after a prompt where somebody types it. Raises Left at the end of the input."""
    if sys.stdin.isatty():
        say("> ", end="")
    line = sys.stdin.readline()
    if not line:
        raise Left
    return whole(line).rstrip("\r\n")


def yes_or_no(question: str) -> bool:
    """What the learner says to a question, asked until it is one of the two. Raises Left."""
    while True:
        say(question)
        line = read_line()
        if _ORDERS.get(line.strip().casefold()) == "quit":
            raise Left
        decided = agrees(line)
        if decided is not None:
            return decided
