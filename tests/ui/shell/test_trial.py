"""A model that nobody has measured is tried in the background, and the models screen says what came of it."""

from __future__ import annotations

import msgspec
import pytest

from tests.ui.conftest import MakeApp, gguf, notices, plain, press, settle
from tutor.content.schema import Language
from tutor.grading.agreement import agreement
from tutor.grading.calibration import TOO_SMALL, Calibration, load_all
from tutor.grading.grader import Grader
from tutor.grading.self_test import built_in, can_grade
from tutor.llm.fitted import Fingerprint
from tutor.llm.protocol import WorkerDied
from tutor.llm.scripted import ScriptedClient
from tutor.paths import bundled
from tutor.ui.grading_words import grading_text
from tutor.ui.model_choices import ModelChoice
from tutor.ui.model_state import Trial
from tutor.ui.strings import Strings
from tutor.ui.workspace import Workspace

TOTAL = len(built_in(bundled("models") / "grading"))


@pytest.fixture
def giant(workspace: Workspace) -> Workspace:
    gguf(workspace.places.models / "giant.gguf", 8_000_000)
    workspace.tries_models = True
    workspace.memory_free = lambda: 64_000_000_000
    return workspace


def file_of(workspace: Workspace) -> str:
    return str(workspace.places.models / "giant.gguf")


async def test_it_is_tried_once_and_the_outcome_is_kept(
    make_app: MakeApp, giant: Workspace, client: ScriptedClient
) -> None:
    app = make_app(model=file_of(giant))
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        asked = len([each for each in client.requests if each.call == "choose"])
        assert asked == 2 * TOTAL
        assert any("can't grade" in told for told in notices(app)), "it always says Yes"
        [kept] = load_all(giant.places.tried)
        assert not can_grade(kept)
        assert await app.grader.calibration() == kept
        assert app.trial.total == 0
    await client.load(app.model.title)
    assert not await Grader(client, tried=giant.places.tried).untried()


async def test_how_far_it_is_stands_on_the_models_screen(
    make_app: MakeApp, giant: Workspace, client: ScriptedClient
) -> None:
    app = make_app(model=file_of(giant))
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "m")
        app.trial = Trial(done=34, total=TOTAL)
        await settle(pilot)
        assert f"it is being tried on {TOTAL} verdicts, 34 are done" in " ".join(
            plain(pilot).split()
        )
        app.trial = Trial()
        await settle(pilot)
        assert "being tried" not in plain(pilot)


async def test_a_trial_that_fails_is_no_trouble(
    make_app: MakeApp, giant: Workspace, client: ScriptedClient
) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        real = client.choose

        async def fails(*given: object, **more: object) -> object:
            raise WorkerDied("gone; try again")

        client.choose = fails  # type: ignore[method-assign, assignment]
        app.use_model(file_of(giant))
        await settle(pilot)
        client.choose = real  # type: ignore[method-assign]
        assert app.trial.total == 0
        assert load_all(giant.places.tried) == []
        assert app.client is client


FIGURES = {
    "held_out_n_en": 154.0,
    "held_out_decided_en": 0.72,
    "held_out_right_of_decided_en": 0.934,
    "held_out_n_ko": 154.0,
}


def fitted(**more: object) -> Calibration:
    model = Fingerprint(name="mine", architecture="a", parameters=1, bytes=1, sha256="s")
    made = Calibration(
        version="v",
        prompt="p",
        points=TOO_SMALL.points,
        misconceptions=TOO_SMALL.points,
        model=model,
    )
    return msgspec.structs.replace(made, **more)  # type: ignore[type-var]


def test_agreement_is_told_for_the_languages_that_were_measured() -> None:
    found = agreement([fitted(figures=FIGURES)], "s")
    assert set(found) == {"en"}
    assert (found["en"].points, found["en"].decided, found["en"].right) == (154, 0.72, 0.934)
    assert agreement([fitted(figures=FIGURES)], "another") == {}
    assert agreement([fitted(figures=FIGURES)], None) == {}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_came_of_a_trial_in_words(language: Language, workspace: Workspace) -> None:
    figures = {
        "self_test_auc_en": 0.81,
        "self_test_auc_low_en": 0.74,
        "self_test_auc_high_en": 0.88,
    }
    choice = ModelChoice(
        name="mine", title="mine", where="in_use", bytes=1, memory=1, fits=True,
        path=workspace.places.models / "mine.gguf",
    )  # fmt: skip
    strings = Strings(language)
    curve = msgspec.structs.replace(TOO_SMALL.points, unmet=0.2, met=0.8)
    able = grading_text(choice, strings, [fitted(figures=figures, points=curve)])
    unable = grading_text(choice, strings, [fitted(figures=figures)])
    assert "81 %" in able
    assert "74 %" in able
    assert "88 %" in able
    assert able != unable
    assert grading_text(choice, strings) == ""
