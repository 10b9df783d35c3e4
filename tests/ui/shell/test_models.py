"""The models screen, and the model behind every screen."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from tests.tutoring import tuned
from tests.ui.conftest import CATALOG, MakeApp, ScriptedPull, gguf, notices, plain, press, settle
from tutor.llm.protocol import BadModel
from tutor.llm.pull import PullProgress
from tutor.llm.scripted import ScriptedClient
from tutor.settings import load
from tutor.ui.downloads import Download, duration, progress_text, size
from tutor.ui.screens.home import HomeScreen
from tutor.ui.screens.models import ModelsScreen
from tutor.ui.strings import Strings
from tutor.ui.widgets.models.model_list import ModelList
from tutor.ui.workspace import Workspace

SIZE = (80, 24)


@pytest.fixture
def both(workspace: Workspace) -> Workspace:
    """Two models installed."""
    gguf(workspace.places.models / "middle.gguf", 491_000_000)
    gguf(workspace.places.models / "tiny.gguf", 98_000_000)
    return workspace


async def test_the_configured_model_is_loaded_at_the_start(
    make_app: MakeApp, both: Workspace, client: ScriptedClient
) -> None:
    app = make_app(model="middle")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert app.client is client
        assert app.grader.client is client
        assert "● Middle 0.5B" in plain(pilot)
        assert isinstance(app.screen, HomeScreen)


async def test_it_speaks_with_its_adapter_before_anybody_can_ask(
    make_app: MakeApp,
    both: Workspace,
    client: ScriptedClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tuned.speak(monkeypatch, tmp_path / "voice")
    app = make_app(model="middle")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        first = next(asked for asked in client.requests if asked.call != "load")
        assert (first.call, first.lane) == ("adapters", "chat")
        assert first.messages[0].content == str(path)
        assert app.client is client


async def test_without_a_model_there_is_a_grader_all_the_same(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert app.client is None
        assert app.grader.client is None
        assert "○ no model" in plain(pilot)


async def test_a_model_that_fails_to_load_says_so_and_the_app_goes_on(
    make_app: MakeApp, both: Workspace, client: ScriptedClient
) -> None:
    client.fail_next(BadModel("middle.gguf is cut short [/b]; pull it again"))
    app = make_app(model="middle")
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        shown = plain(pilot)
        assert app.client is None
        assert "✗ Middle 0.5B failed" in shown
        assert any("cut short [/b]; pull it again" in told for told in notices(app))


async def test_a_model_that_is_gone_says_so(make_app: MakeApp, workspace: Workspace) -> None:
    app = make_app(model="middle")
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        assert app.model.stage == "failed"
        assert "not here yet" in app.model.detail


async def test_another_model_is_taken_into_use(make_app: MakeApp, both: Workspace) -> None:
    app = make_app(model="middle")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "m")
        assert isinstance(app.screen, ModelsScreen)
        first = app.client
        await press(pilot, "home", "down", "enter")
        assert app.model.name == "tiny"
        assert app.model.stage == "ready"
        assert first is not None
        assert load(both.places.settings).model == "tiny"
        assert "! It knows no Korean" in plain(pilot)


async def test_the_list_says_what_each_needs_and_is(make_app: MakeApp, both: Workspace) -> None:
    app = make_app(model="middle")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "m")
        shown = plain(pilot)
        assert "● Middle 0.5B" in shown
        assert "in use" in shown
        assert "✓ Tiny 135M" in shown
        assert "needs 8.4 GB" in shown


async def test_a_download_goes_on_when_one_leaves_and_s_stops_it(
    make_app: MakeApp, workspace: Workspace
) -> None:
    network = cast("ScriptedPull", workspace.pull)
    network.held, network.steps = True, [0.25]
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "m")
        await press(pilot, "enter", "escape")
        assert isinstance(app.screen, HomeScreen)
        assert app.download.running
        assert "↓ 25 %" in plain(pilot)
        await press(pilot, "m")
        assert "25 %" in plain(pilot)
        await press(pilot, "s")
        assert app.download.stage == "stopped"


async def test_a_model_in_use_is_not_replaced_by_one_that_arrives(
    make_app: MakeApp, both: Workspace
) -> None:
    app = make_app(model="middle")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        app.fetch_model(CATALOG.find("large"))
        await settle(pilot)
        assert app.download.stage == "done"
        assert app.model.name == "middle"


async def test_another_download_stops_the_one_under_way(
    make_app: MakeApp, workspace: Workspace
) -> None:
    network = cast("ScriptedPull", workspace.pull)
    network.held, network.steps = True, [0.25]
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        for name in ("large", "large", "middle"):
            app.fetch_model(CATALOG.find(name))
            await settle(pilot)
        assert network.asked == ["large", "middle"]
        assert app.download.running
        assert app.download.model is CATALOG.find("middle")


async def test_removing_asks_first(make_app: MakeApp, both: Workspace) -> None:
    file = both.places.models / "tiny.gguf"
    app = make_app(model="middle")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "m")
        await press(pilot, "home", "down", "x")
        assert "Remove Tiny 135M? Its file (98 MB) is deleted" in plain(pilot)
        await press(pilot, "n")
        assert file.exists()
        await press(pilot, "x", "y")
        assert not file.exists()
        assert "✓ Tiny 135M" not in plain(pilot)


async def test_removing_the_model_in_use_lets_go_of_it(make_app: MakeApp, both: Workspace) -> None:
    app = make_app(model="middle")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "m")
        await press(pilot, "x", "y")
        assert app.model.stage == "none"
        assert load(both.places.settings).model is None
        assert not (both.places.models / "middle.gguf").exists()


async def test_a_model_can_be_let_go(make_app: MakeApp, both: Workspace) -> None:
    app = make_app(model="middle")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "m")
        await press(pilot, "u")
        assert app.client is None
        assert load(both.places.settings).model is None


async def test_another_language_keeps_the_highlight(make_app: MakeApp, both: Workspace) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "m")
        await press(pilot, "down", "down")
        before = app.screen.query_one(ModelList).chosen_id
        await press(pilot, "f2")
        assert app.screen.query_one(ModelList).chosen_id == before
        assert "추천" in plain(pilot)


async def test_keys_that_do_nothing_here_are_not_shown(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "m")
        keys = plain(pilot).splitlines()[-1]
        assert "Remove" not in keys
        assert "Stop download" not in keys
        assert "Add a file" in keys


@pytest.mark.parametrize(
    ("count", "text"), [(98_362_432, "98 MB"), (1_117_320_768, "1.1 GB"), (0, "0 kB")]
)
def test_sizes(count: int, text: str) -> None:
    assert size(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "1 s"), (52, "52 s"), (61, "1 min"), (7_300, "2 h")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds, Strings("en")) == text


def test_progress_in_words() -> None:
    model = CATALOG.find("large")
    strings = Strings("en")
    assert progress_text(Download(stage="running", model=model), strings) == "starting …"
    verifying = PullProgress(stage="verify", done=5, total=10)
    told = progress_text(Download(stage="running", model=model, progress=verifying), strings)
    assert told == "checking what has arrived …"
