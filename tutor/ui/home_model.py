"""What home shows, worked out from the record and the courses. No Textual here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tutor.content.loader import LoadedCourse
from tutor.content.schema import Explain, Language, Lesson, say
from tutor.study import session
from tutor.study.progress import LessonProgress, course_progress, weakest
from tutor.study.session import SessionState
from tutor.study.store import Store

Standing = Literal["new", "reading", "started", "mastered"]


@dataclass(frozen=True)
class LessonRow:
    """One lesson and how far the learner is in it; `weak` is the point missed most, in the learner's language."""

    course: LoadedCourse
    lesson: Lesson
    progress: LessonProgress
    weak: str | None

    @property
    def standing(self) -> Standing:
        progress = self.progress
        if progress.items and progress.mastered == progress.items:
            return "mastered"
        if progress.attempted:
            return "started"
        return "reading" if progress.opened else "new"

    @property
    def read_wholly(self) -> bool:
        return len(self.progress.sections_read) >= self.progress.sections


@dataclass(frozen=True)
class Resume:
    """Go on with a quiz that was left, of one lesson or (`lesson` None) the whole course."""

    state: SessionState
    course: LoadedCourse
    lesson: Lesson | None


@dataclass(frozen=True)
class OfLesson:
    """A step that is about one lesson."""

    row: LessonRow

    @property
    def course(self) -> LoadedCourse:
        return self.row.course

    @property
    def lesson(self) -> Lesson:
        return self.row.lesson


class Read(OfLesson):
    """Read a lesson, from its beginning or where it was left."""


class Quiz(OfLesson):
    """Answer the questions of a lesson."""


NextStep = Resume | Read | Quiz


@dataclass(frozen=True)
class CourseRows:
    course: LoadedCourse
    rows: tuple[LessonRow, ...]

    @property
    def mastered(self) -> int:
        return sum(row.standing == "mastered" for row in self.rows)


@dataclass(frozen=True)
class HomeView:
    """`next` is None only when there is nothing to learn or all of it is mastered."""

    courses: tuple[CourseRows, ...] = ()
    next: NextStep | None = None


def home_view(store: Store, courses: Sequence[LoadedCourse], language: Language) -> HomeView:
    """All that home shows; reads the store, so call it off the event loop."""
    shown = tuple(CourseRows(course, tuple(_rows(store, course, language))) for course in courses)
    rows = [row for course in shown for row in course.rows]
    return HomeView(shown, _resume(store, courses) or next_step(rows))


def next_step(rows: Sequence[LessonRow]) -> NextStep | None:
    """The one thing to do: finish reading, then answer, then the next lesson, then what is not mastered."""
    begun = [row for row in rows if row.progress.opened and not row.read_wholly]
    if begun:
        return Read(max(begun, key=lambda row: row.progress.opened_at or ""))
    for row in rows:
        if row.progress.opened and row.progress.items and not row.progress.attempted:
            return Quiz(row)
        if not row.progress.opened and row.standing == "new":
            return Read(row)
    open_rows = [row for row in rows if row.standing == "started"]
    return Quiz(min(open_rows, key=_mastery)) if open_rows else None


def greeting_key(hour: int) -> str:
    """Strings key of the greeting for an hour, 0..23."""
    if 5 <= hour < 12:
        return "home.greeting.morning"
    return "home.greeting.afternoon" if 12 <= hour < 18 else "home.greeting.evening"


def _mastery(row: LessonRow) -> float:
    return row.progress.mastered / row.progress.items


def _rows(store: Store, course: LoadedCourse, language: Language) -> Iterator[LessonRow]:
    for progress in course_progress(store, course):
        lesson = course.lesson(progress.lesson)
        if lesson is not None:
            weak = _weak_point(store, course, lesson, language) if progress.attempted else None
            yield LessonRow(course, lesson, progress, weak)


def _weak_point(
    store: Store, course: LoadedCourse, lesson: Lesson, language: Language
) -> str | None:
    for weak in weakest(store, course, lesson, limit=1):
        found = course.find(weak.item)
        if found and isinstance(found[1], Explain):
            point = next(point for point in found[1].points if point.id == weak.point)
            return say(point.text, language)
    return None


def _resume(store: Store, courses: Sequence[LoadedCourse]) -> Resume | None:
    left = session.unfinished(store)
    course = next((it for it in courses if left and it.course.id == left.course), None)
    if left is None or course is None:
        return None
    present = session.without_missing(left, course)
    if present.item is None:
        return None
    return Resume(present, course, course.lesson(present.lesson) if present.lesson else None)
