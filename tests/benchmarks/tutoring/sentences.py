"""The sentences that were labelled by hand: whether the passages that a model was given say them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from tutor.content.loader import LoadedCourse, load_course
from tutor.content.schema import Language
from tutor.paths import bundled
from tutor.tutoring.passages import Passage, passages

FILE = Path(__file__).with_name("sentences.yaml")

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
    """`passages`: ids of the lesson's sections that the model was given."""

    id: str
    language: Language
    lesson: str
    passages: list[str]
    sentence: str
    supported: bool
    kind: Kind

    @property
    def to_fit(self) -> bool:
        """Whether it is of the half that curves are fitted on; the other half tests them."""
        return hashlib.sha256(self.id.encode()).digest()[0] % 2 == 0


def labelled() -> list[Labelled]:
    """Raises msgspec.ValidationError."""
    return msgspec.yaml.decode(FILE.read_bytes(), type=list[Labelled])


def course() -> LoadedCourse:
    """The course that the sentences are about."""
    found = load_course(bundled("content") / "llm-basics").course
    if found is None:
        raise ValueError("the course can't be read")
    return found


def given(row: Labelled, of: LoadedCourse) -> list[Passage]:
    """The passages that the sentence is held against. Raises KeyError for a lesson or section that isn't there."""
    lesson = of.lesson(row.lesson)
    if lesson is None:
        raise KeyError(row.lesson)
    by_id = {passage.section: passage for passage in passages(lesson, row.language)}
    return [by_id[section] for section in row.passages]
