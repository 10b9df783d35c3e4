"""The passages of whole courses and the indices over them, each made when it is first asked for, and kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tutor.content.schema import Language, Lesson, Term
from tutor.tutoring.asked import asked
from tutor.tutoring.passages import Passage, passages
from tutor.tutoring.retrieval import Index

if TYPE_CHECKING:
    from tutor.content.loader import LoadedCourse


class Corpus:
    """What can be looked up. Safe to share: whoever keeps one builds each index once."""

    def __init__(self, lessons: Sequence[tuple[str, Lesson]], terms: Sequence[Term] = ()) -> None:
        """`lessons`, each with its course's id, in reading order; `terms` widen questions."""
        self._lessons, self._terms = lessons, terms
        self._passages: dict[Language, list[Passage]] = {}
        self._indices: dict[Language, Index] = {}

    @classmethod
    def of(cls, courses: Sequence[LoadedCourse]) -> Corpus:
        """All lessons and glossaries of `courses`."""
        lessons = [(each.course.id, lesson) for each in courses for lesson in each.lessons]
        return cls(lessons, [term for each in courses for term in each.glossary.terms])

    def passages(self, language: Language) -> Sequence[Passage]:
        """All of them in reading order; in each lesson `n` counts from 1."""
        if language not in self._passages:
            self._passages[language] = [
                passage
                for course, lesson in self._lessons
                for passage in passages(lesson, language, course)
            ]
        return self._passages[language]

    def numbered(self, found: Sequence[Passage], language: Language, lesson: str) -> list[Passage]:
        """`found` in reading order, with the numbers that they have for who reads `lesson`.

        Its own passages keep theirs; those of other lessons go on after its last, the same ones for every question.
        """
        everything = self.passages(language)
        own = [each for each in everything if each.lesson == lesson]
        others = [each for each in everything if each.lesson != lesson]
        numbers = {(it.course, it.id): n for n, it in enumerate([*own, *others], start=1)}
        renumbered = (replace(each, n=numbers[each.course, each.id]) for each in found)
        return sorted(renumbered, key=lambda each: each.n)

    def index(self, language: Language) -> Index:
        """Over `passages(language)`. The first one imports the library that scores, a quarter of a second."""
        if language not in self._indices:
            items = [
                item for course, lesson in self._lessons for item in asked(lesson, language, course)
            ]
            self._indices[language] = Index(self.passages(language), language, self._terms, items)
        return self._indices[language]
