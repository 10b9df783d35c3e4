"""What in an answer the lesson carries: its citations, and the sentences that nothing in the passages supports."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Struct

from tutor.content.schema import Language
from tutor.grading.signals import cosine, covered, grams, sentences
from tutor.tutoring.numerals import lacks
from tutor.tutoring.passages import UNNUMBERED, Passage
from tutor.tutoring.refusal import refusal
from tutor.tutoring.statements import Span, cited, recited, statements, tidy, without_citations

_SUPPORTED: Final[dict[Language, float]] = {"en": 0.62, "ko": 0.5}
"""Share of a sentence's n-grams in one passage."""
_CHANCE: Final[dict[Language, float]] = {"en": 0.45, "ko": 0.25}
"""The share that a sentence about something else has."""

_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nothing|without|cannot)\b|n't\b|않|없|못|아니|아닙|(?<![가-힣])안 ",
    re.I,
)


class Citation(Struct, frozen=True):
    n: int
    lesson: str
    section: str
    text: str
    """The passage's heading."""


class Answered(Struct, frozen=True):
    """A finished reply. `unsupported` are [start, end) spans of `text` that go beyond the lesson.

    `quotes_from`: where in `text` the lesson's own words begin that were set below it; None where there are none.
    """

    text: str
    language: str
    citations: list[Citation]
    unsupported: list[Span]
    is_beyond: bool = False
    """Whether it states something, and nothing of that is near anything in the lesson."""
    quotes_from: int | None = None


class Finding(Struct, frozen=True):
    """A sentence of a reply, and whether the lesson says so; `numbers`: what it is to cite, None for what it cites now.

    `far`: it shares no more with the passages than a sentence about something else.
    """

    span: Span
    supported: bool
    numbers: tuple[int, ...] | None = None
    far: bool = False


def examine(text: str, among: Sequence[Passage], language: Language) -> Answered:
    """Check what the model wrote against the passages it was given by the words they share, without any model."""
    text = tidy(text, numbers(among))
    found = [by_words(text, span, among, language) for span in statements(text)]
    return answered(text, found, among, language)


def by_words(text: str, span: Span, among: Sequence[Passage], language: Language) -> Finding:
    """What the share of n-grams says about one sentence."""
    sentence = without_citations(text[slice(*span)])
    best = max(among, key=lambda passage: share(sentence, passage), default=None)
    reached = share(sentence, best) if best is not None else 0.0
    if (
        best is None
        or not is_like(sentence, best, language)
        or is_reversed(sentence, best)
        or lacks(f"{best.heading} {best.text}", sentence)
    ):
        return Finding(span, supported=False, far=reached < _CHANCE[language])
    own = cited(text[slice(*span)])
    return Finding(span, supported=True, numbers=None if own else _number(best))


def answered(
    text: str, found: Sequence[Finding], among: Sequence[Passage], language: Language
) -> Answered:
    """The reply as it is shown, its sentences citing what was found. `text` as `tidy` leaves it; `found` in its order."""
    shown, beyond, at = "", [], 0
    for each in found:
        shown += text[at : each.span[0]]
        sentence = text[slice(*each.span)]
        if each.numbers is not None:
            sentence = recited(sentence, each.numbers)
        if not each.supported:
            beyond.append((len(shown), len(shown) + len(sentence)))
        shown += sentence
        at = each.span[1]
    shown += text[at:]
    by_number = {passage.n: passage for passage in among if passage.n != UNNUMBERED}
    citations = [
        Citation(n, by_number[n].lesson, by_number[n].section, by_number[n].heading)
        for n in sorted(cited(shown))
        if n in by_number
    ]
    is_beyond = bool(found) and all(each.far for each in found)
    return Answered(shown, language, citations, beyond, is_beyond)


def refused(reply: Answered, language: Language) -> Answered:
    """The reply with the line before it that nothing of it was found in the lesson."""
    return after(refusal(language), reply)


def after(preface: str, reply: Answered) -> Answered:
    """The reply behind a text of the program's own, which is not examined."""
    text = f"{preface}\n\n{reply.text}".rstrip()
    moved = len(text) - len(reply.text) if reply.text else 0
    spans = [(start + moved, end + moved) for start, end in reply.unsupported]
    quotes = None if reply.quotes_from is None else reply.quotes_from + moved
    return msgspec.structs.replace(reply, text=text, unsupported=spans, quotes_from=quotes)


def numbers(among: Sequence[Passage]) -> list[int]:
    """The numbers that a reply may cite."""
    return [passage.n for passage in among if passage.n != UNNUMBERED]


def share(sentence: str, passage: Passage) -> float:
    """The share of the sentence's n-grams in the passage, 0..1."""
    return covered(sentence, f"{passage.heading} {passage.text}")


def is_like(sentence: str, passage: Passage, language: Language) -> bool:
    """Whether the passage has most of the sentence's n-grams: it speaks of the same, or says the opposite."""
    return share(sentence, passage) >= _SUPPORTED[language]


def _number(passage: Passage) -> tuple[int, ...]:
    return () if passage.n == UNNUMBERED else (passage.n,)


def is_reversed(sentence: str, passage: Passage) -> bool:
    """The sentence of the passage that is most like this one says no where this one says yes."""
    spans = sentences(passage.text)
    wanted = grams(sentence)
    start, end = max(
        spans, key=lambda s: cosine(grams(passage.text[s[0] : s[1]]), wanted), default=(0, 0)
    )
    return not _NEGATION.search(sentence) and bool(_NEGATION.search(passage.text[start:end]))
