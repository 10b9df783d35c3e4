"""The line that says how an answer did."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tutor.content.schema import Explain, Item, Language, Numeric, Section, Short
from tutor.grading.feedback import Feedback, feedback_on
from tutor.grading.verdict import Verdict
from tutor.ui.strings import Strings

SIGNS = {"full": "✓", "partial": "◐", "none": "✗", "unsure": "?", "ungraded": "○"}
STYLES = {
    "full": "$text-success",
    "partial": "$text-warning",
    "none": "$text-error",
    "unsure": "$text-warning",
    "ungraded": "$text-muted",
}


def summary(item: Item, verdict: Verdict, strings: Strings) -> Content:
    """Sign and words say the same as the colour; an item of one line says it beside its input already."""
    if isinstance(item, Short | Numeric):
        return Content("")
    headline = Content.styled(
        f"{SIGNS[verdict.verdict]} {_headline(item, verdict, strings)}",
        f"bold {STYLES[verdict.verdict]}",
    )
    judged = any(point.probability is not None for point in verdict.points)
    if not isinstance(item, Explain) or verdict.score is None or not judged:
        return headline
    seconds = f"{verdict.elapsed_ms / 1000:.1f}"
    return headline + Content.styled(
        "   " + strings("result.graded_in", seconds=seconds), "$text-muted"
    )


def remark(
    item: Explain, text: str, verdict: Verdict, language: Language, sections: Sequence[Section]
) -> Feedback:
    """The feedback on the verdict as it stands now, in the present language."""
    if verdict.score is None:
        return Feedback(())
    if verdict.points and all(point.by == "exact" for point in verdict.points):
        return Feedback((verdict.feedback,), brief=(verdict.feedback,))
    return feedback_on(item, text, verdict, language, sections, beside_result=True)


def percent(score: float) -> str:
    """A score 0..1 as people read it; never 100 unless it is full, never 0 unless it is none."""
    if 0 < score < 1:
        return f"{min(99, max(1, round(score * 100)))} %"
    return f"{round(score * 100)} %"


def _headline(item: Item, verdict: Verdict, strings: Strings) -> str:
    if verdict.score is None:
        return strings("result.ungraded")
    if isinstance(item, Explain) and verdict.points:
        met = sum(point.verdict == "met" for point in verdict.points)
        text = strings("result.points", met=met, count=len(verdict.points))
        return (
            text
            if len({point.weight for point in item.points}) == 1
            else f"{text} ({percent(verdict.score)})"
        )
    return strings(f"result.{verdict.verdict}", percent=percent(verdict.score))
