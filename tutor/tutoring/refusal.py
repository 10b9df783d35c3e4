"""When the lesson has no answer, and the line that says so before anything else is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tutor.content.schema import Language
from tutor.grading.keywords import Among, key_words
from tutor.grading.signals import covered
from tutor.tutoring.passages import Passage

_LINES: Final[dict[Language, str]] = {
    "en": "The lesson does not say this.",
    "ko": "이 내용은 레슨에 나오지 않아요.",
}
FEWEST_WORDS: Final = 2
"""Content words that a question needs before their absence says anything: "Why?" is about what was said before."""
FLOOR: Final[dict[Language, float]] = {"en": 0.5, "ko": 0.25}
"""The share of a question's n-grams in one passage that chance alone reaches."""


def refusal(language: Language) -> str:
    """The line, in the language of the question."""
    return _LINES[language]


def is_near(question: str, among: Sequence[Passage], language: Language) -> bool:
    """Whether any passage has to do with the question: a content word of it, or more of its letters than chance has.

    A question of hardly any words is always near.
    """
    wanted = key_words(question)
    if len(wanted) < FEWEST_WORDS:
        return True
    texts = [f"{passage.heading} {passage.text}" for passage in among]
    there = Among(" ".join(texts))
    return any(word in there for word in wanted) or any(
        covered(question, text) >= FLOOR[language] for text in texts
    )
