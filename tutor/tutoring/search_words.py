"""A text as the tokens that it is found by: forgiving about endings, particles, case and a mistyped letter."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from tutor.grading.korean import bare

LETTERS, SYLLABLES = 4, 2
"""How many letters of a Latin word, or syllables of a Korean one, one n-gram has."""

_WORD: Final = re.compile(r"[^\W\d_가-힣]+(?:['’][^\W\d_가-힣]+)?|\d+(?:[.,]\d+)*|[가-힣]+")
_ENDINGS: Final = (
    "ingly", "edly", "ings", "ing", "ies", "ied", "ers", "ed", "es", "ly", "er", "s", "e", "y",
)  # fmt: skip
_FUNCTION_WORDS: Final = """
    a about all also am an and any are aren as at be because been before being but by can could couldn did didn do does
    doesn doing don done down else ever for from get gets got had has hasn have haven having he her here his how i if in
    into is isn it its just let may me might mine must my no nor not of off on once one only or other our ours out over
    own really shall she should shouldn since so some such than that the their them then there these they this those to
    too under up us very was wasn we were weren what whats when where which while who whom whose why will with without
    would wouldn yes yet you your yours
"""
_EMPTY: Final = frozenset(_FUNCTION_WORDS.split())
"""Fewer than those that are no key words of a point: make, use and know tell one question from another."""


def folded(text: str) -> str:
    """`text` as it is compared: composed, in lower case."""
    return unicodedata.normalize("NFC", text).casefold()


def words(text: str) -> list[str]:
    """English stems without function words, numbers without grouping, and the syllable bigrams of Korean words.

    Where a Korean word ends and its particle begins is a guess, so bigrams stand for it (Lee and Ahn, 1996, "Using
    n-grams for Korean text retrieval"); what the guess takes off only blurs them.
    """
    return [token for word in _WORD.findall(folded(text)) for token in _stems(word)]


def tokens(text: str) -> list[str]:
    """`words`, and beside each stem the letter n-grams of its word, which a typing error leaves in part."""
    return [token for word in _WORD.findall(folded(text)) for token in _findable(word)]


@lru_cache(maxsize=8_192)  # a course says the same words again and again
def _findable(word: str) -> tuple[str, ...]:
    stems = _stems(word)
    if not stems or not word[0].isalpha() or "가" <= word[0] <= "힣":
        return stems
    return (*stems, *(f"~{gram}" for gram in _grams(_base(word), LETTERS) if len(gram) == LETTERS))


@lru_cache(maxsize=8_192)
def _stems(word: str) -> tuple[str, ...]:
    if word[0].isdigit():
        return (word.replace(",", ""),)
    if "가" <= word[0] <= "힣":
        return tuple(_grams(bare(word), SYLLABLES))
    base = _base(word)
    return () if base in _EMPTY else (_stem(base),)


def _base(word: str) -> str:
    """Without what an apostrophe hangs on."""
    return word.replace("’", "'").partition("'")[0]


def _stem(word: str) -> str:
    """Without its ending: trained, training and trains are one word."""
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= 3:
            doubled = len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "ls"
            return stem[:-1] if doubled else stem
    return word


def _grams(word: str, size: int) -> list[str]:
    """Its character n-grams; a shorter word is its own."""
    return [word[at : at + size] for at in range(max(1, len(word) - size + 1))]
