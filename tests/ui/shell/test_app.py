"""What holds on every screen: language, palette, help, errors, the way in and out."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.widgets import Input

from tests.ui.conftest import MakeApp, fill, gguf, notices, plain, press, settle
from tutor.llm.protocol import BadModel, NoModel, PromptTooLong, Unsupported, WorkerDied
from tutor.llm.pull import PullError
from tutor.llm.scripted import ScriptedClient
from tutor.settings import SettingsError, load
from tutor.study.errors import StoreClosed, StoreFull
from tutor.ui.errors import error_line
from tutor.ui.screens.dialogs import AddFileDialog, typed_path
from tutor.ui.screens.home import HomeScreen
from tutor.ui.screens.keys import KeysScreen
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.models import ModelsScreen
from tutor.ui.screens.quiz import QuizScreen
from tutor.ui.strings import Strings
from tutor.ui.workspace import Start, Workspace

SIZE = (80, 24)


async def test_f2_switches_everything_at_once_and_is_remembered(
    make_app: MakeApp, workspace: Workspace
) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "f2")
        shown = plain(pilot)
        assert "다음 레슨: 모델이 읽는 것" in shown
        assert "모델 없음" in shown.splitlines()[0]
        assert "F1 도움말" in shown.splitlines()[-1]
        assert load(workspace.places.settings).language == "ko"
        await press(pilot, "f2")
        assert "Next lesson: What a model reads" in plain(pilot)


async def test_f2_works_in_a_box_and_keeps_what_is_typed(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "m", "a", *"~/my")
        await press(pilot, "f2")
        assert isinstance(app.screen, AddFileDialog)
        assert app.screen.query_one(Input).value == "~/my"
        assert "가지고 있는 모델 파일(GGUF)" in plain(pilot)
        await press(pilot, "escape")
        assert "직접 쓴 답의 채점" in plain(pilot)


async def test_settings_that_cannot_be_saved_are_said_and_hold_for_this_run(
    make_app: MakeApp, workspace: Workspace
) -> None:
    workspace.places.settings.mkdir()
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "f2")
        assert app.language == "ko"
        assert len(notices(app)) == 1
        assert str(workspace.places.settings) in notices(app)[0]


async def test_f1_lists_the_keys_of_the_screen_beneath(make_app: MakeApp) -> None:
    app = make_app(start=Start("learn", "tiny", "tokens"))
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "f1")
        assert isinstance(app.screen, KeysScreen)
        shown = plain(pilot)
        for line in (
            "n        Next",
            "g        Glossary",
            "Home     To the beginning",
            "^Q       Quit",
        ):
            assert line in shown
        await press(pilot, "f1")
        assert isinstance(app.screen, LessonScreen)


@pytest.mark.parametrize("query", ["few-shot", "퓨샷"])
async def test_the_palette_finds_a_lesson_in_either_language(make_app: MakeApp, query: str) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "ctrl+p")
        await fill(pilot, query)
        assert "Read: Zero-shot, few-shot" in plain(pilot)
        await press(pilot, "enter")
        assert isinstance(app.screen, LessonScreen)
        assert app.screen.lesson.id == "shots"


@pytest.mark.parametrize(
    ("query", "screen"), [("Models", ModelsScreen), ("Quiz on the whole", QuizScreen)]
)
async def test_the_palette_does_everything(
    make_app: MakeApp, query: str, screen: type[object]
) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "ctrl+p")
        await fill(pilot, query)
        await press(pilot, "enter")
        assert isinstance(app.screen, screen)


async def test_the_palette_says_that_nothing_was_found(make_app: MakeApp) -> None:
    app = make_app(language="ko")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "ctrl+p")
        await fill(pilot, "zzqq")
        assert "찾는 것이 없습니다" in plain(pilot)
        await press(pilot, "enter")
        assert not isinstance(app.screen, CommandPalette)


async def test_the_palette_leads_home_from_anywhere(make_app: MakeApp) -> None:
    app = make_app(start=Start("learn", "tiny", "tokens"))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "q")
        await press(pilot, "ctrl+p")
        await fill(pilot, "Go home")
        await press(pilot, "enter")
        assert isinstance(app.screen, HomeScreen)


async def test_ctrl_c_says_how_to_quit(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "ctrl+c")
        assert notices(app) == ["Press Ctrl+Q to quit. Everything is saved."]


async def test_leaving_closes_the_model_and_the_record(
    make_app: MakeApp, workspace: Workspace, client: ScriptedClient
) -> None:
    gguf(workspace.places.models / "middle.gguf", 491_000_000)
    app = make_app(model="middle")
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert (await client.status()).model is not None
        await press(pilot, "ctrl+q")
    assert app.client is None
    assert (await client.status()).model is None
    with pytest.raises(StoreClosed):
        workspace.store.kept("anything")


@pytest.mark.parametrize(
    ("start", "screen"),
    [
        (Start("learn", "tiny"), LessonScreen),
        (Start("learn", "tiny", "shots", "examples"), LessonScreen),
        (Start("quiz", "tiny", "tokens", count=3), QuizScreen),
        (Start("quiz", "tiny"), QuizScreen),
        (Start("learn", "gone"), HomeScreen),
        (Start("learn", "tiny", "gone"), HomeScreen),
    ],
)
async def test_it_opens_what_it_was_started_for(
    make_app: MakeApp, start: Start, screen: type[object]
) -> None:
    app = make_app(start=start)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert isinstance(app.screen, screen)


async def test_a_quiz_left_is_gone_on_with_and_not_begun_anew(make_app: MakeApp) -> None:
    app = make_app(start=Start("quiz", "tiny", "tokens"))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert isinstance(app.screen, QuizScreen)
        first = app.screen.desk.state.id
        app.open_home()
        await settle(pilot)
        app.start_quiz(app.workspace.courses[0], "tokens")
        await settle(pilot)
        assert isinstance(app.screen, QuizScreen)
        assert app.screen.desk.state.id == first


async def test_a_crash_is_one_line_and_a_log(make_app: MakeApp, workspace: Workspace) -> None:
    app = make_app()

    async def crash() -> None:
        async with app.run_test(size=SIZE) as pilot:
            await settle(pilot)
            app.call_later(lambda: 1 // 0)
            await pilot.pause()

    with pytest.raises(ZeroDivisionError):
        await crash()
    assert app.return_code == 1
    log = workspace.places.log / "crash.log"
    assert "ZeroDivisionError" in log.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(
    "error",
    [
        NoModel("x"),
        BadModel("a.gguf is cut short"),
        WorkerDied("x"),
        PromptTooLong("x"),
        Unsupported("remote", "choose"),
        PullError("x", "offline"),
        PullError("x", "mismatch"),
        StoreFull(Path("study.db")),
        SettingsError("settings.toml:3: x"),
        PermissionError(13, "Permission denied", "/root/x"),
        sqlite3.OperationalError("database is locked"),
        RuntimeError(""),
        ValueError("two\nlines and \x1b[31mescapes"),
    ],
)
def test_every_error_is_one_plain_line(error: Exception, language: str) -> None:
    line = error_line(error, Strings("ko" if language == "ko" else "en"))
    assert line
    assert line.isprintable()


def test_an_error_with_a_code_has_its_own_line() -> None:
    line = error_line(PullError("no route", "offline"), Strings("en"))
    assert line.startswith("There is no connection")
    assert error_line(PullError("sums differ", "mismatch"), Strings("en")) == "sums differ"


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("/a/b.gguf", "/a/b.gguf"),
        (" '/a/b c.gguf' ", "/a/b c.gguf"),
        ('"/a/b.gguf"', "/a/b.gguf"),
        ("file:///a/b%20c.gguf", "/a/b c.gguf"),
    ],
)
def test_a_path_is_taken_as_people_paste_it(typed: str, path: str) -> None:
    assert typed_path(typed) == Path(path)


def test_no_path_is_none() -> None:
    assert typed_path("  ") is None


HEADLESS = (
    "strings",
    "particles",
    "workspace",
    "model_state",
    "model_choices",
    "home_model",
    "downloads",
    "errors",
    "lesson_notes",
    "lesson_place",
    "problem_lines",
    "crash",
)


def test_what_is_not_a_screen_needs_no_textual() -> None:
    imports = "; ".join(f"import tutor.ui.{name}" for name in HEADLESS)
    code = f"import sys; {imports}; sys.exit('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
