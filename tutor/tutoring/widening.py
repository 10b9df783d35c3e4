"""A question's other words: the glossary's names for the terms in it, and what everyday words stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from tutor.content.schema import Language, Term, say
from tutor.grading.korean import is_hangul
from tutor.tutoring.everyday import GROUPS
from tutor.tutoring.search_words import folded, tokens, words

_JOINS: Final = re.compile(r"[\s-]+")


class _Named(Struct, frozen=True):
    names: tuple[str, ...]
    added: tuple[str, ...]


class Widening:
    """Adds to questions what passages in `language` may call the same things."""

    def __init__(self, language: Language, terms: Sequence[Term] = ()) -> None:
        self._named = [_named(term, language) for term in terms]
        self._alike: dict[tuple[str, ...], list[str]] = {}
        for group in GROUPS[language]:
            for word in group:
                others = [other for other in group if other != word]
                self._alike.setdefault(tuple(words(word)), []).extend(others)

    def names(self, question: str) -> list[str]:
        """Tokens of the terms that the question names, in either language and any known spelling; each once."""
        plain = _spaced(question)
        return _once(
            it for named in self._named if _any_in(named.names, plain) for it in named.added
        )

    def alike(self, question: str) -> list[str]:
        """Tokens of everyday words for words of the question; each once."""
        there = words(question)
        found = (others for key, others in self._alike.items() if set(key) <= set(there))
        return _once(word for others in found for other in others for word in words(other))


def _named(term: Term, language: Language) -> _Named:
    own = [say(term.term, language), *term.also.get(language, [])]
    names = [*term.term.values(), *(name for also in term.also.values() for name in also)]
    added = _once(token for name in own for token in tokens(name))
    return _Named(tuple(_once(_spaced(name) for name in names)), tuple(added))


def _spaced(text: str) -> str:
    """Few-shot and few shot are one name."""
    return _JOINS.sub(" ", folded(text)).strip()


def _any_in(names: Sequence[str], question: str) -> bool:
    closed = question.replace(" ", "")
    return any(_in(name, question, closed) for name in names)


def _in(name: str, question: str, closed: str) -> bool:
    """Korean compounds are written together or apart and go on into particles; a Latin name is a whole word, or its plural."""
    if is_hangul(name):
        return len(name) > 1 and name.replace(" ", "") in closed
    return name in question and bool(
        re.search(rf"(?<![^\W_가-힣]){re.escape(name)}s?(?![^\W_가-힣])", question)
    )


def _once(found: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(found))
