"""What the next step is called, and where one stands in it."""

from __future__ import annotations

from tutor.content.schema import Language, say
from tutor.ui.home_model import NextStep, Quiz, Resume
from tutor.ui.strings import Strings


def next_words(step: NextStep | None, language: Language, strings: Strings) -> tuple[str, str]:
    """Two lines of plain text."""
    if step is None:
        return strings("home.all_done"), strings("home.all_done.detail")
    title = say((step.lesson or step.course.course).title, language)
    if isinstance(step, Resume):
        at, total = step.state.position + 1, len(step.state.items)
        place = strings("home.question_of", position=at, total=total)
        return strings("home.next.resume", title=title), place
    progress = step.row.progress
    if isinstance(step, Quiz):
        count = strings("home.questions", count=progress.items)
        return strings("home.next.quiz", title=title), count
    if not progress.opened:
        count = strings("home.sections", count=progress.sections)
        return strings("home.next.new", title=title), count
    at = min(len(progress.sections_read) + 1, progress.sections)
    place = strings("home.section_of", position=at, total=progress.sections)
    return strings("home.next.read", title=title), place
