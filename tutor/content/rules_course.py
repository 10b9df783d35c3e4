"""Rules for a course as a whole: ids that are unique across its files, and aliases that lead somewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tutor.content.course_files import CourseFiles
from tutor.content.problem import Problem, Severity
from tutor.content.rules_items import item_problems
from tutor.content.rules_text import text_problems
from tutor.content.schema import Lesson
from tutor.content.sheet import Placed, Sheet
from tutor.content.wording import quote, suggest


def course_problems(files: CourseFiles, *, strict: bool) -> list[Problem]:
    """Everything wrong with a course, file by file from top to bottom.

    What a course of ours must have is an error when `strict`, otherwise a warning.
    """
    lenient: Severity = "error" if strict else "warning"
    found = [*files.missing, *_items_across(files, lenient)]
    for sheet in files.sheets():
        found += sheet.problems
        if sheet.readable:
            found += text_problems(sheet, files.languages, lenient)
    for lesson in files.lessons:
        found += _lesson(lesson, lenient)
        found += item_problems(lesson, lenient)
    if files.glossary is not None:
        found += _same(files.glossary, files.glossary.ids("terms"), "term id")
    found += _course(files)
    order = {sheet.file: number for number, sheet in enumerate(files.sheets())}
    return sorted(dict.fromkeys(found), key=lambda it: (order[it.file], it.line, it.column))


def follow_aliases(id: str, aliases: Mapping[str, str]) -> str | None:
    """The newest id that `id` was renamed to, itself when it was not; None when it leads in a circle."""
    seen = {id}
    while id in aliases:
        id = aliases[id]
        if id in seen:
            return None
        seen.add(id)
    return id


def _lesson(sheet: Sheet[Lesson], lenient: Severity) -> Iterator[Problem]:
    id = sheet.get("id")
    if isinstance(id, str) and id != sheet.file.stem:
        message = f"{quote(id)} is not the file's name: both must be the same"
        yield sheet.problem(("id",), message)
    if isinstance(sheet.document.value, dict) and not sheet.get("items"):
        yield sheet.problem(("items",), "a lesson without items: add at least one", lenient)
    yield from _same(sheet, sheet.ids("sections"), "section id")


def _course(files: CourseFiles) -> Iterator[Problem]:
    course = files.course
    for field, what in (("lessons", "lesson"), ("languages", "language")):
        words = [it for it in course.raw(field) if isinstance(it.value, str)]
        yield from _same(course, words, what)
    yield from _same(course, course.ids("sources"), "source id")
    yield from _aliases(files)


def _aliases(files: CourseFiles) -> Iterator[Problem]:
    written = files.course.get("aliases")
    pairs = written.items() if isinstance(written, dict) else ()
    aliases = {old: new for old, new in pairs if isinstance(new, str)}
    items = {it.value for lesson in files.lessons for it in lesson.ids("items")}
    for old in aliases:
        trail = ("aliases", old)
        newest = follow_aliases(old, aliases)
        if old in items:
            message = f"{quote(old)} is the id of an item: an alias is an id no longer in use"
            yield files.course.problem(trail, message, at_key=True)
        elif newest is None:
            yield files.course.problem(trail, "leads in a circle: name the item's id of today")
        elif newest not in items and files.complete:
            hint = suggest(newest, sorted(items), "items")
            yield files.course.problem(trail, f"no item {quote(newest)} in this course{hint}")


def _items_across(files: CourseFiles, lenient: Severity) -> Iterator[Problem]:
    first: dict[str, str] = {}
    lessons = {lesson.file.stem for lesson in files.lessons}
    for sheet in files.lessons:
        for trail, id in sheet.ids("items"):
            if id in first:
                message = f"duplicate item id {quote(id)}: already in {first[id]}"
                yield sheet.problem(trail, message)
            if id in lessons:
                message = f"{quote(id)} is a lesson's id too: an address could mean either"
                yield sheet.problem(trail, message, lenient)
            line = sheet.document.at(trail).line
            first.setdefault(id, f"{sheet.file.name} on line {line}")


def _same(sheet: Sheet[Any], words: list[Placed[str]], what: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for trail, word in words:
        if word in first:
            message = f"duplicate {what} {quote(word)}: already on line {first[word]}"
            yield sheet.problem(trail, message)
        first.setdefault(word, sheet.document.at(trail).line)
