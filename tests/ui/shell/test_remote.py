"""A model on a server, in the app: taken into use, named, and said where what one writes goes."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from tests.llm.fake_server import FakeServer, fake_server, says
from tests.ui.conftest import MakeApp, fill, notices, plain, press, settle
from tutor.grading.grader import Grader
from tutor.llm.address import RemoteAddress
from tutor.settings import load
from tutor.ui.screens.models import ModelsScreen
from tutor.ui.workspace import Workspace

SIZE = (100, 30)


def address(fake: FakeServer) -> str:
    return f"{fake.url}#m"


async def test_the_configured_server_is_used_from_the_start(make_app: MakeApp) -> None:
    async with fake_server() as fake:
        app = make_app(model=address(fake))
        async with app.run_test(size=SIZE) as pilot:
            await settle(pilot)
            assert app.model.stage == "ready"
            assert "● m @ 127.0.0.1" in plain(pilot)
            assert app.client is not None
            assert app.client.name == "remote"
            assert app.grader.client is app.client
            assert notices(app) == []


async def test_a_model_on_a_server_is_not_put_to_the_test_unasked(
    make_app: MakeApp, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The verdicts would leave this machine, and may cost money."""
    tried: list[object] = []

    async def try_out(grader: Grader, **_: object) -> None:
        tried.append(grader)

    monkeypatch.setattr(Grader, "try_out", try_out)
    workspace.tries_models = True
    async with fake_server() as fake:
        app = make_app(model=address(fake))
        async with app.run_test(size=SIZE) as pilot:
            await settle(pilot)
            assert app.model.stage == "ready"
            assert await app.grader.untried()
            assert tried == []


async def test_the_models_screen_shows_it_and_lets_go_of_it(make_app: MakeApp) -> None:
    async with fake_server() as fake:
        app = make_app(model=address(fake))
        async with app.run_test(size=SIZE) as pilot:
            await settle(pilot)
            await press(pilot, "m")
            shown = plain(pilot)
            assert any("● m @ 127.0.0.1" in row and "in use" in row for row in shown.splitlines())
            assert f"Runs on the server 127.0.0.1:{fake.port}." in shown
            await press(pilot, "x")
            assert isinstance(app.screen, ModelsScreen)
            await press(pilot, "u")
            assert app.model.stage == "none"
            assert load(app.workspace.places.settings).model is None


async def test_an_address_may_be_typed_where_a_file_may(
    make_app: MakeApp, workspace: Workspace
) -> None:
    async with fake_server() as fake:
        app = make_app()
        async with app.run_test(size=SIZE) as pilot:
            await settle(pilot)
            await press(pilot, "m", "a")
            await fill(pilot, "http://me:secret@host/v1")
            await press(pilot, "enter")
            assert "put the key into TUTOR_API_KEY" in plain(pilot)
            app.screen.query_one(Input).value = f" {address(fake)} "
            await press(pilot, "enter")
            assert app.model.stage == "ready"
            assert load(workspace.places.settings).model == address(fake)


async def test_that_answers_leave_this_machine_is_said_once(
    make_app: MakeApp, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RemoteAddress, "leaves_this_machine", True)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    async with fake_server() as fake:
        app = make_app(model=address(fake))
        async with app.run_test(size=SIZE) as pilot:
            await settle(pilot)
            (told,) = notices(app)
            assert told.endswith(f"they go to 127.0.0.1:{fake.port}.")
            await app.use_model(address(fake)).wait()
            await settle(pilot)
            assert len(notices(app)) == 1
            assert load(workspace.places.settings).leaves_to == f"127.0.0.1:{fake.port}"


async def test_a_server_that_refuses_says_so(make_app: MakeApp) -> None:
    async with fake_server(says({}, 401)) as fake:
        app = make_app(model=address(fake))
        async with app.run_test(size=SIZE) as pilot:
            await settle(pilot)
            assert app.client is None
            assert "✗ m @ 127.0.0.1 failed" in plain(pilot)
            assert "wants a key: put it into TUTOR_API_KEY" in notices(app)[0]


async def test_a_bad_address_in_the_settings_says_so(make_app: MakeApp) -> None:
    app = make_app(model="http://")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert app.model.stage == "failed"
        assert "write it as http://HOST:PORT/v1#MODEL" in app.model.detail
        await press(pilot, "m")
        assert isinstance(app.screen, ModelsScreen)
