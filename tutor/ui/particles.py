"""Korean particles: which form follows a word depends on the sound the word ends in."""

from __future__ import annotations

_PAIRS = {
    "을를": ("을", "를"),
    "은는": ("은", "는"),
    "이가": ("이", "가"),
    "과와": ("과", "와"),
    "으로로": ("으로", "로"),
}
_DIGITS_WITH_FINAL = frozenset("013678")
_DIGITS_WITH_RIEUL = frozenset("178")
_LETTERS_WITH_FINAL = frozenset("lmnrLMNR")
_LETTERS_WITH_RIEUL = frozenset("lrLR")
_RIEUL = 8


def with_particle(word: str, pair: str) -> str:
    """`word` followed by the fitting form of `pair` ("을를", "은는", "이가", "과와", "으로로"). KeyError for another pair."""
    after_consonant, after_vowel = _PAIRS[pair]
    last = next((sign for sign in reversed(word) if sign.isalnum()), "")
    if pair == "으로로" and _ends_in_rieul(last):
        return word + after_vowel
    return word + (after_consonant if _has_final(last) else after_vowel)


def _final(sign: str) -> int:
    """Index of the final consonant of a Hangul syllable, 0 when it has none or is not one."""
    return (ord(sign) - 0xAC00) % 28 if "가" <= sign <= "힣" else 0


def _has_final(sign: str) -> bool:
    return bool(sign) and (
        sign in _DIGITS_WITH_FINAL or sign in _LETTERS_WITH_FINAL or _final(sign) > 0
    )


def _ends_in_rieul(sign: str) -> bool:
    return bool(sign) and (
        sign in _DIGITS_WITH_RIEUL or sign in _LETTERS_WITH_RIEUL or _final(sign) == _RIEUL
    )
