"""A lesson as numbered passages: what the tutor may lean on and what a citation points at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from tutor.content.schema import Language, Lesson, Section, say
from tutor.tutoring.blocks import parts

LONGEST: Final[dict[Language, int]] = {"en": 1_200, "ko": 800}
"""Characters of a section that stays one passage, about 300 and 400 tokens: three of them fit any small context."""

UNNUMBERED: Final = 0
"""The `n` of what a reply may lean on and cannot cite, such as an entry of the glossary."""


class Passage(Struct, frozen=True):
    """A section of a lesson, or one part of a long one. `n` counts from 1 in the order of the lesson.

    `part` counts from 1 within the section; `course` is the course's id, "" where only the lesson is known; `also` is the
    heading in the lesson's other languages: learners mix them, so a passage is found by it too.
    """

    n: int
    lesson: str
    section: str
    heading: str
    text: str
    course: str = ""
    part: int = 1
    also: str = ""

    @property
    def id(self) -> str:
        """`lesson/section`, and `lesson/section.2` for the second part: the author's ids, whatever the text says."""
        place = f"{self.lesson}/{self.section}"
        return place if self.part == 1 else f"{place}.{self.part}"


def passages(lesson: Lesson, language: Language, course: str = "") -> list[Passage]:
    """Every section of the lesson, in order; one longer than LONGEST in several parts."""
    return [
        Passage(
            n,
            lesson.id,
            section.id,
            heading=say(section.heading, language),
            text=text,
            course=course,
            part=part,
            also=" ".join(said for each, said in section.heading.items() if each != language),
        )
        for n, (section, part, text) in enumerate(_split(lesson, language), start=1)
    ]


def _split(lesson: Lesson, language: Language) -> Iterator[tuple[Section, int, str]]:
    """Each section, the number of each part and its text."""
    for section in lesson.sections:
        body = say(section.body, language).strip()
        for part, text in enumerate(parts(body, LONGEST[language]), start=1):
            yield section, part, text.rstrip()
