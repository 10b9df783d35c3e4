"""Past talks: found as one types, opened where they were held, exported."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from tests.ui.conftest import FrozenClock, MakeApp, fill, gguf, notices, plain, press, settle
from tests.waiting import until
from tutor.content.schema import Language
from tutor.study import record
from tutor.study.talk import EVERYWHERE
from tutor.ui.screens.home import HomeScreen
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.talks import TalksDialog
from tutor.ui.widgets.tutor_panel import TutorPanel
from tutor.ui.workspace import Start, Workspace

SMALL, LARGE = (80, 24), (120, 40)


@pytest.fixture
def talked(workspace: Workspace, clock: FrozenClock) -> Workspace:
    """Someone who asked about a lesson, an item of it, everything, and a course that is no longer there."""
    for scope, question, reply in (
        ("gone/lesson", "Was it here?", "It was."),
        ("tiny/shots", "퓨샷이 뭐예요?", "예시를 **몇 개** 넣는 방법이에요 [1]."),
        ("tiny/tokens", "What is a token?", "# Tokens\nPieces of text [1]. \x1b[2J[/b]"),
        (EVERYWHERE, "What is an LLM?", "A large language model."),
        ("tiny/tokens", "And a rare word?", "It falls into *several* tokens [1]."),
        ("tiny/reads", "Why not letters?", None),
    ):
        asked = record.asked(workspace.store, scope, question)
        if reply is not None:
            record.replied(workspace.store, asked, reply)
        clock.tick(minutes=5)
    return workspace


async def opened(pilot: Pilot[Any]) -> TutorPanel:
    """The tutor's panel, with what was said in it."""
    await until(lambda: bool(pilot.app.screen.query(".tutor-question")))
    await settle(pilot)
    return pilot.app.screen.query_one(TutorPanel)


def listed(dialog: TalksDialog) -> int:
    return dialog.query_one(OptionList).option_count


async def test_all_talks_with_the_end_of_the_newest(make_app: MakeApp, talked: Workspace) -> None:
    app = make_app()
    async with app.run_test(size=LARGE) as pilot:
        await settle(pilot)
        await press(pilot, "a")
        assert isinstance(app.screen, TalksDialog)
        assert listed(app.screen) == 5
        shown = plain(pilot)
        assert "What does a language model read?" in shown
        assert "1 question · 2026-11-23" in shown
        assert "Asked about all courses" in shown
        assert "Why not letters?" in shown
        assert "There was no reply." in shown
        await press(pilot, "down")
        assert "What is a token?" in plain(pilot)
        assert "It falls into several tokens [1]." in plain(pilot)
        assert "2 questions · 2026-11-23" in plain(pilot)
        await press(pilot, "up", "up")
        assert "It was." in plain(pilot)


@pytest.mark.parametrize(
    ("language", "query", "found", "shown"),
    [
        ("en", "RARE", 1, "And a rare word?"),
        ("en", "퓨샷", 1, "예시를 몇 개 넣는 방법이에요 [1]."),
        ("ko", "퓨샷", 1, "제로샷과 퓨샷"),
        ("en", "pieces", 1, "Pieces of text [1]. [2J[/b]"),
        ("en", "xyz", 0, "No talk has that in it."),
        ("ko", "xyz", 0, "그런 말이 나온 대화가 없어요."),
    ],
)
async def test_typing_finds_what_was_said(
    make_app: MakeApp, talked: Workspace, language: Language, query: str, found: int, shown: str
) -> None:
    app = make_app(language=language)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await press(pilot, "a")
        await fill(pilot, query)
        assert isinstance(app.screen, TalksDialog)
        assert listed(app.screen) == found
        assert shown in plain(pilot)
        assert "\x1b" not in plain(pilot)


async def test_the_preview_begins_at_what_was_found(make_app: MakeApp, talked: Workspace) -> None:
    app = make_app()
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await press(pilot, "a")
        await fill(pilot, "several")
        assert "What is a token?" not in plain(pilot)
        assert "And a rare word?" in plain(pilot)


@pytest.mark.parametrize("language", ["en", "ko"])
async def test_enter_goes_on_with_a_talk_about_a_lesson(
    make_app: MakeApp, talked: Workspace, language: Language
) -> None:
    app = make_app(language=language)
    async with app.run_test(size=LARGE) as pilot:
        await settle(pilot)
        await press(pilot, "a")
        await fill(pilot, "rare")
        await press(pilot, "enter")
        assert isinstance(app.screen, LessonScreen)
        assert app.screen.lesson.id == "tokens"
        panel = await opened(pilot)
        assert [turn.question for turn in panel.turns] == ["What is a token?", "And a rare word?"]
        assert panel.input.has_focus
        assert "It falls into several tokens [1]." in plain(pilot)


async def test_enter_goes_on_with_a_talk_about_an_item_at_its_place(
    make_app: MakeApp, talked: Workspace
) -> None:
    gguf(talked.places.models / "middle.gguf", 491_000_000)
    app = make_app(model="middle")
    async with app.run_test(size=LARGE) as pilot:
        await settle(pilot)
        await press(pilot, "a")
        await fill(pilot, "letters")
        await press(pilot, "enter")
        assert isinstance(app.screen, LessonScreen)
        panel = await opened(pilot)
        assert panel.scope == "tiny/reads"
        assert app.screen.reader.current == 0
        panel.input.value = "And pages?"
        await press(pilot, "enter")
        turns = record.talk(talked.store, "tiny/reads")
        assert [(turn.question, turn.reply) for turn in turns] == [
            ("Why not letters?", None),
            ("And pages?", "Tokens are pieces of text [1]."),
        ]


async def test_a_talk_about_the_lesson_that_is_open_opens_beside_it(
    make_app: MakeApp, talked: Workspace
) -> None:
    app = make_app(start=Start("learn", "tiny", "tokens"))
    async with app.run_test(size=LARGE) as pilot:
        await settle(pilot)
        screen = app.screen
        await press(pilot, "ㅁ")
        assert isinstance(app.screen, TalksDialog)
        await fill(pilot, "letters")
        await press(pilot, "enter")
        assert app.screen is screen
        assert (await opened(pilot)).scope == "tiny/reads"
        await press(pilot, "escape", "a")
        await fill(pilot, "rare")
        await press(pilot, "enter")
        assert (await opened(pilot)).scope == "tiny/tokens"


async def test_a_place_that_is_gone_is_said(make_app: MakeApp, talked: Workspace) -> None:
    app = make_app()
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await press(pilot, "a")
        await fill(pilot, "was here")
        await fill(pilot, "it was")
        await press(pilot, "enter")
        assert isinstance(app.screen, TalksDialog)
        assert "no longer here" in notices(app)[0]


async def test_a_talk_is_exported_under_a_name_of_its_own(
    make_app: MakeApp, talked: Workspace
) -> None:
    app = make_app()
    async with app.run_test(size=LARGE) as pilot:
        await settle(pilot)
        await press(pilot, "a")
        await fill(pilot, "rare")
        await press(pilot, "ctrl+s", "ctrl+s")
        folder = talked.store.path.parent / "talks"
        assert sorted(path.name for path in folder.iterdir()) == [
            "tiny-tokens-2.md",
            "tiny-tokens.md",
        ]
        text = (folder / "tiny-tokens.md").read_text(encoding="utf-8")
        assert text.startswith(
            "# Talks with the tutor\n\n## Tiny course · What a model reads\n\n"
            "### 2026-11-23 19:40\n\n> What is a token?\n\n#### Tokens\n"
        )
        assert str(folder / "tiny-tokens.md") in notices(app)[0]


async def test_what_cannot_be_exported_is_said(make_app: MakeApp, talked: Workspace) -> None:
    (talked.store.path.parent / "talks").write_text("in the way")
    app = make_app()
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await press(pilot, "a", "ctrl+s")
        assert isinstance(app.screen, TalksDialog)
        [notice] = notices(app)
        assert "talks" in notice


@pytest.mark.parametrize(
    ("language", "line"),
    [("en", "Nothing was asked yet."), ("ko", "아직 물어본 것이 없어요.")],
)
async def test_someone_who_never_asked(make_app: MakeApp, language: Language, line: str) -> None:
    app = make_app(language=language)
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await press(pilot, "a")
        assert line in plain(pilot)
        await press(pilot, "enter", "ctrl+s", "down")
        assert isinstance(app.screen, TalksDialog)
        await press(pilot, "f2")
        assert line not in plain(pilot)
        await press(pilot, "escape")
        assert isinstance(app.screen, HomeScreen)


async def test_the_palette_opens_it_too(make_app: MakeApp, talked: Workspace) -> None:
    app = make_app()
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await press(pilot, "ctrl+p")
        await fill(pilot, "past talk")
        await press(pilot, "enter")
        assert isinstance(app.screen, TalksDialog)
        assert app.screen.query_one(Input).has_focus
