"""When two short answers are the same answer: case, spacing, punctuation and small typing errors set aside."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from rapidfuzz.distance import OSA

_ARTICLES = frozenset(("a", "an", "the"))
_SHORT, _LONG = (
    5,
    10,
)  # letters (for Hangul: jamo) from which one, then two typing errors are forgiven


def normalise(text: str) -> str:
    """Compatibility-composed, case-folded, punctuation and signs as single spaces, English articles dropped."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    letters = "".join(
        c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in folded
    )
    return " ".join(word for word in letters.split() if word not in _ARTICLES)


def jamo(text: str) -> str:
    """Hangul syllables taken apart, so that one wrong key is one wrong letter; spaces dropped."""
    return unicodedata.normalize("NFD", normalise(text)).replace(" ", "")


def same(answer: str, accepted: str) -> bool:
    """Equal once normalised; spacing does not count (사전학습, 사전 학습; pre-training, pretraining)."""
    return bool(jamo(answer)) and jamo(answer) == jamo(accepted)


def nearly(answer: str, accepted: str) -> bool:
    """Equal but for one typing error in five letters or more, two in ten or more.

    The first letter must be right and digits must be exact: `unsupervised` is not `supervised`, 13 not 18.
    """
    left, right = jamo(answer), jamo(accepted)
    if not left or not right or left[0] != right[0] or _digits(left) != _digits(right):
        return False
    allowed = (len(right) >= _SHORT) + (len(right) >= _LONG)
    return OSA.distance(left, right, score_cutoff=allowed) <= allowed


def accepted_by(answer: str, accepted: Iterable[str]) -> tuple[str, bool] | None:
    """The accepted answer that this one is, and whether it is spelt right; None when it is none of them."""
    options = list(accepted)
    for option in options:
        if same(answer, option):
            return option, True
    for option in options:
        if nearly(answer, option):
            return option, False
    return None


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())
