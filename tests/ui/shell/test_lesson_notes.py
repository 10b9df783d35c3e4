"""What is kept of reading a lesson."""

from __future__ import annotations

import asyncio

from tutor.study import record
from tutor.ui.lesson_notes import LessonNotes
from tutor.ui.workspace import Workspace


def notes_of(workspace: Workspace) -> LessonNotes:
    [course] = workspace.courses
    return LessonNotes(workspace.store, course, course.lessons[0])


async def test_a_new_lesson_opens_at_its_beginning_with_nothing_read(workspace: Workspace) -> None:
    notes = notes_of(workspace)
    assert await notes.open() == (0, 0.0)
    assert notes.read == set()


async def test_the_last_place_wins_however_fast_one_scrolls(workspace: Workspace) -> None:
    notes = notes_of(workspace)
    writes = []
    for share in (0.1, 0.2, 0.3):
        notes.note("counting", share, ["pieces"])
        writes.append(notes.write())
    await asyncio.gather(*writes)
    again = notes_of(workspace)
    assert await again.open() == (1, 0.3)
    assert again.read == {"pieces"}


async def test_a_section_is_new_only_once(workspace: Workspace) -> None:
    notes = notes_of(workspace)
    assert notes.note("pieces", 0.0, ["pieces"])
    assert not notes.note("pieces", 0.5, ["pieces"])
    await notes.write()
    assert [event.payload["section"] for event in workspace.store.events("section_read")] == [
        "pieces"
    ]


async def test_each_opening_is_recorded(workspace: Workspace) -> None:
    await notes_of(workspace).open()
    standing = record.course_progress(workspace.store, workspace.courses[0])
    assert [lesson.opened for lesson in standing] == [True, False]
