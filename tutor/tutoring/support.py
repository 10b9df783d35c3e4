"""What in an answer the lesson carries: its citations, and the sentences that nothing in the passages supports."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from tutor.grading.signals import cosine, covered, grams, sentences
from tutor.tutoring.passages import Passage

_CITED = re.compile(r"\[(\d{1,3})\]")
_SUPPORTED = {
    "en": 0.62,
    "ko": 0.5,
}  # share of a sentence's n-grams in one passage; chance is about .45 and .25


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
    """A finished reply. `unsupported` are [start, end) spans of `text` that go beyond the lesson."""

    text: str
    language: str
    citations: list[Citation]
    unsupported: list[tuple[int, int]]


def examine(text: str, among: Sequence[Passage], language: str) -> Answered:
    """Check what the model wrote against the passages it was given; numbers that stand for no passage are taken out."""
    by_number = {passage.n: passage for passage in among}
    text = _CITED.sub(lambda match: match[0] if int(match[1]) in by_number else "", text).strip()
    cited = {int(number): None for number in _CITED.findall(text)}
    unsupported = []
    for start, end in sentences(text):
        sentence = _CITED.sub("", text[start:end])
        best = max(among, key=lambda passage: _share(sentence, passage), default=None)
        enough = _SUPPORTED.get(language, 0.6)
        if best is not None and _share(sentence, best) >= enough and not _reversed(sentence, best):
            cited.setdefault(best.n)
        elif any(c.isalpha() for c in sentence):
            unsupported.append((start, end))
    citations = [
        Citation(n, by_number[n].lesson, by_number[n].section, by_number[n].heading)
        for n in sorted(cited)
    ]
    return Answered(text, language, citations, unsupported)


def _share(sentence: str, passage: Passage) -> float:
    return covered(sentence, f"{passage.heading} {passage.text}")


def _reversed(sentence: str, passage: Passage) -> bool:
    """The sentence of the passage that is most like this one says no where this one says yes."""
    spans = sentences(passage.text)
    wanted = grams(sentence)
    start, end = max(
        spans, key=lambda s: cosine(grams(passage.text[s[0] : s[1]]), wanted), default=(0, 0)
    )
    return not _NEGATION.search(sentence) and bool(_NEGATION.search(passage.text[start:end]))
