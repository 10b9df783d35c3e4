"""What an answer lacks: the points that are missing, the one to lead to first, and the passage that teaches it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET, Struct

from tutor.content.loader import LoadedCourse
from tutor.content.schema import Explain, Language, Lesson, Point, say
from tutor.grading.keywords import compare
from tutor.grading.signals import covered
from tutor.grading.verdict import PointVerdict, Verdict
from tutor.tutoring.passages import Passage, passages

MOST_HINTS = 3
"""Points of one answer that the tutor has a hint of its own to; never more than the item has."""


class Gap(Struct, frozen=True, kw_only=True):
    """One point to lead to, none of the `missing` ones to give away. `term`: what the glossary calls it, "" if nothing.

    `told`: the hints and questions that the learner has had about this item, the author's among them; `said`: what the
    learner has said of it besides the answer.
    """

    item: Explain
    lesson: Lesson
    language: Language
    point: Point
    missing: tuple[Point, ...]
    answer: str = ""
    term: str = ""
    told: tuple[str, ...] = ()
    said: tuple[str, ...] = ()

    @property
    def passage(self) -> Passage:
        """The one that teaches the point; of the whole lesson where the course names no section that there is."""
        wanted = self.point.section or self.item.section
        every = passages(self.lesson, self.language)
        of_section = [passage for passage in every if passage.section == wanted]
        taught = say(self.point.text, self.language)
        return max(of_section or every, key=lambda passage: covered(taught, passage.text))


def missing_points(
    item: Explain, verdict: Verdict | None, answer: str, language: Language
) -> list[Point]:
    """What is not known to be stated, the likeliest to be missing first, then the heaviest.

    Unmet points, then those that nobody is sure of. Without a verdict, or from a model that can't grade, the words of the
    answer decide which comes first.
    """
    by_id = {point.id: point for point in verdict.points} if verdict and verdict.points else {}
    open_points = [
        point for point in item.points if point.id not in by_id or by_id[point.id].verdict != "met"
    ]
    return sorted(
        open_points,
        key=lambda point: (
            *_likely_met(point, by_id.get(point.id), item, answer, language),
            -point.weight,
        ),
    )


def gap_at(
    course: LoadedCourse,
    lesson: Lesson,
    item: Explain,
    missing: Sequence[Point],
    *,
    at: Point,
    answer: str,
    language: Language,
    told: Sequence[str] = (),
    said: Sequence[str] = (),
) -> Gap:
    """The gap at one of the `missing` points, with the course's own word for what the point is about."""
    terms = {term.id: say(term.term, language) for term in course.glossary.terms}
    return Gap(
        item=item,
        lesson=lesson,
        language=language,
        point=at,
        missing=tuple(missing),
        answer=answer,
        term=terms.get(at.concept or "", ""),
        told=(*(say(hint, language) for hint in item.hints), *told),
        said=tuple(said),
    )


def _likely_met(
    point: Point, verdict: PointVerdict | None, item: Explain, answer: str, language: Language
) -> tuple[int, float]:
    """Sorts before others what is more likely missing: unmet, then unsure by the share of its words in the answer."""
    if verdict is not None and verdict.verdict == "unmet":
        return 0, 0.0
    if verdict is not None and verdict.words is UNSET:
        return 1, 0.0
    words = compare(say(point.text, language), answer, item.prompt.values())
    return 1, len(words.found) / max(1, len(words.found) + len(words.missing))
