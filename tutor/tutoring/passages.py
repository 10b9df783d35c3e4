"""A lesson as numbered passages: what the tutor may lean on and what a citation points at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from tutor.content.schema import Language, Lesson, say
from tutor.grading.signals import covered

UNNUMBERED: Final = 0
"""The `n` of what a reply may lean on and cannot cite, such as an entry of the glossary."""


class Passage(Struct, frozen=True):
    """One section of a lesson. `n` counts from 1 in the order of the lesson, as the reader shows it."""

    n: int
    lesson: str
    section: str
    heading: str
    text: str


def passages(lesson: Lesson, language: Language) -> list[Passage]:
    """Every section of the lesson, in order."""
    return [
        Passage(
            n,
            lesson.id,
            section.id,
            say(section.heading, language),
            say(section.body, language).strip(),
        )
        for n, section in enumerate(lesson.sections, start=1)
    ]


def closest(question: str, among: Sequence[Passage], count: int) -> list[Passage]:
    """The `count` passages that share most of the question's wording, in the order they were given."""
    ranked = sorted(
        among,
        key=lambda passage: covered(question, f"{passage.heading} {passage.text}"),
        reverse=True,
    )
    kept = {id(passage) for passage in ranked[:count]}
    return [passage for passage in among if id(passage) in kept]
