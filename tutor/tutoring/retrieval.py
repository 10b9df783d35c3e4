"""The passages that a question is about, by the words that it shares with them (BM25)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tutor.content.schema import Language, Term
from tutor.tutoring.asked import Asked
from tutor.tutoring.passages import Passage
from tutor.tutoring.search_words import tokens
from tutor.tutoring.widening import Widening

if TYPE_CHECKING:
    from bm25s import BM25


class Weights(Struct, frozen=True, kw_only=True):
    """What counts how much. The values are those that `python -m tests.benchmarks.tutoring.retrieval` measures."""

    heading: int = 2
    """How often each word of a heading counts beside one of the text."""
    alike: float = 0.6
    """An everyday word for a word of the question, beside the word itself."""
    items: float = 1.0
    """The likest item about a section, beside the section's text."""
    lesson: float = 1.7
    """A passage of the lesson in which the question is asked, beside one of another lesson."""


DEFAULT: Final = Weights()


class Index:
    """Finds among passages of one language. Building takes milliseconds, the first one also an import: keep it.

    Scores are BM25 in Lucene's form, k1 1.5, b 0.75 (Robertson and Zaragoza, 2009, "The probabilistic relevance
    framework"; Lù, 2024, "BM25S").
    """

    def __init__(
        self,
        passages: Sequence[Passage],
        language: Language,
        terms: Sequence[Term] = (),
        items: Sequence[Asked] = (),
        weights: Weights = DEFAULT,
    ) -> None:
        """`terms`: a glossary, by which a question is widened; `items`: what else is asked about the passages."""
        self._passages, self._weights = passages, weights
        self._texts = _Scores([_tokens(each, weights.heading) for each in passages])
        places: dict[tuple[str, str, str], list[int]] = {}
        for at, each in enumerate(passages):
            places.setdefault((each.course, each.lesson, each.section), []).append(at)
        about = [(item, places.get((item.course, item.lesson, item.section), [])) for item in items]
        self._about = [places for _, places in about]
        self._items = _Scores([tokens(item.text) for item, _ in about])
        self._widening = Widening(language, terms)

    def best(self, question: str, count: int, *, lesson: str | None = None) -> list[Passage]:
        """At most `count` passages, the best first and equals in reading order; none shares nothing with the question.

        `lesson`: where the question is asked; its passages come before others that are about as near.
        """
        scores = self._score(question)
        for at, passage in enumerate(self._passages):
            if passage.lesson == lesson:
                scores[at] *= self._weights.lesson
        order = sorted(range(len(scores)), key=lambda at: -scores[at])
        return [self._passages[at] for at in order[:count] if scores[at] > 0]

    def _score(self, question: str) -> list[float]:
        said = tokens(question)
        said += [name for name in self._widening.names(question) if name not in said]
        alike = [word for word in self._widening.alike(question) if word not in said]
        weighted = ((said, 1.0), (alike, self._weights.alike))
        texts, nearest = self._texts.of(weighted), [0.0] * len(self._passages)
        for places, score in zip(self._about, self._items.of(weighted), strict=True):
            for at in places:
                nearest[at] = max(nearest[at], score)
        return [text + self._weights.items * it for text, it in zip(texts, nearest, strict=True)]


def _tokens(passage: Passage, heading: int) -> list[str]:
    return tokens(passage.heading) * heading + tokens(passage.also) + tokens(passage.text)


class _Scores:
    """BM25 over texts as tokens."""

    def __init__(self, texts: Sequence[list[str]]) -> None:
        self._count = len(texts)
        self._bm25 = _built(texts) if any(texts) else None

    def of(self, weighted: Sequence[tuple[list[str], float]]) -> list[float]:
        """The score of each text for these words, 0 where it has none of them."""
        total = [0.0] * self._count
        for words, weight in weighted:
            known = self._bm25.get_tokens_ids(words) if self._bm25 else []
            if self._bm25 and known:
                scores = self._bm25.get_scores_from_ids(known).tolist()
                total = [before + weight * it for before, it in zip(total, scores, strict=True)]
        return total


def _built(texts: Sequence[list[str]]) -> BM25:
    import bm25s

    logging.getLogger("bm25s").setLevel(logging.WARNING)  # it logs every index at debug level
    bm25 = bm25s.BM25(k1=1.5, b=0.75, backend="numpy", csc_backend="numpy")
    bm25.index(list(texts), create_empty_token=False, show_progress=False)
    return bm25
