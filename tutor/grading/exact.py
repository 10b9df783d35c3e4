"""Closed items: what an answer is compared with is in the course, so no model sees it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from typing import NamedTuple, TypeVar

from tutor.content.schema import (
    Choice,
    Cloze,
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
    MatchAnswer,
    NumericAnswer,
    OrderAnswer,
    ShortAnswer,
    TrueFalseAnswer,
)
from tutor.grading.normalise import accepted_by
from tutor.grading.numbers import parse_number
from tutor.grading.verdict import PointVerdict, Verdict, outcome
from tutor.grading.wording import word

A = TypeVar("A")


class Marked(NamedTuple):
    """The parts of an answer, each right or not, and what to say about it."""

    parts: Sequence[tuple[str, bool]]
    feedback: list[str]


def grade_closed(item: Item, answer: Answer, language: Language) -> Verdict:
    """Grade any item but `explain`. Raises TypeError when the answer is of another kind than the item.

    Cloze and match items give a share for each part that is right; the others are right or not.
    """
    marked = _mark(item, answer, language)
    points = [
        PointVerdict(id=id, probability=float(met), verdict="met" if met else "unmet", by="exact")
        for id, met in marked.parts
    ]
    score = sum(met for _, met in marked.parts) / len(marked.parts)
    return Verdict(
        item=item.id,
        language=language,
        score=score,
        verdict=outcome(score, points),
        points=points if len(points) > 1 else [],
        feedback=" ".join(marked.feedback),
    )


@singledispatch
def _mark(item: Item, answer: Answer, language: Language) -> Marked:
    raise TypeError(f"{type(item).__name__} items are not graded by comparison")


def _whole(met: bool, language: Language, *replies: str) -> Marked:
    opening = word(language, "right" if met else "wrong")
    return Marked([("answer", met)], [opening, *(reply for reply in replies if reply)])


def _as(kind: type[A], answer: Answer) -> A:
    if not isinstance(answer, kind):
        raise TypeError(f"expected {kind.__name__}, got {type(answer).__name__}")
    return answer


@_mark.register
def _choice(item: Choice, given: Answer, language: Language) -> Marked:
    answer = _as(ChoiceAnswer, given)
    picked = set(answer.options)
    replies = [say(o.reply, language) for o in item.options if o.id in picked and o.reply]
    return _whole(picked == {o.id for o in item.options if o.correct}, language, *replies)


@_mark.register
def _true_false(item: TrueFalse, given: Answer, language: Language) -> Marked:
    answer = _as(TrueFalseAnswer, given)
    return _whole(
        answer.value == item.answer, language, say(item.reply, language) if item.reply else ""
    )


@_mark.register
def _short(item: Short, given: Answer, language: Language) -> Marked:
    answer = _as(ShortAnswer, given)
    every = [text for texts in item.accepted.values() for text in texts]
    found = accepted_by(answer.text, every)
    if found is None:
        expected = item.accepted.get(language, every)[0]
        return _whole(False, language, word(language, "expected", accepted=expected))
    if found[1]:
        return _whole(True, language)
    return Marked([("answer", True)], [word(language, "spelling", accepted=found[0])])


@_mark.register
def _numeric(item: Numeric, given: Answer, language: Language) -> Marked:
    answer = _as(NumericAnswer, given)
    value = parse_number(answer.text)
    unit = f" {say(item.unit, language)}" if item.unit else ""
    expected = word(language, "expected", accepted=f"{item.value:,.15g}{unit}")
    if value is None:
        return _whole(False, language, word(language, "no_number"), expected)
    # A float's own rounding must not fail an answer at the edge of the tolerance.
    slack = 1e-9 * max(1.0, abs(item.value))
    met = abs(value - item.value) <= item.tolerance + slack
    return _whole(met, language, "" if met else expected)


@_mark.register
def _order(item: Order, given: Answer, language: Language) -> Marked:
    answer = _as(OrderAnswer, given)
    return _whole(answer.order == tuple(range(len(item.steps))), language)


@_mark.register
def _cloze(item: Cloze, given: Answer, language: Language) -> Marked:
    answer = _as(ClozeAnswer, given)
    gaps = item.gaps.get(language) or next(iter(item.gaps.values()))
    parts, wrong = [], []
    for gap, accepted in gaps.items():
        everywhere = [
            *accepted,
            *(text for other in item.gaps.values() for text in other.get(gap, ())),
        ]
        met = accepted_by(answer.gaps.get(gap, ""), everywhere) is not None
        parts.append((gap, met))
        if not met:
            wrong.append(accepted[0])
    return _several(
        parts, language, word(language, "expected", accepted=", ".join(wrong)) if wrong else ""
    )


@_mark.register
def _match(item: Match, given: Answer, language: Language) -> Marked:
    answer = _as(MatchAnswer, given)
    rights = [*answer.rights, *[None] * len(item.pairs)]
    parts = [
        (str(i + 1), picked is not None and _same_right(item, i, picked))
        for i, picked in enumerate(rights[: len(item.pairs)])
    ]
    return _several(parts, language)


def _same_right(item: Match, left: int, picked: int) -> bool:
    """Two pairs may share one right text; either is then right."""
    return 0 <= picked < len(item.pairs) and item.pairs[picked].right == item.pairs[left].right


def _several(parts: list[tuple[str, bool]], language: Language, reply: str = "") -> Marked:
    met = sum(right for _, right in parts)
    if len(parts) == 1 or met == len(parts):
        return Marked(
            parts, [word(language, "right" if met else "wrong"), *([reply] if reply else [])]
        )
    return Marked(
        parts, [word(language, "some", met=met, total=len(parts)), *([reply] if reply else [])]
    )
