"""What is said of an answer that no model was asked about."""

from __future__ import annotations

from tutor.content.schema import Explain, Language
from tutor.grading.rubric import Judged
from tutor.grading.verdict import PointVerdict, Verdict
from tutor.grading.wording import word


def unasked(item: Explain) -> Judged:
    """Every point left to the learner."""
    points = [
        PointVerdict(id=p.id, probability=None, verdict="unsure", by="model") for p in item.points
    ]
    return Judged(points, [])


def nothing(item: Explain, language: Language, feedback: str) -> Verdict:
    """An answer that a guard stopped: no point is met, score 0."""
    points = [
        PointVerdict(id=p.id, probability=0.0, verdict="unmet", by="exact") for p in item.points
    ]
    return Verdict(
        item=item.id, language=language, score=0.0, verdict="none", points=points, feedback=feedback
    )


def ungraded(item: Explain, language: Language, reason: str) -> Verdict:
    """No score and no points, and in one line why."""
    return Verdict(
        item=item.id,
        language=language,
        score=None,
        verdict="ungraded",
        feedback=word(language, "ungraded", reason=reason),
    )
