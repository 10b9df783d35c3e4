"""What `tutor check` tells: every problem of a course, its items counted, the schema of its files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from tutor.content.course_files import course_folders, read_course
from tutor.content.loader import LoadedCourse
from tutor.content.problem import Problem
from tutor.content.rules_course import course_problems
from tutor.content.schema import KINDS, Course, Glossary, Lesson, kind_of


def check(root: Path, *, strict: bool) -> list[Problem]:
    """Every problem of the course in `root`, of all courses in it, or of one file of a course.

    `strict` makes errors of what a course of ours must have; otherwise that is a warning.
    """
    if root.is_file():
        return _check_file(root, strict=strict)
    try:
        folders = course_folders(root)
    except OSError as error:
        return [Problem(root, 1, 1, f"cannot be read: {error.strerror}")]
    if not folders:
        return [Problem(root, 1, 1, "no course here: a course is a folder with a course.yaml")]
    return [
        problem
        for folder in folders
        for problem in course_problems(read_course(folder), strict=strict)
    ]


def counts(course: LoadedCourse) -> dict[str, dict[str, int]]:
    """For each lesson id, in the course's order, how many items of each kind it has."""
    table: dict[str, dict[str, int]] = {}
    for lesson in course.lessons:
        found = Counter(kind_of(item) for item in lesson.items)
        table[lesson.id] = {kind: found[kind] for kind in KINDS}
    return table


def json_schema() -> dict[str, Any]:
    """A JSON Schema that course.yaml, glossary.yaml and lesson files satisfy, for editors."""
    kinds, definitions = msgspec.json.schema_components(
        [Course, Lesson, Glossary], ref_template="#/$defs/{name}"
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "anyOf": list(kinds),
        "$defs": definitions,
    }


def _check_file(file: Path, *, strict: bool) -> list[Problem]:
    files = read_course(file.parent)
    if all(sheet.file != file for sheet in files.sheets()):
        message = "no course.yaml beside it lists this file: only listed lessons load"
        return [Problem(file, 1, 1, message)]
    return [it for it in course_problems(files, strict=strict) if it.file == file]
