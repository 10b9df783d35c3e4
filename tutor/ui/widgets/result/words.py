"""The learner's own words, as handed in, with what counted for a point underlined."""

from __future__ import annotations

from textual.content import Content

from tutor.grading.verdict import Verdict
from tutor.ui.widgets.items.text import printed

EVIDENCE_STYLE = "underline $text-success"


def learner_words(text: str, verdict: Verdict | None) -> Content:
    """`text` without markup or escapes; spans outside the text are cut to it."""
    counted = [False] * len(text)
    for point in verdict.points if verdict else []:
        if point.verdict == "met" and point.evidence is not None:
            start, end = (max(0, min(at, len(text))) for at in point.evidence)
            counted[start:end] = [True] * max(0, end - start)
    parts: list[Content] = []
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or counted[at] != counted[start]:
            parts.append(
                Content.styled(printed(text[start:at]), EVIDENCE_STYLE if counted[start] else "")
            )
            start = at
    return Content("").join(parts)
