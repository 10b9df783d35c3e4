"""Whether a hint gives the answer away: pure, in both languages, and strict, because a fall-back is always at hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from msgspec import Struct
from rapidfuzz.distance import Prefix

from tutor.content.schema import Language, Lesson, say
from tutor.grading.keywords import EMPTY, Among, forms, key_words, tokens
from tutor.grading.korean import bare, is_hangul
from tutor.grading.signals import sentences

RUN: Final = 4
"""Content words in the order of the reference that are a quotation."""
RUN_KOREAN: Final = 3
"""Eojeol, of which each says more than an English word."""
SYLLABLES: Final = 6
"""Of Hangul in a row, over the border of two eojeol; compounds are written together or apart."""
COVERED: Final = 0.6
"""Share of what a point says beyond the question from which on a hint says the point."""
LEAST_NAMED: Final = 2
"""Words that are a share; of one word alone the decisive ones are looked at."""
_ROOT: Final = 0.7
"""Share of the longer word that two words of one root have in common at their beginnings: predicts, prediction."""
_LEAST_ROOT: Final = 5
_COMMON: Final = 0.5
"""Share of a lesson's sections in which a word stands that decides nothing there."""
LEAST_SECTIONS: Final = 4
"""Of a shorter lesson no word is common."""
_FREE: Final = EMPTY | {
    "already",
    "always",
    "even",
    "far",
    "still",
    "이미",
    "여전히",
    "아직",
    "항상",
}
_JOINTS: Final = str.maketrans("-‐‑–/·", "      ")


class Leak(Struct, frozen=True):
    """`kind`: a run of the reference's words, most of a point, or a word that decides it; `words`: which."""

    kind: Literal["run", "covered", "named"]
    words: tuple[str, ...]


def find_leak(
    hint: str,
    reference: str,
    points: Sequence[str],
    question: str,
    known: Iterable[str] = (),
    common: str = "",
) -> Leak | None:
    """What of the reference or of the `points` that are missing the hint gives away; None where that is nothing.

    Words of the question give nothing away. `known`: what else the learner has in sight (the author's hints, their own
    words): single words of it may be named, but a run or most of a point is a leak all the same. `common`: words that
    decide nothing (see `common_words`).
    """
    sources = [reference, *points]
    said, asked = _Words(hint), _Words(question)
    empty = [asked, _Words(common)]
    for source in sources:
        if run := _run(_Words(source), said, asked):
            return Leak("run", run)
    claims = [*points, *(reference[start:end] for start, end in sentences(reference))]
    for claim in claims:
        if named := _most(claim, said, empty):
            return Leak("covered", named)
    seen = [asked, *map(_Words, known)]
    for point in points:
        # Where all that a point says is what the lesson is about, that is what decides it.
        decisive = _new(point, [*seen, *empty]) or _new(point, seen)
        if named := tuple(word for word in decisive if said.has(word)):
            return Leak("named", named)
    return None


def common_words(lesson: Lesson, language: Language) -> str:
    """The words that stand in half of the lesson's sections or more: what it is about decides no single point."""
    texts = [
        key_words(f"{say(each.heading, language)} {say(each.body, language)}".translate(_JOINTS))
        for each in lesson.sections
    ]
    if len(texts) < LEAST_SECTIONS:
        return ""
    there = [frozenset[str]().union(*map(forms, words)) for words in texts]
    words = dict.fromkeys(word for text in texts for word in text)
    often = [
        word
        for word in words
        if sum(not forms(word).isdisjoint(text) for text in there) >= _COMMON * len(there)
    ]
    return " ".join(often)


class _Words:
    """A text as its content words in order, and as all of its words."""

    def __init__(self, text: str) -> None:
        apart = text.translate(_JOINTS)
        self.every = tokens(apart)
        self.content = [word for word in self.every if not _is_empty(word)]
        self.forms = [forms(word) for word in self.content]
        self.compact = "".join(self.content).casefold()
        self._among = Among(apart)
        self._long = [
            form for each in self.every for form in forms(each) if len(form) >= _LEAST_ROOT
        ]

    def has(self, word: str) -> bool:
        """Whether the word, or one of its root, is there."""
        if self._among.has(word, typos=False):
            return True
        if is_hangul(word):
            return False
        return any(_one_root(form, own) for form in forms(word) for own in self._long)

    def has_run(self, run: Sequence[frozenset[str]]) -> bool:
        """Whether these words stand there one behind the other, with nothing but empty words between."""
        return any(
            all(left & right for left, right in zip(run, self.forms[at:], strict=False))
            for at in range(len(self.forms) - len(run) + 1)
        )


def _run(source: _Words, said: _Words, asked: _Words) -> tuple[str, ...] | None:
    """The first run of the source's words that the hint has and the question has not."""
    for at in range(len(source.content)):
        size = RUN_KOREAN if is_hangul(source.content[at]) else RUN
        run = source.forms[at : at + size]
        if len(run) == size and said.has_run(run) and not asked.has_run(run):
            return tuple(source.content[at : at + size])
    borders = set()
    end = 0
    for word in source.content:
        end += len(word)
        borders.add(end)
    for at in range(len(source.compact) - SYLLABLES + 1):
        part = source.compact[at : at + SYLLABLES]
        joined = any(at < border < at + SYLLABLES for border in borders)
        korean = all("가" <= sign <= "힣" for sign in part)
        if joined and korean and part in said.compact and part not in asked.compact:
            return (part,)
    return None


def _most(claim: str, said: _Words, empty: Sequence[_Words]) -> tuple[str, ...] | None:
    """The words of the claim that the hint has, where they are most of what it says beyond `empty`, or all of it."""
    every = tokens(claim.translate(_JOINTS))
    if every and all(said.has(word) for word in every):
        return tuple(every)
    new = _new(claim, empty)
    named = [word for word in new if said.has(word)]
    if len(named) >= LEAST_NAMED and len(named) >= COVERED * len(new):
        return tuple(named)
    return None


def _new(claim: str, given: Sequence[_Words]) -> list[str]:
    """The content words of a claim that none of the texts has."""
    words = [word for word in key_words(claim.translate(_JOINTS)) if word not in _FREE]
    return [word for word in words if not any(text.has(word) for text in given)]


def _is_empty(word: str) -> bool:
    return bool({word.casefold(), bare(word).casefold() if is_hangul(word) else ""} & EMPTY)


def _one_root(left: str, right: str) -> bool:
    shared = Prefix.similarity(left, right)
    return shared >= _LEAST_ROOT and shared >= _ROOT * max(len(left), len(right))
