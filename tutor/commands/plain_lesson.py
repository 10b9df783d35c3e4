"""A lesson as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.commands.study import next_lesson
from tutor.commands.terminal import one_line, say
from tutor.content.schema import say as in_language
from tutor.study import record
from tutor.tutoring.passages import passages

if TYPE_CHECKING:
    from tutor.commands.context import Context
    from tutor.content.address import Found


def read(asked: Found | None, context: Context) -> int:
    """Print the lesson asked for, or the next one, and record that it was read. Raises StoreError, Failed."""
    with context.store() as store:
        found = asked if asked and asked.lesson else next_lesson(store, context, asked)
        course, lesson = found.course.course, found.lesson
        assert lesson is not None
        record.opened(store, course.id, lesson.id)
        say(one_line(in_language(lesson.title, context.language)))
        for passage in passages(lesson, context.language):
            say(f"\n[{passage.n}] {one_line(passage.heading)}\n\n{passage.text}")
            record.section_read(store, course.id, lesson.id, passage.section)
    say("\n" + context.strings("plain.to_quiz", address=f"{course.id}/{lesson.id}"))
    return 0
