"""The labelled questions are sound, and the passages that answer them are found."""

from __future__ import annotations

import re

import pytest

from tests.benchmarks.tutoring import retrieval
from tests.benchmarks.tutoring.labelled import course, questions
from tutor.content.schema import LANGUAGES, Language, say


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_are_sound(language: Language) -> None:
    lessons, labelled = {lesson.id: lesson for lesson in course().lessons}, questions(language)
    assert [each.id for each in labelled] == [f"{language}-{n:02}" for n in range(1, 65)]
    assert sum(bool(each.answered_by) for each in labelled) >= 50
    for each in labelled:
        assert each.lesson in lessons
        assert bool(each.answered_by) is (each.kind != "unanswerable"), each.id
        for where in each.answered_by:
            section = lessons[where.lesson].section(where.section)
            assert section is not None, each.id
            assert _one_line(where.quote) in _one_line(say(section.body, language)), each.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_of_the_first_three_passages_answers_and_every_part_is_worth_having(
    language: Language,
) -> None:
    labelled, ways = questions(language), retrieval.ways(retrieval.shelf(language))
    results = retrieval.found(labelled, ways.pop(retrieval.AS_IT_IS))
    missed = [each.question.id for each in results if each.place is None or each.place > 3]
    reached = retrieval.score(results)
    assert reached.recall_at_3 >= retrieval.TARGET, missed
    for way, find in ways.items():
        assert retrieval.score(retrieval.found(labelled, find)).mrr < reached.mrr, way


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)
