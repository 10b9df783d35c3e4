"""The labelled sentences, and what is computed from them."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.benchmarks.tutoring.sentences import Labelled, course, given, labelled
from tests.benchmarks.tutoring.support import (
    UNMARKED,
    Row,
    by_curve,
    crossed,
    fit,
    report,
    unmarked,
)
from tutor.tutoring.statements import statements
from tutor.tutoring.support import by_words, share

ROWS = labelled()


def rows() -> list[Row]:
    """As if the judge told most of them apart."""
    lessons, found = course(), []
    for at, row in enumerate(ROWS):
        among, whole = given(row, lessons), (0, len(row.sentence))
        found.append(
            Row(
                row,
                (2.0 if row.supported else -2.0) + (at % 9 - 4) / 2,
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
    halves = Counter((row.to_fit, row.supported) for row in ROWS)
    assert min(halves.values()) >= 15


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_each_is_a_statement_about_passages_that_are_there(row: Labelled) -> None:
    among = given(row, course())
    assert among
    assert len(statements(row.sentence)) == 1
    assert row.supported is (row.kind in ("verbatim", "paraphrase", "joined-two-facts"))
    if row.kind == "verbatim":
        assert row.sentence in among[0].text.replace("**", "").replace("*", "")


def test_the_threshold_lets_hardly_anything_unsupported_pass() -> None:
    found = rows()
    curve = fit(found)
    assert 0.5 <= curve.met <= 1
    assert unmarked(by_curve(found, curve)) <= UNMARKED


def test_what_is_reported_is_fitted_on_the_other_half() -> None:
    found = rows()
    flipped = [
        Row(row.of, -row.margin, row.share, row.by_words) if row.of.to_fit else row for row in found
    ]
    assert {each.row.of.id for each in crossed(found)} == {row.id for row in ROWS}
    # Half of the margins mean the opposite: fitted on one half, the other is told wrongly.
    assert unmarked(crossed(flipped)) > 0.3


def test_the_report_has_both_ways_of_checking() -> None:
    found = rows()
    lines = "\n".join(report(found, fit(found))).splitlines()
    assert sum(line.startswith("judge, fitted") for line in lines) == 3
    assert sum(line.startswith("words") for line in lines) == 3
    assert any(line.strip().startswith("negated") for line in lines)
