"""A line of text as an answer: what a person types on the command line or in a quiz without a screen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from tutor.content.cloze import gap_marks
from tutor.content.schema import (
    Choice,
    Cloze,
    Explain,
    Item,
    Language,
    Match,
    Numeric,
    Order,
    Short,
    TrueFalse,
    say,
)
from tutor.grading.answer import (
    Answer,
    ChoiceAnswer,
    ClozeAnswer,
    ExplainAnswer,
    MatchAnswer,
    NumericAnswer,
    OrderAnswer,
    ShortAnswer,
    TrueFalseAnswer,
)
from tutor.grading.numbers import parse_number
from tutor.ui.strings import Strings

_YES = frozenset((
    "true", "t", "yes", "y", "o", "1", "참", "맞다", "맞음", "맞아요", "예", "네", "응", "ㅅ", "ㅛ", "ㅐ",
))  # fmt: skip
_NO = frozenset((
    "false", "f", "no", "n", "x", "2", "거짓", "틀리다", "틀림", "아니요", "아니오", "아니", "ㄹ", "ㅜ", "ㅌ",
))  # fmt: skip
"""Words for yes and no, with what the same keys send in Hangul mode; 1 and 2 as the two are shown."""

_SEPARATORS = re.compile(r"[\s,;、·>→]+")
_NUMBER = re.compile(r"\d{1,3}")
_PAIR = re.compile(r"(\d{1,3})\s*[-:=→]\s*(\d{1,3})")


class Unreadable(ValueError):
    """The text is no answer to this kind of item; `form` says in one line what would be."""


def parse(
    item: Item, text: str, language: Language, strings: Strings, shown: Sequence[int] | None = None
) -> Answer:
    """The answer that `text` gives to `item`. Raises Unreadable.

    Numbers count from 1. `shown` is the order in which options, steps or right sides were shown, as
    indexes into the item's own; None: as they stand in the item, where ids of options come first.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    match item:
        case Choice():
            return _choice(item, plain, shown, strings)
        case TrueFalse():
            return TrueFalseAnswer(value=_truth(text, strings))
        case Cloze():
            return _cloze(item, text.strip(), language, strings)
        case Short():
            return ShortAnswer(text=text.strip())
        case Numeric():
            if parse_number(text) is None:
                raise Unreadable(strings("cli.form.numeric"))
            return NumericAnswer(text=text.strip())
        case Order():
            return _order(item, plain, shown, strings)
        case Match():
            return _match(item, plain, shown, strings)
        case Explain():
            return ExplainAnswer(text=text)


def form(item: Item, language: Language, strings: Strings) -> str:
    """One line that says how an item of this kind is answered."""
    match item:
        case Choice():
            return strings("cli.form.choice", last=len(item.options))
        case TrueFalse():
            return strings("cli.form.true_false")
        case Cloze():
            marks = _marks(item, language)
            if len(marks) == 1:
                return strings("cli.form.cloze_one")
            example = "; ".join(f"{mark}=…" for mark in marks)
            return strings("cli.form.cloze", last=len(marks), example=example)
        case Short():
            return strings("cli.form.short")
        case Numeric():
            return strings("cli.form.numeric")
        case Order():
            return strings("cli.form.order", last=len(item.steps))
        case Match():
            return strings("cli.form.match", last=len(item.pairs))
        case Explain():
            return strings("cli.form.explain")


def agrees(text: str) -> bool | None:
    """Whether `text` says yes or no; None when it says neither."""
    # Not compatibility-composed: that would make other letters of single jamo.
    word = unicodedata.normalize("NFC", text).strip().casefold().rstrip(".!")
    return True if word in _YES else False if word in _NO else None


def _truth(text: str, strings: Strings) -> bool:
    value = agrees(text)
    if value is None:
        raise Unreadable(strings("cli.form.true_false"))
    return value


def _choice(item: Choice, text: str, shown: Sequence[int] | None, strings: Strings) -> Answer:
    by_id = {option.id: option.id for option in item.options}
    by_number = {
        str(number): item.options[at].id
        for number, at in enumerate(_order_of(shown, len(item.options)), start=1)
    }
    known = by_number | by_id if shown is None else by_id | by_number
    words = [word for word in _SEPARATORS.split(text.casefold()) if word]
    if not words or any(word not in known for word in words):
        raise Unreadable(strings("cli.form.choice", last=len(item.options)))
    return ChoiceAnswer(options=tuple(dict.fromkeys(known[word] for word in words)))


def _cloze(item: Cloze, text: str, language: Language, strings: Strings) -> Answer:
    marks = _marks(item, language)
    parts = [part.strip() for part in text.split(";")]
    given = [part.partition("=") for part in parts if part]
    if given and all(sign and name.strip() in marks for name, sign, _ in given):
        fillings = {name.strip(): filling.strip() for name, _, filling in given}
        if len(fillings) < len(given):
            raise Unreadable(form(item, language, strings))
        return ClozeAnswer(fillings)
    if len(marks) == 1:
        return ClozeAnswer({marks[0]: text})
    if len(parts) != len(marks):
        raise Unreadable(form(item, language, strings))
    return ClozeAnswer(dict(zip(marks, parts, strict=True)))


def _order(item: Order, text: str, shown: Sequence[int] | None, strings: Strings) -> Answer:
    steps = _order_of(shown, len(item.steps))
    words = [word for word in _SEPARATORS.split(text) if word]
    numbers = [int(word) for word in words if _NUMBER.fullmatch(word)]
    if len(words) != len(numbers) or sorted(numbers) != list(range(1, len(steps) + 1)):
        raise Unreadable(strings("cli.form.order", last=len(steps)))
    return OrderAnswer(order=tuple(steps[number - 1] for number in numbers))


def _match(item: Match, text: str, shown: Sequence[int] | None, strings: Strings) -> Answer:
    rights = _order_of(shown, len(item.pairs))
    pairs = [(int(left), int(right)) for left, right in _PAIR.findall(text)]
    rest = _SEPARATORS.sub("", _PAIR.sub("", text))
    lefts = [left for left, _ in pairs]
    inside = all(1 <= number <= len(rights) for pair in pairs for number in pair)
    if not pairs or rest or not inside or len(set(lefts)) < len(lefts):
        raise Unreadable(strings("cli.form.match", last=len(rights)))
    picked = {left - 1: rights[right - 1] for left, right in pairs}
    return MatchAnswer(rights=tuple(picked.get(left) for left in range(len(rights))))


def _order_of(shown: Sequence[int] | None, count: int) -> list[int]:
    return list(range(count) if shown is None else shown)


def _marks(item: Cloze, language: Language) -> list[str]:
    """The gaps in the order in which they stand in the text of the language."""
    return list(dict.fromkeys(gap_marks(say(item.text, language))))
