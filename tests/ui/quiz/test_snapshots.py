"""How a quiz looks, at both sizes and in both languages."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from tests.ui.conftest import settle
from tests.ui.quiz import sample
from tests.ui.quiz.conftest import MakeQuiz
from tutor.content.schema import Language
from tutor.ui.widgets.items.explain import AnswerArea

SIZES = [(80, 24), (120, 40)]
HALF: dict[Language, str] = {"en": sample.HALF, "ko": sample.HALF_KO}


async def press(pilot: Pilot[int], *keys: str) -> None:
    await settle(pilot)
    await pilot.press(*keys)
    await settle(pilot)


async def write(pilot: Pilot[int], text: str) -> None:
    await settle(pilot)
    area = pilot.app.screen.query_one(AnswerArea)
    area.cursor_blink = False
    area.insert(text)
    await press(pilot, "f3")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("stage", ["writing", "graded"])
def test_explain(
    snap_compare, make_quiz: MakeQuiz, stage: str, language: Language, size: tuple[int, int]
) -> None:
    async def reach(pilot: Pilot[int]) -> None:
        await write(pilot, HALF[language])
        if stage == "graded":
            await press(pilot, "ctrl+s")

    app = make_quiz(sample.SHOTS, language=language)
    assert snap_compare(app, terminal_size=size, run_before=reach)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_choice_graded(snap_compare, make_quiz: MakeQuiz, language: Language) -> None:
    async def reach(pilot: Pilot[int]) -> None:
        await press(pilot, "1", "enter")

    app = make_quiz(sample.CHOICE, language=language)
    assert snap_compare(app, terminal_size=(80, 24), run_before=reach)


@pytest.mark.parametrize("size", SIZES)
def test_tutor_beside_the_result(snap_compare, make_quiz: MakeQuiz, size: tuple[int, int]) -> None:
    async def reach(pilot: Pilot[int]) -> None:
        await write(pilot, sample.HALF)
        await press(pilot, "ctrl+s", "a", "w", "h", "y", "enter")

    app = make_quiz(sample.SHOTS)
    assert snap_compare(app, terminal_size=size, run_before=reach)
