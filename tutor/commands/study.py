"""`tutor learn` and `tutor quiz`: in the app, or with --plain as lines of text."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Literal

from tutor.commands.failures import Failed

if TYPE_CHECKING:
    from tutor.commands.context import Context
    from tutor.content.address import Found
    from tutor.study.store import Store

_EXAMPLE = """\
without COURSE/LESSON: where you left off

examples:
  tutor {command} llm-basics/use-cases
  tutor {command} llm-basics/use-cases --plain{more}
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    quiz = parser.prog.endswith("quiz")
    parser.epilog = _EXAMPLE.format(
        command="quiz" if quiz else "learn", more=" --count 5" if quiz else ""
    )
    parser.add_argument("place", nargs="?", metavar="COURSE[/LESSON]")
    parser.add_argument(
        "--count", type=_count, metavar="N", help="at most N questions of a new quiz"
    )
    parser.add_argument(
        "--plain",
        action="store_true",
        help="lines of text: for screen readers, pipes and slow links",
    )


def run(args: argparse.Namespace, context: Context) -> int:
    """Raises AddressError, StoreError, Failed."""
    mode: Literal["learn", "quiz"] = "quiz" if args.command == "quiz" else "learn"
    asked = context.find(args.place) if args.place else None
    if args.plain and mode == "learn":
        from tutor.commands.plain_lesson import read

        return read(asked, context)
    if args.plain:
        from tutor.commands.plain_quiz import sit

        return sit(asked, args.count, context)
    from tutor.commands.app import open_app
    from tutor.ui.workspace import Start

    found = asked or _where_left(mode, context)
    start = Start(
        mode=mode,
        course=found.course.course.id,
        lesson=found.lesson.id if found.lesson else None,
        section=found.item.section if found.item else None,
        count=args.count,
    )
    return open_app(context, start)


def _where_left(mode: Literal["learn", "quiz"], context: Context) -> Found:
    with context.store() as store:
        return left_quiz(store, context) if mode == "quiz" else next_lesson(store, context)


def next_lesson(store: Store, context: Context, asked: Found | None = None) -> Found:
    """The first lesson of the course (the first course) that was not opened yet, or its first. Raises Failed."""
    from tutor.content.address import Found
    from tutor.study import record

    course = asked.course if asked else next(iter(context.courses), None)
    if course is None:
        raise Failed(context.strings("cli.no_course"))
    opened = {it.lesson for it in record.course_progress(store, course) if it.opened}
    fresh = (lesson for lesson in course.lessons if lesson.id not in opened)
    return Found(course, next(fresh, course.lessons[0]))


def left_quiz(store: Store, context: Context) -> Found:
    """The course and lesson of the quiz that was left, or else the whole first course. Raises Failed."""
    from tutor.content.address import Found
    from tutor.study import session

    left = session.unfinished(store)
    for course in context.courses:
        if left is not None and course.course.id == left.course:
            return Found(course, course.lesson(left.lesson) if left.lesson else None)
    if not context.courses:
        raise Failed(context.strings("cli.no_course"))
    return Found(context.courses[0])


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1 question")
    return number


_count.__name__ = "number"
