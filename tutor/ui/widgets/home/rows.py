"""How a lesson and a course look on one line of home."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len
from textual.content import Content

from tutor.content.schema import Language, say
from tutor.ui.cells import bar, fit
from tutor.ui.home_model import CourseRows, LessonRow
from tutor.ui.strings import Strings

MARKS = {"new": "○", "reading": "◔", "started": "◐", "mastered": "●"}
STYLES = {
    "new": "$foreground-muted",
    "reading": "$text-accent",
    "started": "$text-warning",
    "mastered": "$text-success",
}
BAR = 8
WORDS = 26
"""Cells that the words on the right get at least."""


def title_cells(courses: Iterable[CourseRows], width: int, language: Language) -> int:
    """How many of `width` cells the titles get: what the longest needs, but no more than leaves room for words."""
    titles = (say(row.lesson.title, language) for course in courses for row in course.rows)
    longest = max((cell_len(title) for title in titles), default=0)
    return max(8, min(longest, width - BAR - 6 - WORDS))


def lesson_line(
    row: LessonRow, width: int, title_width: int, language: Language, strings: Strings
) -> Content:
    """Sign, title, bar and words, in exactly `width` cells."""
    style = STYLES[row.standing]
    words = standing_text(row, strings)
    rest = width - title_width - BAR - 6
    items = max(1, row.progress.items)
    return Content.assemble(
        (f"{MARKS[row.standing]} ", style),
        fit(say(row.lesson.title, language), title_width),
        "  ",
        (bar(row.progress.mastered / items, row.progress.attempted / items, BAR), style),
        "  ",
        (fit(words, rest), "" if row.standing == "started" else style),
    )


def standing_text(row: LessonRow, strings: Strings) -> str:
    """How far the learner is, in words."""
    progress = row.progress
    if row.standing == "new":
        return strings("home.row.new", count=progress.items)
    if row.standing == "reading":
        return strings(
            "home.row.reading", read=len(progress.sections_read), total=progress.sections
        )
    if row.standing == "mastered":
        return strings("home.row.mastered", count=progress.items)
    done = strings("home.row.started", mastered=progress.mastered, total=progress.items)
    return f"{done} · {strings('home.row.weak', point=row.weak)}" if row.weak else done


def course_line(course: CourseRows, width: int, language: Language, strings: Strings) -> Content:
    """The course's title, and how many of its lessons are mastered."""
    tail = strings("home.course", mastered=course.mastered, total=len(course.rows))
    tail_width = Content(tail).cell_length
    title = fit(say(course.course.course.title, language), max(8, width - tail_width - 2))
    return Content.assemble((title, "bold"), "  ", (tail, "$foreground-muted"))
