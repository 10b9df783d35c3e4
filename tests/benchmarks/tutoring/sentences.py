"""The sentences that were labelled by hand: whether the passages that a model was given say them.

A hundred of them, about the course, test; two hundred others, about practice lessons of other subjects, are fitted on.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from models.tutoring import lessons
from tests.benchmarks.tutoring.labelled import course
from tutor.content.schema import Language
from tutor.tutoring.passages import Passage, passages

FOLDER = Path(__file__).parent
TESTED = ("sentences.yaml",)
FITTED = ("fit-sentences.en.yaml", "fit-sentences.ko.yaml")

Kind = Literal[
    "verbatim",
    "paraphrase",
    "joined-two-facts",
    "swapped",
    "negated",
    "wrong-number",
    "overgeneralised",
    "invented",
    "true-but-not-in-lesson",
    "off-topic",
]


class Labelled(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`lesson` of the course, or of the practice lessons; `passages`: ids of its sections that the model was given."""

    id: str
    language: Language
    lesson: str
    passages: list[str]
    sentence: str
    supported: bool
    kind: Kind


@cache
def to_test() -> list[Labelled]:
    """Raises msgspec.ValidationError."""
    return _read(TESTED)


@cache
def to_fit() -> list[Labelled]:
    """Raises msgspec.ValidationError."""
    return _read(FITTED)


def given(row: Labelled) -> list[Passage]:
    """The passages that the sentence is held against. Raises KeyError for a lesson or section that isn't there."""
    by_id = {passage.section: passage for passage in _passages(row)}
    return [by_id[section] for section in row.passages]


def _read(names: Iterable[str]) -> list[Labelled]:
    return [
        row
        for name in names
        for row in msgspec.yaml.decode((FOLDER / name).read_bytes(), type=list[Labelled])
    ]


def _passages(row: Labelled) -> list[Passage]:
    lesson = course().lesson(row.lesson)
    return passages(lesson, row.language) if lesson else lessons.passages(_practice()[row.lesson])


@cache
def _practice() -> dict[str, lessons.PracticeLesson]:
    return {lesson.id: lesson for lesson in lessons.every()}
