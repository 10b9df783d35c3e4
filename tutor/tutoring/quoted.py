"""What the lesson says, set below a reply that says something else: a mark alone leaves the learner with the wrong sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from tutor.content.schema import Language
from tutor.grading.signals import cosine, grams, sentences
from tutor.tutoring.passages import UNNUMBERED, Passage
from tutor.tutoring.statements import Span, cited, overlaps, statements, without_citations
from tutor.tutoring.support import Answered, Citation, is_like, share
from tutor.tutoring.supported import plain

MOST: Final = 2
"""Quotations below one reply."""
UNLIKE: Final = 0.4
"""Up to this cosine of their n-grams a sentence has nothing to do with a reply: of 22 that 64 replies of the 1.5B model brought,
none of the 12 up to here helped, and most of the others did."""
_FENCED: Final = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_CLOSEST: Final[dict[Language, str]] = {
    "en": "Closest in the lesson is “{heading}” [{n}]",
    "ko": "레슨에서 가장 가까운 내용은 ‘{heading}’ [{n}]이에요",
}
_SAYS: Final[dict[Language, str]] = {
    "en": "The lesson puts it this way: “{quote}” [{n}]",
    "ko": "레슨에는 이렇게 나와요: “{quote}” [{n}]",
}

_BEGINNINGS: Final = tuple(
    line.partition("{")[0] for lines in (_CLOSEST, _SAYS) for line in lines.values()
)


def quoted(
    reply: Answered, among: Sequence[Passage], near: Sequence[Passage], language: Language
) -> Answered:
    """The reply, and below it what the lesson has in place of what is marked in it.

    A marked sentence that speaks of what a passage of `among` speaks of brings that passage's sentence. Where all of the
    reply is marked, the nearest passage (the first of `near`) is named, with its sentence that is most like the reply if any
    is: the passage itself would push the reply off the screen, and its number opens it.
    """
    near = [passage for passage in near if passage.n != UNNUMBERED]
    said = statements(reply.text)
    marked = [span for span in said if overlaps(span, reply.unsupported)]
    if not marked:
        return reply
    if len(marked) == len(said) and near:
        own = without_citations(" ".join(reply.text[slice(*span)] for span in marked))
        quote = _nearest(own, near[0].text)
        if cosine(grams(quote), grams(own)) <= UNLIKE:
            quote = ""
        line = _named(near[0], language)
        return _below(reply, [f"{line}: “{quote}”" if quote else f"{line}."], [_source(near[0])])
    lines, sources = [], []
    for passage, quote in _quotes(reply.text, marked, among, language):
        lines.append(_SAYS[language].format(quote=quote, n=passage.n))
        sources.append(_source(passage))
    return _below(reply, lines[:MOST], sources[:MOST])


def closest(reply: Answered, near: Sequence[Passage], language: Language) -> Answered:
    """The reply, and below it the name of the nearest passage (the first of `near`), where there is one."""
    named = next((passage for passage in near if passage.n != UNNUMBERED), None)
    if named is None:
        return reply
    return _below(reply, [f"{_named(named, language)}."], [_source(named)])


def without_quotes(text: str) -> str:
    """The reply as the model gave it: shown what the program adds, it would write that itself."""
    parts = text.split("\n\n")
    while len(parts) > 1 and parts[-1].startswith(_BEGINNINGS):
        parts.pop()
    return "\n\n".join(parts)


def _quotes(
    text: str, marked: Sequence[Span], among: Sequence[Passage], language: Language
) -> Iterator[tuple[Passage, str]]:
    """For each marked sentence the one that is most like it; none twice, and none that the reply has itself."""
    numbered = [passage for passage in among if passage.n != UNNUMBERED]
    seen: set[str] = set()
    for span in marked:
        sentence = without_citations(text[slice(*span)])
        best = max(numbered, key=lambda passage: share(sentence, passage), default=None)
        if best is None or not is_like(sentence, best, language):
            continue
        quote = _nearest(sentence, best.text)
        if quote and quote not in text and quote not in seen:
            seen.add(quote)
            yield best, quote


def _nearest(sentence: str, text: str) -> str:
    """The sentence of a passage that is most like this one; "" where that is a row of a table or code."""
    wanted = grams(sentence)
    lines = _FENCED.sub("", text).splitlines()
    prose = plain("\n".join(line for line in lines if not line.lstrip().startswith(("|", "#"))))
    pieces = [prose[start:end].strip() for start, end in sentences(prose)]
    best = max(pieces, key=lambda piece: cosine(grams(piece), wanted), default="")
    return "" if "\n" in best else best.lstrip("-*> ")


def _named(passage: Passage, language: Language) -> str:
    return _CLOSEST[language].format(heading=passage.heading, n=passage.n)


def _source(passage: Passage) -> Citation:
    return Citation(passage.n, passage.lesson, passage.section, passage.heading)


def _below(reply: Answered, lines: Sequence[str], sources: Sequence[Citation]) -> Answered:
    if not lines:
        return reply
    text = "\n\n".join([reply.text, *lines])
    known = {each.n: each for each in [*reply.citations, *sources]}
    citations = [known[n] for n in sorted(cited(text)) if n in known]
    return msgspec.structs.replace(
        reply, text=text, citations=citations, quotes_from=len(reply.text)
    )
