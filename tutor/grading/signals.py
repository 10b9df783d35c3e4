"""What the text alone says about a point: how much of its wording is in the answer, and how much of the question."""

from __future__ import annotations

import re
from collections import Counter
from math import sqrt

from tutor.grading.normalise import normalise

_BREAK = re.compile(r"(?<=[.!?。])\s+|\n+|(?<=니다|어요|아요|예요|에요|해요|한다|된다|이다)\s+")
_DUNNO = frozenset(
    (
        "i don t know", "i do not know", "don t know", "no idea", "idk", "dunno", "pass", "not sure",
        "몰라", "몰라요", "모르겠다", "모르겠어요", "모르겠습니다", "잘 모르겠어요", "잘 모르겠습니다", "모름", "잘 모르겠다",
    )
)  # fmt: skip


def grams(text: str, size: int = 3) -> Counter[str]:
    """Character n-grams of the normalised text; for Hangul two syllables say what three letters do."""
    plain = f" {normalise(text)} "
    if any("가" <= c <= "힣" for c in plain):
        size = 2
    return Counter(plain[i : i + size] for i in range(max(1, len(plain) - size + 1)))


def cosine(left: Counter[str], right: Counter[str]) -> float:
    """0..1; 0 when either is empty."""
    dot = sum(count * right[gram] for gram, count in left.items())
    norm = sqrt(sum(c * c for c in left.values()) * sum(c * c for c in right.values()))
    return dot / norm if norm else 0.0


def covered(part: str, whole: str) -> float:
    """The share of `part`'s n-grams that stand in `whole`, 0..1."""
    wanted, there = grams(part), grams(whole)
    total = sum(wanted.values())
    return sum(min(count, there[gram]) for gram, count in wanted.items()) / total if total else 0.0


def is_empty(answer: str) -> bool:
    """Nothing said: no letters or digits, or one of the usual ways to pass."""
    plain = normalise(answer)
    return not plain or plain in _DUNNO


def is_echo(answer: str, question: str) -> bool:
    """The answer is the question again: nearly all of it stands there, in a text not longer than that."""
    return (
        len(normalise(answer)) <= 1.1 * len(normalise(question)) and covered(answer, question) > 0.9
    )


def sentences(answer: str) -> list[tuple[int, int]]:
    """[start, end) of each sentence or clause of the answer, without surrounding space."""
    spans, start = [], 0
    for cut in [*(match for match in _BREAK.finditer(answer)), None]:
        end = cut.start() if cut else len(answer)
        text = answer[start:end]
        if text.strip():
            left = start + len(text) - len(text.lstrip())
            spans.append((left, left + len(text.strip())))
        start = cut.end() if cut else end
    return spans


def evidence(answer: str, point: str) -> tuple[int, int] | None:
    """The sentence of the answer that is most like the point; None where no letters are shared (another language)."""
    spans = sentences(answer)
    wanted = grams(point)
    best = max(
        spans, key=lambda span: cosine(grams(answer[span[0] : span[1]]), wanted), default=None
    )
    if best is None:
        return None
    if len(spans) == 1 or cosine(grams(answer[best[0] : best[1]]), wanted) > 0.05:
        return best
    return None


def language_of(text: str) -> str | None:
    """`ko` or `en` by script; None when there are too few letters to say."""
    hangul = sum("가" <= c <= "힣" or "ㄱ" <= c <= "ㅣ" for c in text)
    latin = sum(c.isascii() and c.isalpha() for c in text)
    if hangul + latin < 8:
        return None
    return "ko" if 3 * hangul >= latin else "en"
