"""Explanations of the section in view, asked for by a key."""

from __future__ import annotations

import pytest

from tests.ui.conftest import MakeApp, fill, gguf, notices, plain, press, settle
from tutor.content.schema import Language
from tutor.llm.scripted import ScriptedClient
from tutor.study import record
from tutor.ui.screens.explaining import CompareDialog, ExplainDialog
from tutor.ui.screens.glossary import GlossaryDialog, occurring
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.widgets.tutor_panel import TutorPanel
from tutor.ui.workspace import Start, Workspace

LESSON = Start("learn", "tiny", "tokens")
SIZE = (80, 40)


@pytest.fixture
def here(workspace: Workspace) -> Workspace:
    gguf(workspace.places.models / "tiny.gguf", 98_000_000)
    return workspace


def asked(workspace: Workspace) -> list[tuple[str, str | None]]:
    turns = record.talk(workspace.store, "tiny/tokens")
    return [(turn.question, turn.reply) for turn in turns]


@pytest.mark.parametrize(
    ("language", "keys", "question"),
    [
        ("en", ["e", "enter"], "Explain passage 1, “Text in pieces”, more simply."),
        ("ko", ["ㄷ", "enter"], "1번 ‘글의 조각’ 내용을 더 쉽게 설명해 주세요."),
        ("en", ["n", "e", "down", "enter"], "Give an example of passage 2, “Counting them”."),
        ("en", ["e", "down", "down", "enter"], "Explain passage 1, “Text in pieces”, in Korean."),
        ("ko", ["e", "down", "down", "enter"], "1번 ‘글의 조각’ 내용을 영어로 설명해 주세요."),
    ],
)
async def test_a_choice_is_asked_in_the_panel_and_kept_as_a_question(
    make_app: MakeApp, here: Workspace, language: Language, keys: list[str], question: str
) -> None:
    app = make_app(model="tiny", language=language, start=LESSON)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, *keys)
        assert isinstance(app.screen, LessonScreen)
        assert app.screen.query_one(TutorPanel).input.has_focus
        assert f"› {question[:20]}" in plain(pilot)
        assert [turn for turn, _ in asked(here)] == [question]
        await press(pilot, "escape", "t")
        assert f"› {question[:20]}" in plain(pilot), "it is found again as any question is"


@pytest.mark.parametrize(
    ("language", "typed", "question"),
    [
        ("en", "count", "Compare passage 1, “Text in pieces”, with “Counting them”."),
        ("en", "temp", "Compare passage 1, “Text in pieces”, with “temperature”."),
        ("ko", "온", "1번 ‘글의 조각’ 내용을 ‘온도’ 개념과 비교해 주세요."),
    ],
)
async def test_another_idea_is_searched_for_and_compared(
    make_app: MakeApp,
    here: Workspace,
    client: ScriptedClient,
    language: Language,
    typed: str,
    question: str,
) -> None:
    app = make_app(model="tiny", language=language, start=LESSON)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "e", "down", "down", "down", "enter")
        assert isinstance(app.screen, CompareDialog)
        await fill(pilot, typed)
        await press(pilot, "enter")
        assert [turn for turn, _ in asked(here)] == [question]
        assert client.requests[-1].call == "chat"


async def test_escape_asks_nothing_at_each_step(make_app: MakeApp, here: Workspace) -> None:
    app = make_app(model="tiny", start=LESSON)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "e")
        assert isinstance(app.screen, ExplainDialog)
        await press(pilot, "escape")
        await press(pilot, "e", "down", "down", "down", "enter")
        await fill(pilot, "no such thing")
        await press(pilot, "enter")
        assert isinstance(app.screen, CompareDialog)
        await press(pilot, "escape")
        assert isinstance(app.screen, LessonScreen)
        assert not app.screen.query(TutorPanel)
        assert asked(here) == []
        assert notices(app) == []


async def test_without_a_model_the_panel_says_how_to_get_one(
    make_app: MakeApp, workspace: Workspace
) -> None:
    app = make_app(start=LESSON)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await press(pilot, "e", "enter")
        assert "Answers need a model" in plain(pilot)
        assert asked(workspace) == []


async def test_the_glossary_begins_with_the_terms_of_the_section_in_view(
    make_app: MakeApp, workspace: Workspace
) -> None:
    glossary = workspace.courses[0].glossary
    body = workspace.courses[0].lessons[0].sections[0].body
    assert [term.id for term in occurring(glossary, body["en"])] == ["token"]
    assert [term.id for term in occurring(glossary, body["ko"])] == ["token"]
    app = make_app(start=LESSON)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        for keys in (["g"], ["e", "up", "enter"]):
            await press(pilot, *keys)
            assert isinstance(app.screen, GlossaryDialog)
            assert [term.id for term in app.screen._terms] == ["token", "prompt", "temperature"]
            await fill(pilot, "t")
            assert app.screen._terms[0].id == "temperature"
            await press(pilot, "escape")
