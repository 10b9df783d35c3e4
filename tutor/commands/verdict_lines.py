"""A verdict as plain lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from tutor.commands.terminal import one_line
from tutor.content.schema import Cloze, Explain, Item, Language, Match, say
from tutor.grading.feedback import words_line
from tutor.grading.verdict import PointState, PointVerdict, Verdict
from tutor.ui.strings import Strings

SIGNS: Final[Mapping[PointState, str]] = {"met": "✓", "unmet": "✗", "unsure": "?"}


def verdict_lines(
    item: Item, answer: str, verdict: Verdict, language: Language, strings: Strings
) -> Iterator[str]:
    """The score, each point with its evidence from the text of the answer, and the feedback."""
    if verdict.score is not None:
        yield strings("plain.score", percent=percent(verdict.score))
    for point in verdict.points:
        yield f"{SIGNS[point.verdict]} {point_text(item, point.id, language)}{_sure(point)}"
        if point.evidence:
            yield f"  “{one_line(answer[slice(*point.evidence)])}”"
        if point.verdict == "unsure" and (words := words_line(point, language)):
            yield f"  {one_line(words)}"
    if verdict.feedback:
        yield one_line(verdict.feedback)


def point_text(item: Item, point: str, language: Language) -> str:
    """What a point of the verdict is about: the rubric's words, a gap, or a left side."""
    match item:
        case Explain():
            texts = {each.id: say(each.text, language) for each in item.points}
        case Match():
            texts = {str(n): say(pair.left, language) for n, pair in enumerate(item.pairs, start=1)}
        case Cloze() | _:
            texts = {}
    return one_line(texts.get(point, point))


def percent(share: float) -> str:
    """A share 0..1 in whole percent."""
    return f"{100 * share:.0f} %"


def _sure(point: PointVerdict) -> str:
    return (
        f" ({percent(point.probability)})"
        if point.by == "model" and point.probability is not None
        else ""
    )
