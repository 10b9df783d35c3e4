"""Socratic mode beside a graded answer: switched where its state is seen, and going on where it was after a restart."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.ui.quiz import sample
from tests.ui.quiz.conftest import MakeQuiz, Open, Sitting
from tests.ui.quiz.test_snapshots import SIZES, press, write
from tutor import settings
from tutor.content.schema import Language
from tutor.llm.scripted import ScriptedClient
from tutor.study import record
from tutor.tutoring.lead import Lead
from tutor.ui.widgets.tutor_panel import TutorPanel

SCOPE = "basics/shots"
QUESTION: dict[Language, str] = {
    "en": "What is different inside the model after it has read the prompt?",
    "ko": "프롬프트를 읽고 나면 모델의 속은 어떻게 될까요?",
}
SAID: dict[Language, str] = {"en": "What is missing?", "ko": "무엇이 빠졌나요?"}
HALF: dict[Language, str] = {"en": sample.HALF, "ko": sample.HALF_KO}
LANGUAGE = pytest.mark.parametrize(
    ("client", "language"), [("en", "en"), ("ko", "ko")], indirect=["client"], ids=["en", "ko"]
)


@pytest.fixture
def client(request: pytest.FixtureRequest) -> ScriptedClient:
    language: Language = getattr(request, "param", "en")
    return ScriptedClient([QUESTION[language]], sample.judge)


async def beside(sitting: Sitting, language: Language) -> None:
    """Answer the item and open the tutor under it."""
    await sitting.write(HALF[language])
    await sitting.press("ctrl+s", "a")


async def say(sitting: Sitting, words: str) -> None:
    await sitting.write(words)
    await sitting.press("enter")


@LANGUAGE
async def test_it_is_switched_where_its_state_is_seen_and_kept(
    sit: Open, language: Language
) -> None:
    off = "explains at once (F6)" if language == "en" else "바로 설명해요 (F6)"
    on = "asks back (F6)" if language == "en" else "먼저 되물어요 (F6)"
    async with sit(sample.SHOTS, language=language) as sitting:
        await beside(sitting, language)
        assert off in sitting.words
        await sitting.press("f6")
        assert on in sitting.words
        assert settings.load(sitting.app.workspace.places.settings).socratic
        await sitting.press("f6")
        assert off in sitting.words
        assert not settings.load(sitting.app.workspace.places.settings).socratic


@LANGUAGE
async def test_it_asks_goes_on_after_a_restart_and_explains_in_the_end(
    sit: Open, language: Language
) -> None:
    async with sit(sample.SHOTS, language=language, size=(100, 40)) as sitting:
        await beside(sitting, language)
        await sitting.press("f6")
        await say(sitting, SAID[language])
        (turn,) = record.talk(sitting.store, SCOPE)
        assert (turn.reply, turn.lead) == (QUESTION[language], Lead("question", "weights"))
        assert "[2]" in sitting.words
        assert sitting.client.requests[-1].call == "chat"
    for _ in range(2):
        async with sit(sample.SHOTS, language=language, size=(100, 40)) as again:
            await again.press("a", "f6")
            await say(again, SAID[language])
    async with sit(sample.SHOTS, language=language, size=(100, 40)) as last:
        await last.press("a", "f6")
        await say(last, SAID[language])
        leads = [turn.lead for turn in record.talk(last.store, SCOPE)]
        assert leads == [*[Lead("question", "weights")] * 3, Lead("explanation", "weights")]


async def test_what_the_learner_finds_ends_it(sit: Open) -> None:
    async with sit(sample.SHOTS, size=(100, 40)) as sitting:
        await beside(sitting, "en")
        await sitting.press("f6")
        await say(sitting, SAID["en"])
        await say(sitting, "Ah, the weights stay as they are.")
        assert "Yes, that's it. That was the last point." in sitting.words
        assert record.talk(sitting.store, SCOPE)[-1].lead == Lead("found", "weights", "weights")


async def test_escape_stops_it_and_gives_the_words_back(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        await beside(sitting, "en")
        await sitting.press("f6")
        sitting.client.hold()
        await sitting.write(SAID["en"])
        await sitting.pilot.press("enter")
        await sitting.until(lambda: record.talk(sitting.store, SCOPE))
        await sitting.pilot.press("escape")
        sitting.client.release()
        await sitting.settled()
        (turn,) = record.talk(sitting.store, SCOPE)
        assert (turn.finish, turn.lead) == ("cancelled", None)
        assert sitting.app.screen.query_one(Input).value == SAID["en"]


async def test_a_full_answer_is_followed_up_as_ever(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        await sitting.write(sample.FULL)
        await sitting.press("ctrl+s", "a", "f6")
        await say(sitting, SAID["en"])
        assert record.talk(sitting.store, SCOPE)[-1].lead is None


async def test_closed_items_have_no_such_switch(sit: Open) -> None:
    async with sit(sample.CHOICE) as sitting:
        await sitting.press("1", "enter", "a", "f6")
        assert "F6" not in sitting.screen
        assert not sitting.app.socratic


@pytest.mark.parametrize("size", SIZES)
@LANGUAGE
def test_the_tutor_asks_back(
    snap_compare, make_quiz: MakeQuiz, language: Language, size: tuple[int, int]
) -> None:
    async def reach(pilot: Pilot[int]) -> None:
        await write(pilot, HALF[language])
        await press(pilot, "ctrl+s", "a")
        pilot.app.screen.query_one(TutorPanel).input.cursor_blink = False
        for key in ("f6", "h", "m", "enter"):
            await press(pilot, key)

    app = make_quiz(sample.SHOTS, language=language)
    assert snap_compare(app, terminal_size=size, run_before=reach)
