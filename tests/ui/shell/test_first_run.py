"""The first start: language, model, first lesson."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from tests.ui.conftest import MakeApp, ScriptedPull, fill, gguf, plain, press, settle
from tutor.llm.pull import PullError
from tutor.settings import load
from tutor.study.store import Store
from tutor.ui.app import FIRST_RUN
from tutor.ui.screens.first_run import FirstModelScreen, LanguageScreen
from tutor.ui.screens.home import HomeScreen
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.quiz import QuizScreen
from tutor.ui.widgets.models.model_list import ModelList
from tutor.ui.workspace import Start, Workspace, likely_language

SIZE = (80, 24)


@pytest.fixture
def fresh(workspace: Workspace) -> Workspace:
    """As it is when Tutor was never started."""
    workspace.store.keep(FIRST_RUN, None)
    return workspace


@pytest.fixture
def network(fresh: Workspace) -> ScriptedPull:
    return cast("ScriptedPull", fresh.pull)


async def test_language_then_model_then_the_first_lesson(
    make_app: MakeApp, fresh: Workspace
) -> None:
    app = make_app(language=None)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert isinstance(app.screen, LanguageScreen)
        assert "Which language would you like to learn in?" in plain(pilot)
        await press(pilot, "up")
        assert "어떤 언어로 배우시겠습니까?" in plain(pilot)
        await press(pilot, "enter")
        assert isinstance(app.screen, FirstModelScreen)
        assert load(fresh.places.settings).language == "ko"
        assert "튜터에게는 모델이 필요합니다" in plain(pilot)
        await press(pilot, "w")
        assert isinstance(app.screen, LessonScreen)
        assert "[1] 글의 조각" in plain(pilot)
        await press(pilot, "escape")
        assert isinstance(app.screen, HomeScreen)
    fresh.store = Store(fresh.places.database("default"))
    again = make_app(language="ko")
    async with again.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert isinstance(again.screen, HomeScreen)


@pytest.mark.parametrize(
    ("environ", "language"),
    [({"LANG": "ko_KR.UTF-8"}, "ko"), ({"LC_ALL": "C", "LANG": "ko_KR"}, "en"), ({}, "en")],
)
def test_the_language_of_the_system_is_proposed(environ: dict[str, str], language: str) -> None:
    assert likely_language(environ) == language


async def test_models_that_fit_are_offered_and_the_recommended_is_chosen(
    make_app: MakeApp, fresh: Workspace
) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        shown = plain(pilot)
        assert "Large 1.5B" in shown
        assert "Middle 0.5B" in shown
        assert "recommended" in shown
        for left_out in ("Tiny 135M", "Base 270M", "Giant 8B"):
            assert left_out not in shown
        choice = app.screen.query_one(ModelList).choice
        assert choice is not None
        assert choice.name == "large"
        assert "Licence Apache-2.0 · needs 1.5 GB of memory, 4.0 GB free" in shown


async def test_only_where_nothing_larger_fits_the_smallest_is_offered_with_a_warning(
    make_app: MakeApp, fresh: Workspace
) -> None:
    fresh.memory_free = lambda: 1_100_000_000
    app = make_app(language="ko")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        shown = plain(pilot)
        assert "Tiny 135M" in shown
        assert "Middle 0.5B" not in shown
        assert "! 한국어를 모릅니다" in shown


async def test_where_no_model_fits_that_is_said(make_app: MakeApp, fresh: Workspace) -> None:
    fresh.memory_free = lambda: 300_000_000
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        shown = plain(pilot)
        assert "300 MB of memory are free here, too little for" in shown
        assert "Study without a model" in shown


async def test_a_download_shows_how_far_it_is_and_the_lesson_need_not_wait(
    make_app: MakeApp, network: ScriptedPull
) -> None:
    network.held, network.steps = True, [0.5]
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        shown = plain(pilot)
        assert network.asked == ["large"]
        assert "Your model is on its way" in shown
        assert "50 %" in shown
        assert "558 MB of 1.1 GB · 12 MB/s · 47 s left" in shown
        await press(pilot, "enter")
        assert isinstance(app.screen, LessonScreen)
        assert "↓ 50 %" in plain(pilot)
        assert app.download.running


async def test_a_download_that_ends_is_loaded_and_the_lesson_starts(
    make_app: MakeApp, fresh: Workspace, network: ScriptedPull
) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        assert isinstance(app.screen, LessonScreen)
        assert app.model.stage == "ready"
        assert "● Large 1.5B" in plain(pilot)
        assert load(fresh.places.settings).model == "large"


async def test_escape_stops_a_download_and_enter_goes_on_with_it(
    make_app: MakeApp, network: ScriptedPull
) -> None:
    network.held, network.steps = True, [0.5]
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        await press(pilot, "escape")
        assert isinstance(app.screen, FirstModelScreen)
        assert app.download.stage == "stopped"
        assert "What has arrived is kept" in plain(pilot)
        network.held = False
        await press(pilot, "enter")
        assert network.asked == ["large", "large"]
        assert isinstance(app.screen, LessonScreen)


async def test_a_download_that_fails_says_what_to_do_and_leaves_the_choice(
    make_app: MakeApp, network: ScriptedPull
) -> None:
    network.error = PullError("no route to [/nowhere]", "offline")
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        assert isinstance(app.screen, FirstModelScreen)
        assert "✗ There is no connection: connect and try again." in plain(pilot)


async def test_an_installed_model_is_used_at_once(make_app: MakeApp, fresh: Workspace) -> None:
    gguf(fresh.places.models / "middle.gguf", 491_000_000)
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        choice = app.screen.query_one(ModelList).choice
        assert choice is not None
        assert choice.name == "middle"
        await press(pilot, "enter")
        assert app.model.stage == "ready"
        assert isinstance(app.screen, LessonScreen)


async def test_a_model_of_another_program_is_offered(
    make_app: MakeApp, fresh: Workspace, tmp_path: Path
) -> None:
    gguf(tmp_path / ".lmstudio/models/me/found/found.gguf")
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert "from LM Studio" in plain(pilot)
        await press(pilot, "home", "enter")
        assert app.model.stage == "ready"
        assert app.model.name == "found"


async def test_a_file_can_be_pointed_at(
    make_app: MakeApp, fresh: Workspace, tmp_path: Path
) -> None:
    mine = gguf(tmp_path / "elsewhere" / "mine.gguf")
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "f")
        await fill(pilot, "/no/such.gguf")
        await press(pilot, "enter")
        assert "✗ such.gguf can't be read" in plain(pilot)
        await fill(pilot, f"'{mine}'")
        await press(pilot, "enter")
        assert app.model.stage == "ready"
        assert app.model.name == "mine"
        assert isinstance(app.screen, LessonScreen)


async def test_what_it_was_started_for_comes_after_the_first_run(
    make_app: MakeApp, fresh: Workspace
) -> None:
    app = make_app(language=None, start=Start("quiz", "tiny", "shots"))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        await press(pilot, "w")
        assert isinstance(app.screen, QuizScreen)


async def test_quitting_before_a_choice_asks_again(make_app: MakeApp, fresh: Workspace) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "ctrl+q")
    fresh.store = Store(fresh.places.database("default"))
    again = make_app()
    async with again.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert isinstance(again.screen, FirstModelScreen)
