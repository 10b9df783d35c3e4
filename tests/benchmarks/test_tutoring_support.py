"""The labelled sentences, and what is computed from them."""

from __future__ import annotations

from collections import Counter

import pytest
from msgspec.structs import replace

from tests.benchmarks.tutoring.labelled import course
from tests.benchmarks.tutoring.sentences import Labelled, given, to_fit, to_test
from tests.benchmarks.tutoring.support import UNMARKED, Row, by_curve, fit, report, unmarked
from tests.tutoring.tuned import CALIBRATION
from tutor.tutoring.statements import statements
from tutor.tutoring.support import by_words, share

ROWS = to_test()
TO_FIT = to_fit()


def rows() -> list[Row]:
    """As if the judge told most of them apart."""
    found = []
    for at, row in enumerate(ROWS):
        among, whole = given(row), (0, len(row.sentence))
        found.append(
            Row(
                row,
                (2.0 if row.supported else -2.0) + (at % 9 - 4) / 2,
                None,
                max(share(row.sentence, passage) for passage in among),
                by_words(row.sentence, whole, among, row.language).supported,
            )
        )
    return found


def test_there_are_a_hundred_in_both_languages_and_of_every_kind() -> None:
    assert Counter(row.language for row in ROWS) == {"en": 50, "ko": 50}
    assert len({row.id for row in ROWS}) == len({row.sentence for row in ROWS}) == 100
    assert 40 <= sum(row.supported for row in ROWS) <= 50
    assert {row.lesson for row in ROWS} == {lesson.id for lesson in course().lessons}
    for language in ("en", "ko"):
        kinds = Counter(row.kind for row in ROWS if row.language == language)
        assert len(kinds) == 10


def test_there_are_two_hundred_others_to_fit_on_about_other_subjects() -> None:
    assert Counter(row.language for row in TO_FIT) == {"en": 100, "ko": 100}
    assert len({row.id for row in TO_FIT}) == len({row.sentence for row in TO_FIT}) == 200
    assert not {row.lesson for row in TO_FIT} & {lesson.id for lesson in course().lessons}
    assert len({row.lesson for row in TO_FIT}) >= 50
    supported = Counter((row.language, row.supported) for row in TO_FIT)
    assert min(supported.values()) >= 40


@pytest.mark.parametrize("row", [*ROWS, *TO_FIT], ids=lambda row: row.id)
def test_each_is_a_statement_about_passages_that_are_there(row: Labelled) -> None:
    among = given(row)
    assert among
    assert len(statements(row.sentence)) == 1
    assert row.supported is (row.kind in ("verbatim", "paraphrase", "joined-two-facts"))
    if row.kind == "verbatim":
        bare = [passage.text.replace("**", "").replace("*", "") for passage in among]
        assert any(row.sentence in text for text in bare)


def test_the_threshold_lets_hardly_anything_unsupported_pass() -> None:
    found = rows()
    curve = fit(found)
    assert 0.5 <= curve.met <= 1
    assert unmarked(by_curve(found, curve)) <= UNMARKED


def test_the_report_has_every_way_of_checking() -> None:
    found = rows()
    own = replace(CALIBRATION, support=fit(found))
    lines = "\n".join(report(found, own)).splitlines()
    for way in ("judge  ", "judge, rubric's curve", "words"):
        assert sum(line.startswith(way) for line in lines) == 3
    assert any(line.strip().startswith("negated") for line in lines)
    assert not any("rubric" in line for line in report(found, CALIBRATION))
