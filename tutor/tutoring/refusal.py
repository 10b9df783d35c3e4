"""When the lesson has no answer, and the line that says so before anything else is said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from tutor.content.schema import Language
from tutor.grading.keywords import Among, key_words
from tutor.grading.signals import covered
from tutor.tutoring.passages import Passage

_LINES: Final[dict[Language, str]] = {
    "en": "I don't find this in the lesson.",
    "ko": "레슨에서 이 내용을 찾지 못했어요.",
}
LEARNT: Final[dict[Language, str]] = {
    "en": "The lesson does not say this.",
    "ko": "이 내용은 레슨에 나오지 않아요.",
}
"""How the replies that a tutor's adapter learns from say it. A model may be wrong about that, so it is not shown so."""
_OWN: Final[dict[Language, re.Pattern[str]]] = {
    "en": re.compile(
        r"(?:(?:no|sorry|unfortunately),? )?(?:"
        r"(?:the|this) (?:lesson|passages?) (?:does|do)(?: not|n't) (?:say|explain|mention|cover|describe|tell|answer)\b[^.!?\n]{0,24}"
        r"|(?:it|this|that) is(?: not|n't) (?:said|explained|mentioned|covered|described|answered) (?:in|by) the (?:lesson|passages?)"
        r"|i (?:don't|do not|can't|cannot) find (?:it|this|that) in the lesson)\.",
        re.I,
    ),
    "ko": re.compile(
        r"(?:(?:아니요|죄송하지만),? )?(?:"
        r"(?:이|그|이런|그런) ?(?:내용|것|질문|부분)[은는이가의에]? ?[^.!?\n]{0,16}(?:레슨|수업)[^.!?\n]{0,12}(?:않|없|못)[^.!?\n]{0,6}"
        r"|(?:레슨|수업)(?: 내용)?(?:에서?|에는)? [^.!?\n]{0,16}(?:나오지|나와 있지|설명하지|다루지|말하지|찾지) (?:않|못)[^.!?\n]{0,6})\."
    ),
}
FEWEST_WORDS: Final = 2
"""Content words that a question needs before their absence says anything: "Why?" is about what was said before."""
FLOOR: Final[dict[Language, float]] = {"en": 0.5, "ko": 0.25}
"""The share of a question's n-grams in one passage that chance alone reaches."""


def refusal(language: Language) -> str:
    """The line, in the language of the question."""
    return _LINES[language]


def after_refusal(text: str, language: Language) -> str | None:
    """What follows where a model begins by saying, in its own way, that the lesson has no answer; None where it does not."""
    found = _OWN[language].match(text.lstrip())
    return text.lstrip()[found.end() :].lstrip() if found else None


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
