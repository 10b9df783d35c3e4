from __future__ import annotations

import math
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.grading.test_grader import INFO
from tutor.grading.calibration import UNFITTED
from tutor.grading.platt import auc, auc_error, platt, sigmoid, thresholds
from tutor.grading.rubric import DONT_KNOW, Judge
from tutor.grading.self_test import Tried, built_in, can_grade, kept_at, outcome, run
from tutor.llm.protocol import Message
from tutor.llm.scripted import ScriptedClient
from tutor.paths import bundled


def cases() -> list[Tried]:
    return built_in(bundled("models") / "grading")


def test_there_are_enough_verdicts_as_many_of_each_kind() -> None:
    found = cases()
    assert len(found) >= 100
    for language in ("en", "ko"):
        part = [case for case in found if case.language == language]
        assert len(part) == len(found) / 2
        assert sum(case.stated for case in part) == len(part) / 2


def test_platt_finds_what_was_put_in() -> None:
    dice = random.Random(7)
    scores = [dice.gauss(0, 2) for _ in range(4000)]
    labels = [dice.random() < sigmoid(-1 + 2 * score) for score in scores]
    bias, slope = platt(scores, labels)
    assert bias == pytest.approx(-1, abs=0.2)
    assert slope == pytest.approx(2, abs=0.3)
    assert platt([-s for s in scores], labels)[1] == 0, "what ranks backwards is not believed"


def test_auc_and_its_error_by_hand() -> None:
    assert auc([3, 1, 2, 0], [True, False, True, False]) == 1
    assert auc([1, 1], [True, False]) == 0.5
    assert math.isnan(auc([1.0], [True]))
    assert auc_error(0.8, 50, 50) == pytest.approx(0.0444, abs=0.001)


@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=80),
    st.floats(0.5, 1),
)
def test_thresholds_keep_their_word(rows: list[tuple[float, bool]], right: float) -> None:
    unmet, met = thresholds([p for p, _ in rows], [y for _, y in rows], right)
    assert unmet <= 0.5 <= met
    above = [y for p, y in rows if p >= met]
    assert not above or sum(above) >= right * len(above)


def client_that(knows: float, seed: int = 7) -> ScriptedClient:
    """Says Yes where the claim is stated, as often as `knows`; else the contrary."""
    dice = random.Random(seed)
    truth = {(case.answer, case.claim): case.stated for case in cases()}

    def margins(prompt: Sequence[Message], _: Sequence[str]) -> Sequence[float]:
        asked = prompt[-1].content
        if any(text in asked for text in DONT_KNOW.values()):
            return 0.0, 0.0
        stated = next(
            y for (answer, claim), y in truth.items() if answer in asked and claim in asked
        )
        return (3.0 if stated is (dice.random() < knows) else -3.0) + dice.gauss(0, 1), 0.0

    return ScriptedClient(choices=margins)


async def test_a_model_that_can_grade_gets_a_calibration_of_its_own() -> None:
    client, told = client_that(0.9, seed=1), []
    found = await run(
        Judge(client, UNFITTED), INFO, cases(), lambda done, total: told.append((done, total))
    )
    assert can_grade(found)
    assert found.points.state(found.points.probability(4.0, 0.0)) == "met"
    assert found.points.state(found.points.probability(-4.0, 0.0)) == "unmet"
    assert found.figures["self_test_auc_low_en"] < found.figures["self_test_auc_en"]
    assert found.model is not None
    assert found.model.matches(INFO)
    assert told[0] == (0, len(cases()))
    assert told[-1] == (len(cases()), len(cases()))


async def test_a_model_at_chance_decides_nothing() -> None:
    found = await run(Judge(client_that(0.5), UNFITTED), INFO, cases())
    assert not can_grade(found)
    for margin in (-50.0, 50.0):
        assert found.points.state(found.points.probability(margin, 0.0)) == "unsure"


def test_an_outcome_is_kept_by_the_model(tmp_path: Path) -> None:
    path = kept_at(tmp_path, INFO)
    assert path.name == f"qwen2-{INFO.parameters}-{INFO.bytes}.json"
    assert outcome([0.0] * len(cases()), cases(), INFO, "p").prompt == "p"
