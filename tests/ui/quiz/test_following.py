"""A quiz whose grading begins to follow the learner."""

from __future__ import annotations

from tests.study.sample import corrected
from tests.ui.conftest import notices
from tests.ui.quiz import sample
from tests.ui.quiz.conftest import Open
from tests.ui.quiz.test_explain import kept, states
from tutor.grading import prompts
from tutor.grading.own_thresholds import ENOUGH
from tutor.grading.verdict import Versions
from tutor.study import record
from tutor.study.store import Store
from tutor.ui.screens.quiz_keys import Phase

SCRIPTED = Versions(model="scripted", prompt=prompts.VERSION, calibration="unfitted")
UNSURE = "maybe none and some solved examples"
PROBABILITY = 0.3775  # of the point that the scripted model is unsure of
TOLD = f"From now on grading follows your {ENOUGH} corrections."


def told(notices: list[str]) -> int:
    return sum(notice.startswith(TOLD) for notice in notices)


def without(count: int, store: Store) -> None:
    corrected(store, SCRIPTED, ENOUGH - count, probability=PROBABILITY, met=False)


async def test_the_fiftieth_correction_is_told_once_and_the_next_grading_follows(
    sit: Open,
) -> None:
    async with sit(sample.SHOTS, sample.TRUTH) as sitting:
        without(1, sitting.store)
        await sitting.write(UNSURE)
        await sitting.press("ctrl+s")
        assert states(kept(sitting)[1]) == ["met", "met", "unsure"]
        assert told(notices(sitting.app)) == 0
        await sitting.press("n")
        assert told(notices(sitting.app)) == 1
        assert sitting.app.following == ENOUGH
        await sitting.press("o", "enter", "enter")
        assert told(notices(sitting.app)) == 1, "there and back is no news"
        (attempt,) = record.history(sitting.store, "basics/shots")
        verdict = await sitting.app.grader.grade(sample.SHOTS, attempt.answer, "en")
        assert states(verdict) == ["met", "met", "unmet"], "it need not ask any more"
        assert verdict.versions.calibration == "unfitted+own"
        assert sitting.quiz.phase is Phase.GRADED


async def test_before_that_nothing_is_told(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        without(2, sitting.store)
        await sitting.write(UNSURE)
        await sitting.press("ctrl+s", "n")
        assert notices(sitting.app) == []
        assert sitting.app.following == 0


async def test_a_quiz_that_begins_with_own_thresholds_records_so(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        without(0, sitting.store)
        await sitting.write(UNSURE)
        await sitting.press("ctrl+s")
        _, verdict = kept(sitting)
        assert states(verdict) == ["met", "met", "unmet"]
        assert verdict is not None
        assert verdict.versions == Versions(
            model="scripted", prompt=prompts.VERSION, calibration="unfitted+own"
        )
        await sitting.press("o", "enter")
        assert sitting.app.following == ENOUGH + 1
        assert notices(sitting.app) == []
