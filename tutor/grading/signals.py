"""What the text alone says about a point: how much of its wording is in the answer, and how much of the question."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from math import sqrt

from tutor.grading.normalise import normalise

_ABBREVIATED = r"(?<!\bal\.)(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bvs\.)(?<!\bcf\.)"
_BREAK = re.compile(
    rf"(?<=[.!?。]){_ABBREVIATED}\s+|\n+|(?<=니다|어요|아요|예요|에요|해요|한다|된다|이다)\s+"
)
LEAST_ALIKE = 0.05
LONG = 0.75
"""What the likeness of a whole sentence counts beside that of a clause: the fewest words that carry the point."""
_CLAUSE = re.compile(
    r"[,;:]\s+|\s*(?:[-=]>|→)\s*|\s+(?=(?:and|but|while|whereas|so|because|then|or)\s)"
    r"|(?<=[가-힣][고며])\s+|(?<=지만|는데|어서|아서|니까|면서|으며)\s+"
)
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


def cosine(left: Mapping[str, float], right: Mapping[str, float]) -> float:
    """0..1; 0 when either is empty."""
    dot = sum(count * right.get(gram, 0.0) for gram, count in left.items())
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
    """[start, end) of each sentence of the answer, without surrounding space."""
    return _parts(answer, (0, len(answer)), _BREAK)


def clauses(answer: str) -> list[tuple[int, int]]:
    """[start, end) of each part of a sentence that could stand alone, without surrounding space."""
    return [part for span in sentences(answer) for part in _parts(answer, span, _CLAUSE)]


def _parts(text: str, span: tuple[int, int], cut: re.Pattern[str]) -> list[tuple[int, int]]:
    spans, start = [], span[0]
    for match in [*cut.finditer(text, *span), None]:
        end = match.start() if match else span[1]
        part = text[start:end]
        if part.strip():
            left = start + len(part) - len(part.lstrip())
            spans.append((left, left + len(part.strip())))
        start = match.end() if match else end
    return spans


def evidence(answer: str, point: str, points: Sequence[str] = ()) -> tuple[int, int] | None:
    """The clause, or the sentence, that is most like the point; None where no letters are shared (another language).

    `points`: all of the question; what several of them have in common tells little of which is meant.
    """
    others = [grams(other) for other in points if other != point]
    wanted = {
        gram: count / (1 + sum(gram in other for other in others)) ** 2
        for gram, count in grams(point).items()
    }
    spans = sentences(answer)
    likeness = {span: LONG * cosine(grams(answer[slice(*span)]), wanted) for span in spans}
    likeness |= {span: cosine(grams(answer[slice(*span)]), wanted) for span in clauses(answer)}
    best = max(likeness, key=lambda span: likeness[span], default=None)
    if best is None or (likeness[best] <= LEAST_ALIKE and len(spans) > 1):
        return None
    return best if likeness[best] > LEAST_ALIKE else spans[0]


def language_of(text: str) -> str | None:
    """`ko` or `en` by script; None when there are too few letters to say."""
    hangul = sum("가" <= c <= "힣" or "ㄱ" <= c <= "ㅣ" for c in text)
    latin = sum(c.isascii() and c.isalpha() for c in text)
    if hangul + latin < 8:
        return None
    return "ko" if 3 * hangul >= latin else "en"
