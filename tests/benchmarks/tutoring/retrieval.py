"""How often the right passage is found: `python -m tests.benchmarks.tutoring.retrieval`.

Each question that the course answers is asked from its own lesson and looked for in the whole course. recall@3: the share
of them for which a section that answers is among the first three found; MRR: the mean of 1 / its place. Beside it stand
the floors and what each part is worth. Settings were chosen on the odd numbers, but who wrote the everyday words had read
all questions; so what learners wrote in answer to the items, which nobody looked at for this, is looked for too, in an
index that does not know the items. Exit code 1 when recall@3 is under the target in either language.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from msgspec import Struct

from tests.benchmarks.grading.written import gold_rows
from tests.benchmarks.tutoring.labelled import COURSE, Question, Where, course, questions
from tutor.content.schema import LANGUAGES, Language, Term
from tutor.grading.signals import grams
from tutor.tutoring.asked import Asked, asked
from tutor.tutoring.passages import Passage, passages
from tutor.tutoring.retrieval import Index, Weights

TARGET = 0.95
AS_IT_IS = "as it is"
Find = Callable[[Question], list[Passage]]


class Found(Struct, frozen=True):
    """`place`: where the first section that answers stands among the sections found, from 1; None: nowhere."""

    question: Question
    place: int | None


class Score(Struct, frozen=True):
    """Shares of 0..1 over `count` questions."""

    count: int
    recall_at_1: float
    recall_at_3: float
    mrr: float


class Shelf(Struct, frozen=True):
    """What there is to find in a language, and by what."""

    language: Language
    passages: list[Passage]
    terms: list[Term]
    items: list[Asked]

    def index(
        self, *, terms: bool = True, items: bool = True, weights: Weights | None = None
    ) -> Index:
        return Index(
            self.passages,
            self.language,
            self.terms if terms else (),
            self.items if items else (),
            weights or Weights(),
        )


def shelf(language: Language) -> Shelf:
    loaded = course()
    id = loaded.course.id
    return Shelf(
        language,
        [passage for lesson in loaded.lessons for passage in passages(lesson, language, id)],
        loaded.glossary.terms,
        [item for lesson in loaded.lessons for item in asked(lesson, language, id)],
    )


def ways(among: Shelf) -> dict[str, Find]:
    """Each way to look for passages: the floors, the index without one of its parts, the index."""
    plain = Weights(heading=1, alike=0, items=0, lesson=1)
    return {
        "n-gram overlap": _overlap(among.passages),
        "BM25 of the text alone": _by(among.index(terms=False, items=False, weights=plain)),
        "without the glossary": _by(among.index(terms=False)),
        "without everyday words": _by(among.index(weights=Weights(alike=0))),
        "without the items": _by(among.index(items=False)),
        "without the lesson's preference": _by(among.index(weights=Weights(lesson=1))),
        AS_IT_IS: _by(among.index()),
    }


def found(asked_about: Sequence[Question], find: Find) -> list[Found]:
    """The place of the answer for each question that has one."""
    return [Found(each, _place(each, find(each))) for each in asked_about if each.answered_by]


def score(results: Sequence[Found]) -> Score:
    places = [each.place or 0 for each in results]
    return Score(
        len(places),
        sum(place == 1 for place in places) / len(places),
        sum(1 <= place <= 3 for place in places) / len(places),
        sum(1 / place for place in places if place) / len(places),
    )


def as_it_is(language: Language) -> Find:
    """The index as the program has it."""
    return ways(shelf(language))[AS_IT_IS]


def answers(language: Language) -> list[Question]:
    """What the graded answers of a language say, right or wrong, as questions beside the item's lesson."""
    said: list[Question] = []
    for number, row in enumerate(gold_rows()):
        place = row.course.find(row.item.id)
        stated = row.answer.points or row.answer.misconceptions
        if row.course.course.id == COURSE and row.answer.language == language and place and stated:
            lesson = place[0].id
            sections = dict.fromkeys([row.item.section, *(it.section for it in row.item.points)])
            where = [Where(lesson, section, "") for section in sections if section]
            id, text = f"answer-{number}", row.answer.text
            said.append(Question(id, lesson, text, "elsewhere", where, [], ""))
    return said


def main() -> int:
    missed = False
    print(f"{'':38} {'recall@1':>9} {'recall@3':>9} {'odd':>6} {'even':>6} {'MRR':>6}")
    for language in LANGUAGES:
        labelled, among = questions(language), shelf(language)
        for way, find in ways(among).items():
            results = found(labelled, find)
            print(_line(f"{language}  {way}", results))
        missed |= score(results).recall_at_3 < TARGET
        print(
            f"    {score(results).count} questions, recall@3 >= {TARGET} wanted; not among three:"
        )
        for each in results:
            if each.place is None or each.place > 3:
                print(f"    {each.question.id} (place {each.place}) {each.question.question}")
        written = answers(language)
        for way, alike in (("without everyday words", 0), ("with them", Weights().alike)):
            index = among.index(items=False, weights=Weights(alike=alike))
            print(_line(f"{language}  answers, {way}", found(written, _by(index))))
    return int(missed)


def _line(name: str, results: Sequence[Found]) -> str:
    whole = score(results)
    halves = [score([it for it in results if it.question.number % 2 == odd]) for odd in (1, 0)]
    odd, even = (half.recall_at_3 for half in halves)
    return (
        f"{name:38} {whole.recall_at_1:9.3f} {whole.recall_at_3:9.3f}"
        f" {odd:6.3f} {even:6.3f} {whole.mrr:6.3f}"
    )


def _by(index: Index) -> Find:
    return lambda each: index.best(each.question, 100, lesson=each.lesson)


def _overlap(among: Sequence[Passage]) -> Find:
    """The floor: by the share of the question's character n-grams that a passage has."""
    counted = [grams(f"{it.heading} {it.text}") for it in among]

    def find(each: Question) -> list[Passage]:
        wanted = grams(each.question)
        shared = [(wanted & there).total() for there in counted]
        return [among[at] for at in sorted(range(len(among)), key=lambda at: -shared[at])]

    return find


def _place(question: Question, ranked: Sequence[Passage]) -> int | None:
    right = {(each.lesson, each.section) for each in question.answered_by}
    sections = dict.fromkeys((each.lesson, each.section) for each in ranked)
    return next((place for place, each in enumerate(sections, start=1) if each in right), None)


if __name__ == "__main__":
    sys.exit(main())
