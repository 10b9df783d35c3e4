"""Practice lessons of other subjects, with questions of learners and the replies that a good tutor gives: to train on, never shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from tutor.content.schema import Language
from tutor.grading.signals import language_of
from tutor.tutoring.passages import Passage
from tutor.tutoring.refusal import LEARNT
from tutor.tutoring.statements import cited, statements

FOLDER = Path(__file__).parent / "practice"
LONGEST = {"en": 90, "ko": 65}
"""Words of a reply."""

Kind = Literal[
    "definition", "why", "how", "number", "compare", "misconception", "example", "unanswerable",
    "further", "simpler",
]  # fmt: skip


class Section(Struct, frozen=True, forbid_unknown_fields=True):
    heading: str
    body: str


class Exchange(Struct, frozen=True, forbid_unknown_fields=True):
    """`after`: index (from 0) of the exchange that this one goes on from, of the same lesson; None for a first question."""

    kind: Kind
    question: str
    reply: str
    after: int | None = None


class PracticeLesson(Struct, frozen=True, forbid_unknown_fields=True):
    """`sections` are its passages, numbered from 1 in order."""

    id: str
    language: Language
    sections: list[Section]
    exchanges: list[Exchange]


def read(path: Path) -> list[PracticeLesson]:
    """The lessons of a file. Raises msgspec.ValidationError."""
    return msgspec.yaml.decode(path.read_bytes(), type=list[PracticeLesson])


def every(folder: Path = FOLDER) -> list[PracticeLesson]:
    return [lesson for path in sorted(folder.glob("*.yaml")) for lesson in read(path)]


def passages(lesson: PracticeLesson) -> list[Passage]:
    """Its sections as the program gives them to a model; section ids are their numbers."""
    return [
        Passage(n, lesson.id, str(n), section.heading, section.body.strip())
        for n, section in enumerate(lesson.sections, start=1)
    ]


def problems(lesson: PracticeLesson) -> Iterator[str]:
    """What is wrong with a lesson's replies, a line each."""
    numbers = set(range(1, len(lesson.sections) + 1))
    for at, each in enumerate(lesson.exchanges):
        place = f"{lesson.id} exchange {at}"
        refusing = each.reply.startswith(LEARNT[lesson.language])
        if language_of(each.reply) != lesson.language:
            yield f"{place}: the reply is in another language"
        if len(each.reply.split()) > LONGEST[lesson.language]:
            yield f"{place}: more than {LONGEST[lesson.language]} words"
        if strange := set(cited(each.reply)) - numbers:
            yield f"{place}: cites {sorted(strange)}, which is not there"
        if refusing is not (each.kind == "unanswerable"):
            yield f"{place}: begins with the line that refuses, or should"
        if each.after is not None and not 0 <= each.after < at:
            yield f"{place}: goes on from what does not come before it"
        for start, end in statements(each.reply):
            said = each.reply[start:end]
            if not cited(said) and said != LEARNT[lesson.language]:
                yield f"{place}: cites nothing: {said}"
