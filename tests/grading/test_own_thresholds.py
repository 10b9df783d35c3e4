"""Thresholds that follow the learner's corrections: when, how far, and what they never do."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.grading.items import EXPLAIN
from tests.grading.test_grader import ANSWER, says
from tutor.grading.answer import ExplainAnswer
from tutor.grading.calibration import TOO_SMALL, UNFITTED, Curve
from tutor.grading.grader import Grader
from tutor.grading.own_thresholds import (
    ENOUGH,
    Decision,
    corrections,
    decided,
    measured,
    refit,
    with_own,
)
from tutor.grading.verdict import PointVerdict, Versions

CURVE = Curve(bias=0.1, margin=1.0, baseline=-1.0, unmet=0.25, met=0.85)


def said(probability: float, met: bool, count: int = 1, overruled: bool = True) -> list[Decision]:
    return [Decision(probability=probability, met=met, overruled=overruled)] * count


def test_nothing_moves_below_fifty_corrections() -> None:
    few = said(0.7, True, ENOUGH - 1)
    confirmed = said(0.95, True, 500, overruled=False)
    assert refit(CURVE, []) is None
    assert refit(CURVE, [*few, *confirmed]) is None
    assert corrections([*few, *confirmed]) == ENOUGH - 1


def test_what_the_learner_always_says_need_not_be_asked_any_more() -> None:
    fitted = refit(CURVE, [*said(0.6, True, 30), *said(0.4, False, 30)])
    assert fitted == msgspec.structs.replace(CURVE, met=0.5, unmet=0.5)


def test_a_model_that_the_learner_contradicts_has_to_be_surer() -> None:
    doubted = [*said(0.86, False, 40), *said(0.1, True, 12)]
    confirmed = [*said(0.97, True, 60, overruled=False), *said(0.02, False, 30, overruled=False)]
    fitted = refit(CURVE, [*doubted, *confirmed])
    assert fitted is not None
    assert (fitted.unmet, fitted.met) == (0.1, 0.97)


def test_a_side_that_is_never_right_is_left_to_the_learner() -> None:
    fitted = refit(CURVE, [*said(0.9, False, 60), *said(0.1, True, 60)])
    assert fitted is not None
    assert (fitted.unmet, fitted.met) == (0.0, 2.0)


def test_a_measured_threshold_stays_where_little_was_said_and_nothing_against_it() -> None:
    contested = [*said(0.7, True, 30), *said(0.7, False, 30)]
    assert refit(CURVE, contested) == CURVE
    borne_out = [*said(0.9, True, 2, overruled=False), *said(0.1, False, overruled=False)]
    assert refit(CURVE, [*contested, *borne_out]) == CURVE
    contradicted = [*said(0.9, False, 2), *said(0.1, True)]
    fitted = refit(CURVE, [*contested, *contradicted])
    assert fitted == msgspec.structs.replace(CURVE, unmet=0.0, met=2.0)
    assert refit(msgspec.structs.replace(CURVE, met=2.0), contested) == msgspec.structs.replace(
        CURVE, met=2.0
    )


def test_thresholds_do_not_cross_the_middle() -> None:
    always_met = refit(CURVE, [*said(0.2, True, 60), *said(0.9, True, 60)])
    never_met = refit(CURVE, [*said(0.2, False, 60), *said(0.9, False, 60)])
    assert always_met is not None
    assert never_met is not None
    assert (always_met.unmet, always_met.met) == (0.0, 0.5)
    assert (never_met.unmet, never_met.met) == (0.5, 2.0)


def test_a_model_whose_probabilities_mean_nothing_is_not_followed() -> None:
    assert refit(TOO_SMALL.points, said(0.9, True, 100)) is None


decisions = st.lists(
    st.builds(
        Decision,
        probability=st.integers(0, 20).map(lambda n: n / 20) | st.floats(0, 1),
        met=st.booleans(),
        overruled=st.booleans(),
    ),
    max_size=150,
) | st.lists(  # a model that is mostly right
    st.integers(0, 1000).map(
        lambda n: Decision(probability=n / 1000, met=n % 7 * 80 < n, overruled=n % 5 > 0)
    ),
    min_size=60,
    max_size=200,
)


@given(decisions)
def test_verdicts_outside_unsure_are_what_the_learner_says(rows: list[Decision]) -> None:
    fitted = refit(CURVE, rows)
    if corrections(rows) < ENOUGH:
        assert fitted is None
        return
    assert fitted is not None
    assert fitted.unmet <= 0.5 <= fitted.met
    assert (fitted.bias, fitted.margin, fitted.baseline) == (0.1, 1.0, -1.0)
    for state, met in (("met", True), ("unmet", False)):
        these = [each.met for each in rows if fitted.state(each.probability) == state]
        assert these.count(met) >= 0.9 * len(these)


def test_a_point_is_decided_by_its_probability() -> None:
    open_point = PointVerdict(id="a", probability=0.6, verdict="unsure", by="model")
    mine = PointVerdict(id="b", probability=None, verdict="met", by="learner")
    curve = msgspec.structs.replace(CURVE, unmet=0.5, met=0.5)
    assert [each.verdict for each in decided([open_point, mine], curve)] == ["met", "met"]


@pytest.mark.parametrize("calibration", [None, "gold-2:x", "gold-2:x+own"])
def test_own_thresholds_belong_to_the_calibration_they_started_from(
    calibration: str | None,
) -> None:
    versions = Versions(model="m", prompt="p", calibration=calibration)
    base = Versions(model="m", prompt="p", calibration="gold-2:x" if calibration else None)
    assert measured(versions) == base
    if calibration:
        assert with_own(base).calibration == "gold-2:x+own"


async def test_a_grader_follows_them_and_says_so() -> None:
    asked: list[tuple[Versions, Curve]] = []

    async def own(versions: Versions, curve: Curve) -> Curve | None:
        asked.append((versions, curve))
        return msgspec.structs.replace(curve, unmet=0.5, met=0.5)

    client = says(some_examples=6.0, no_examples=0.5, weights=-0.5)
    plain = await Grader(client).grade(EXPLAIN, ExplainAnswer(ANSWER), "en")
    grader = Grader(client, own=own)
    followed = await grader.grade(EXPLAIN, ExplainAnswer(ANSWER), "en")
    assert [each.verdict for each in plain.points] == ["unsure", "met", "unsure"]
    assert [each.verdict for each in followed.points] == ["met", "met", "unmet"]
    assert followed.points[0].evidence is not None
    assert [each.probability for each in followed.points] == [
        each.probability for each in plain.points
    ]
    assert plain.versions.calibration == "unfitted"
    assert followed.versions == with_own(plain.versions)
    assert asked == [(plain.versions, UNFITTED.points)] == [await grader.measured()]


async def test_reference_answers_are_graded_as_measured() -> None:
    async def own(versions: Versions, curve: Curve) -> Curve | None:
        raise AssertionError("nobody asks the learner about these")

    verdict = await Grader(says(examples=6.0), own=own).grade(
        EXPLAIN, ExplainAnswer(ANSWER), "en", whole=True
    )
    assert verdict.versions.calibration == "unfitted"


async def test_without_own_thresholds_nothing_changes() -> None:
    async def none(versions: Versions, curve: Curve) -> Curve | None:
        return None

    client = says(some_examples=6.0, no_examples=0.5)
    plain = await Grader(client).grade(EXPLAIN, ExplainAnswer(ANSWER), "en")
    other = await Grader(client, own=none).grade(EXPLAIN, ExplainAnswer(ANSWER), "en")
    assert msgspec.structs.replace(other, elapsed_ms=0) == msgspec.structs.replace(
        plain, elapsed_ms=0
    )
