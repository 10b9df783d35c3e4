"""Thresholds that follow the learner: seen on the models screen, and undone there."""

from __future__ import annotations

import pytest

from tests.study.sample import corrected
from tests.ui.conftest import MakeApp, gguf, notices, plain, press, settle
from tutor.content.schema import Language
from tutor.grading import prompts
from tutor.grading.own_thresholds import ENOUGH
from tutor.grading.verdict import Versions
from tutor.llm.address import RemoteAddress, parse_address
from tutor.llm.protocol import WorkerDied
from tutor.llm.scripted import ScriptedClient
from tutor.ui.model_choices import ModelChoice
from tutor.ui.screens.dialogs import ConfirmDialog
from tutor.ui.strings import Strings
from tutor.ui.widgets.models.words import About, choice_about
from tutor.ui.workspace import Workspace

MIDDLE = Versions(model="middle", prompt=prompts.VERSION, calibration="unfitted")
SIZE = (100, 30)
FOLLOWS = {
    "en": f"Thresholds follow {ENOUGH + 3} of your corrections.",
    "ko": f"직접 고친 판정 {ENOUGH + 3}개에 맞춰 채점 기준을 조정했습니다.",
}


@pytest.fixture
def middle(workspace: Workspace) -> Workspace:
    gguf(workspace.places.models / "middle.gguf", 491_000_000)
    gguf(workspace.places.models / "tiny.gguf", 98_000_000)
    return workspace


@pytest.mark.parametrize(("language", "key"), [("en", "r"), ("ko", "ㄱ")])
async def test_they_are_told_and_taken_back(
    make_app: MakeApp, middle: Workspace, language: Language, key: str
) -> None:
    corrected(middle.store, MIDDLE, ENOUGH + 3)
    app = make_app(model="middle", language=language)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "m")
        assert FOLLOWS[language] in plain(pilot)
        assert Strings(language)("models.reset") in plain(pilot)
        await press(pilot, "down")
        assert FOLLOWS[language] not in plain(pilot), "it is said of the model in use alone"
        await press(pilot, "up", key)
        assert isinstance(app.screen, ConfirmDialog)
        assert str(ENOUGH + 3) in plain(pilot)
        await press(pilot, "n")
        assert FOLLOWS[language] in plain(pilot)
        await press(pilot, key, "y")
        assert FOLLOWS[language] not in plain(pilot)
        assert Strings(language)("models.reset") not in plain(pilot)
        assert len(list(middle.store.events("thresholds_reset"))) == 1
        assert notices(app) == []


async def test_below_fifty_nothing_is_said_and_the_model_is_left_in_peace(
    make_app: MakeApp, middle: Workspace, client: ScriptedClient
) -> None:
    corrected(middle.store, MIDDLE, ENOUGH - 1)
    app = make_app(model="middle")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "m", "r")
        assert "your corrections" not in plain(pilot)
        assert not isinstance(app.screen, ConfirmDialog)
        assert app.following == 0


async def test_another_model_has_corrections_of_its_own(
    make_app: MakeApp, middle: Workspace
) -> None:
    corrected(middle.store, MIDDLE)
    app = make_app(model="middle")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "m")
        assert app.following == ENOUGH
        await press(pilot, "home", "down", "enter")
        assert app.model.name == "tiny"
        assert app.following == 0


async def test_a_model_that_is_gone_follows_nobody(
    make_app: MakeApp, middle: Workspace, client: ScriptedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    corrected(middle.store, MIDDLE)
    app = make_app(model="middle")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)

        async def dead() -> object:
            raise WorkerDied("gone; try again")

        monkeypatch.setattr(client, "status", dead)
        await press(pilot, "m")
        assert app.following == 0
        assert notices(app) == []
        await app.reset_thresholds()
        assert any("gone" in told for told in notices(app))
        assert list(middle.store.events("thresholds_reset")) == []


def test_it_is_told_of_a_model_on_a_server_too() -> None:
    address = parse_address("http://localhost:8080/v1#m")
    assert isinstance(address, RemoteAddress)
    choice = ModelChoice(
        name=str(address), title="m", where="in_use", bytes=0, memory=0, fits=True, address=address
    )
    about = choice_about(choice, About(following=60), "en", Strings("en")).plain
    assert about.splitlines()[-1] == "Thresholds follow 60 of your corrections."
    assert "Thresholds" not in choice_about(choice, About(), "en", Strings("en")).plain
