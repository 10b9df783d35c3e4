"""Addresses of courses, lessons and items: what a learner types on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tutor.content.loader import LoadedCourse
from tutor.content.schema import Item, Lesson
from tutor.content.wording import near, quote


@dataclass(frozen=True)
class Found:
    """What an address leads to; `lesson` is the item's own when there is an item."""

    course: LoadedCourse
    lesson: Lesson | None = None
    item: Item | None = None


class AddressError(ValueError):
    """The address leads nowhere; the message says what it may have meant."""


def find(address: str, courses: Sequence[LoadedCourse]) -> Found:
    """What `course`, `course/lesson`, `course/item` or `course/lesson/item` names. Raises AddressError."""
    parts = address.strip().strip("/").split("/")
    course = next((it for it in courses if it.course.id == parts[0]), None)
    if course is None or len(parts) > 3:
        raise _nowhere(address, courses)
    if len(parts) == 1:
        return Found(course)
    lesson = course.lesson(parts[1])
    if len(parts) == 2 and lesson is not None:
        return Found(course, lesson)
    found = course.find(parts[-1])
    if found is None or (len(parts) == 3 and found[0] is not lesson):
        raise _nowhere(address, courses)
    return Found(course, *found)


def _nowhere(address: str, courses: Sequence[LoadedCourse]) -> AddressError:
    if not courses:
        return AddressError("no course is installed: add one with 'tutor courses add PATH'")
    known = _addresses(courses)
    word = address.strip().strip("/")
    ends = [it for it in known if it.rsplit("/", 1)[-1] == word.rsplit("/", 1)[-1]]
    meant = ends[0] if ends else near(word, known)
    hint = f"did you mean {quote(meant)}?" if meant else "see 'tutor courses list'"
    return AddressError(f"nothing is called {quote(address)}: {hint}")


def _addresses(courses: Sequence[LoadedCourse]) -> list[str]:
    known: list[str] = []
    for course in courses:
        id = course.course.id
        known.append(id)
        known += [f"{id}/{lesson.id}" for lesson in course.lessons]
        known += [f"{id}/{item.id}" for lesson in course.lessons for item in lesson.items]
    return known
