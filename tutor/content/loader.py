"""Courses from folders: what the app teaches from, or why it cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from tutor.content.course_files import COURSE_FILE, CourseFiles, course_folders, read_course
from tutor.content.problem import Problem
from tutor.content.rules_course import course_problems, follow_aliases
from tutor.content.schema import Course, Glossary, Item, Lesson
from tutor.content.wording import quote


@dataclass(frozen=True)
class LoadedCourse:
    """A course whose files all fit; `lessons` in the course's order."""

    course: Course
    lessons: tuple[Lesson, ...]
    glossary: Glossary
    root: Path

    @cached_property
    def _items(self) -> dict[str, tuple[Lesson, Item]]:
        return {item.id: (lesson, item) for lesson in self.lessons for item in lesson.items}

    def lesson(self, id: str) -> Lesson | None:
        """The lesson with this id."""
        return next((lesson for lesson in self.lessons if lesson.id == id), None)

    def find(self, item_id: str) -> tuple[Lesson, Item] | None:
        """The item with this id, or that was renamed from it, and the lesson it stands in."""
        return self._items.get(self._newest(item_id))

    def address(self, item_id: str) -> str:
        """`course/item`, with today's id of a renamed item: the key of its history."""
        return f"{self.course.id}/{self._newest(item_id)}"

    def _newest(self, item_id: str) -> str:
        return follow_aliases(item_id, self.course.aliases) or item_id


@dataclass(frozen=True)
class Loaded:
    """`course` is None when any problem is an error; warnings leave it usable."""

    course: LoadedCourse | None
    problems: tuple[Problem, ...]


def load_course(root: Path) -> Loaded:
    """The course in the folder `root`. Never raises for what is in it."""
    files = read_course(root)
    problems = tuple(course_problems(files, strict=False))
    if any(problem.severity == "error" for problem in problems):
        return Loaded(None, problems)
    return Loaded(_assembled(files), problems)


def load_courses(roots: Sequence[Path]) -> list[Loaded]:
    """The courses in `roots`, each a course folder or a folder of such; missing roots are passed over.

    A folder met twice loads once; of two courses with the same id the first is loaded and the other refused.
    """
    loaded: list[Loaded] = []
    seen: set[Path] = set()
    taken: dict[str, Path] = {}
    for root in roots:
        try:
            folders = course_folders(root) if root.is_dir() else []
        except OSError as error:
            loaded.append(Loaded(None, (Problem(root, 1, 1, f"cannot be read: {error.strerror}"),)))
            continue
        for folder in folders:
            if folder.resolve() not in seen:
                seen.add(folder.resolve())
                loaded.append(_unless_taken(load_course(folder), taken))
    return loaded


def _assembled(files: CourseFiles) -> LoadedCourse | None:
    course = files.course.whole
    lessons = tuple(lesson.whole for lesson in files.lessons)
    glossary = files.glossary.whole if files.glossary else Glossary(terms=[])
    if course is None or glossary is None:
        return None
    return LoadedCourse(course, tuple(it for it in lessons if it), glossary, files.root)


def _unless_taken(loaded: Loaded, taken: dict[str, Path]) -> Loaded:
    if loaded.course is None:
        return loaded
    id, root = loaded.course.course.id, loaded.course.root
    first = taken.setdefault(id, root)
    if first == root:
        return loaded
    message = f"course id {quote(id)} is taken by {first}: give this one another id"
    refusal = Problem(root / COURSE_FILE, 1, 1, message)
    return replace(loaded, course=None, problems=(*loaded.problems, refusal))
