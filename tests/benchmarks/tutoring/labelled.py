"""Questions that learners ask beside a lesson, each with the sections that answer it, in `questions.LANGUAGE.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
import yaml
from msgspec import Struct

from tutor.content.loader import LoadedCourse, load_course
from tutor.content.schema import Language
from tutor.paths import bundled

FOLDER = Path(__file__).parent
COURSE = "llm-basics"


class Where(Struct, frozen=True, forbid_unknown_fields=True):
    """A section that answers; `quote` is the piece of its body that does, verbatim."""

    lesson: str
    section: str
    quote: str


class Question(Struct, frozen=True, forbid_unknown_fields=True):
    """`answered_by`: every section that answers, the best first, none where the course does not say it.

    `forbidden`: claims that a badly informed model might make; `point`: what a right answer has to say.
    """

    id: str
    lesson: str
    question: str
    kind: Literal[
        "definition", "why", "how", "number", "compare", "misconception", "example", "elsewhere",
        "unanswerable",
    ]  # fmt: skip
    answered_by: list[Where]
    forbidden: list[str]
    point: str

    @property
    def number(self) -> int:
        """Settings are chosen on the odd ones."""
        return int(self.id.rsplit("-", 1)[1])


def questions(language: Language) -> list[Question]:
    """All of a language. Raises msgspec.ValidationError."""
    text = (FOLDER / f"questions.{language}.yaml").read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), list[Question])


@cache
def course() -> LoadedCourse:
    """The course that the questions are about."""
    loaded = load_course(bundled("content") / COURSE)
    assert loaded.course is not None, loaded.problems
    return loaded.course
