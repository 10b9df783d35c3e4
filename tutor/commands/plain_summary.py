"""How a quiz went, in lines."""

from __future__ import annotations

from collections.abc import Iterator

from tutor.commands.terminal import one_line
from tutor.commands.verdict_lines import percent
from tutor.content.loader import LoadedCourse
from tutor.content.schema import Explain, Item, Language, say
from tutor.study.session import SessionState
from tutor.ui.strings import Strings

_SIGNS = {"full": "✓", "partial": "~", "none": "✗", "unsure": "?"}
_WEAKEST = 5


def summary_lines(
    state: SessionState, course: LoadedCourse, language: Language, strings: Strings
) -> Iterator[str]:
    """The number that were fully right, a line for each item, and the points that were missed."""
    items = [found[1] for id in state.items if (found := course.find(id))]
    full = sum(
        item.id in state.verdicts and state.verdicts[item.id].verdict == "full" for item in items
    )
    yield f"\n{strings('quiz.summary', right=full, count=len(items))}"
    for item in items:
        yield _line(item, state, language, strings)
    missed = [
        one_line(say(point.text, language))
        for item in items
        if isinstance(item, Explain) and item.id in state.verdicts
        for point in item.points
        if any(it.id == point.id and it.verdict == "unmet" for it in state.verdicts[item.id].points)
    ]
    if missed:
        yield strings("quiz.weakest")
        yield from (f"  ✗ {point}" for point in missed[:_WEAKEST])


def _line(item: Item, state: SessionState, language: Language, strings: Strings) -> str:
    prompt = one_line(say(item.prompt, language))
    verdict = state.verdicts.get(item.id)
    if verdict is None or verdict.score is None:
        known = item.id in state.answered
        return f"○ {prompt} ({strings('quiz.not_judged' if known else 'quiz.not_answered')})"
    return f"{_SIGNS[verdict.verdict]} {percent(verdict.score)} {prompt}"
