"""What is kept of reading a lesson: that it was opened, where one is, what was read. No Textual here."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from tutor.content.loader import LoadedCourse
from tutor.content.schema import Lesson
from tutor.study import record
from tutor.study.store import Store
from tutor.ui.lesson_place import pack, place_key, unpack


class LessonNotes:
    """Notes are taken at once and written behind: rapid scrolling costs one write, and the last place wins."""

    def __init__(self, store: Store, course: LoadedCourse, lesson: Lesson) -> None:
        self.read: set[str] = set()
        self._store, self._course, self._lesson = store, course, lesson
        self._place: str | None = None
        self._unwritten: list[str] = []
        self._writing = asyncio.Lock()

    async def open(self) -> tuple[int, float]:
        """Record the opening; where the lesson was left, as section index and share 0..1. Raises StoreError."""
        return await asyncio.to_thread(self._open)

    def note(self, section: str, share: float, seen: Iterable[str]) -> bool:
        """One is at a share 0..1 of a section, and has read the sections `seen`; whether any of those is new."""
        self._place = pack(section, share)
        fresh = [each for each in seen if each not in self.read]
        self.read.update(fresh)
        self._unwritten += fresh
        return bool(fresh)

    async def write(self) -> None:
        """Put on disk what was noted until now; done when all of it is there. Raises StoreError."""
        async with self._writing:
            place, self._place = self._place, None
            sections, self._unwritten = self._unwritten, []
            if place is not None or sections:
                await asyncio.to_thread(self._write, place, sections)

    def _open(self) -> tuple[int, float]:
        course, lesson = self._course.course.id, self._lesson.id
        record.opened(self._store, course, lesson)
        for standing in record.course_progress(self._store, self._course):
            if standing.lesson == lesson:
                self.read.update(standing.sections_read)
        return unpack(self._store.kept(place_key(course, lesson)), self._lesson)

    def _write(self, place: str | None, sections: list[str]) -> None:
        course, lesson = self._course.course.id, self._lesson.id
        if place is not None:
            self._store.keep(place_key(course, lesson), place)
        for section in sections:
            record.section_read(self._store, course, lesson, section)
