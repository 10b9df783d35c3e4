"""The files that make up a course folder, read as far as they can be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tutor.content.problem import Problem
from tutor.content.schema import LANGUAGES, Course, Glossary, Id, Language, Lesson
from tutor.content.sheet import Placed, Sheet
from tutor.content.wording import quote

COURSE_FILE = "course.yaml"
GLOSSARY_FILE = "glossary.yaml"
RESERVED = frozenset({"course", "glossary", "gold"})
"""File stems that are no lessons."""


@dataclass
class CourseFiles:
    """The sheets of one course, lessons in the course's order."""

    root: Path
    course: Sheet[Course]
    lessons: list[Sheet[Lesson]] = field(default_factory=list)
    glossary: Sheet[Glossary] | None = None
    missing: list[Problem] = field(default_factory=list)
    """Entries of the course's list of lessons that lead to no file."""

    @property
    def languages(self) -> list[Language]:
        """The course's languages, as far as its list is right."""
        written = self.course.get("languages")
        return [it for it in LANGUAGES if isinstance(written, list) and it in written]

    @property
    def complete(self) -> bool:
        """Whether every listed lesson was there and readable, so that what is not found does not exist."""
        return not self.missing and all(lesson.readable for lesson in self.lessons)

    def sheets(self) -> Iterator[Sheet[Course] | Sheet[Lesson] | Sheet[Glossary]]:
        """Every file read, in the order in which problems are told."""
        yield self.course
        yield from self.lessons
        if self.glossary is not None:
            yield self.glossary


def read_course(root: Path) -> CourseFiles:
    """The course in the folder `root`; never raises for what the files say."""
    files = CourseFiles(root, Sheet(root / COURSE_FILE, Course))
    for entry in _listed(files.course):
        file = root / f"{entry.value}.yaml"
        if message := _unusable(entry.value, file):
            files.missing.append(files.course.problem(entry.trail, message))
        else:
            files.lessons.append(Sheet(file, Lesson))
    if _exists(root / GLOSSARY_FILE):
        files.glossary = Sheet(root / GLOSSARY_FILE, Glossary)
    return files


def course_folders(root: Path) -> list[Path]:
    """`root` itself when it is a course, else the course folders in it. Raises OSError when it cannot be listed."""
    if _exists(root / COURSE_FILE) or not root.is_dir():
        return [root]
    return sorted(folder for folder in root.iterdir() if _exists(folder / COURSE_FILE))


def _exists(file: Path) -> bool:
    """Whether `file` is there; also when that cannot be seen, since reading it then says why."""
    try:
        return file.exists()
    except OSError:
        return True


def _listed(course: Sheet[Course]) -> list[Placed[str]]:
    entries: list[Placed[str]] = course.entries("lessons", Id)
    first: dict[str, Placed[str]] = {}
    for entry in entries:
        first.setdefault(entry.value, entry)
    return list(first.values())


def _unusable(lesson: str, file: Path) -> str | None:
    if lesson in RESERVED:
        return f"{quote(lesson)} cannot be a lesson: {file.name} has another use"
    if not _exists(file):
        return f"lesson {quote(lesson)} has no file: there is no {file.name} in this folder"
    return None
