"""The tutor's own hints, once the author's are open: from what is missing, without a word of it, and kept."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from tests.ui.quiz import sample
from tests.ui.quiz.conftest import MakeQuiz, Open, Sitting
from tests.ui.quiz.test_snapshots import SIZES, press, write
from tutor.content.schema import Language
from tutor.llm.scripted import ScriptedClient
from tutor.study import record
from tutor.ui.screens import quiz_hints
from tutor.ui.widgets.items.explain import AnswerArea

KEY = "basics/shots"
HINT: dict[Language, str] = {
    "en": "What is different inside the model after it has read the prompt?",
    "ko": "프롬프트를 읽고 나면 모델의 속은 어떻게 될까요?",
}
LEAK = "The weights do not change."
HALF: dict[Language, str] = {"en": sample.HALF, "ko": sample.HALF_KO}


@pytest.fixture
def client(request: pytest.FixtureRequest) -> ScriptedClient:
    """Answers every chat with the parameter of the test, English hints otherwise; judges as the sample does."""
    return ScriptedClient(getattr(request, "param", [HINT["en"]]), sample.judge)


def in_korean(messages: object) -> str:
    return HINT["ko"]


def kept(sitting: Sitting) -> list[tuple[str, str]]:
    return [(own.text, own.point) for own in record.own_hints(sitting.store, KEY)]


@pytest.mark.parametrize(
    ("client", "language", "label"),
    [
        (lambda messages: HINT["en"], "en", "Hint 3, from the tutor"),
        (in_korean, "ko", "튜터의 힌트 3"),
    ],
    indirect=["client"],
)
async def test_from_what_is_missing_and_shown_again(
    sit: Open, language: Language, label: str
) -> None:
    async with sit(sample.SHOTS, language=language) as sitting:
        await sitting.write(HALF[language])
        await sitting.press("f3", "f3", "f3")
        assert f"{label} {HINT[language]}" in sitting.words
        assert kept(sitting) == [(HINT[language], "weights")]
        assert record.last_answer(sitting.store, KEY) is None
        assert list(sitting.store.events("verdict")) == []
        asked = [each for each in sitting.client.requests if each.call == "chat"]
        assert HALF[language] in asked[-1].messages[-1].content
    async with sit(sample.SHOTS, language=language) as again:
        assert HINT[language] in again.words
        await again.press("ctrl+s")
        assert record.history(again.store, KEY)[-1].hints_used == 3
        assert HINT[language] in again.words
        assert kept(again) == []
    async with sit(sample.SHOTS, language=language) as graded:
        assert HINT[language] in graded.words


@pytest.mark.parametrize("client", [[LEAK, HINT["en"]]], indirect=True)
async def test_one_that_gives_it_away_is_never_seen(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        await sitting.write(sample.HALF)
        await sitting.press("f3", "f3", "f3")
        assert kept(sitting) == [(HINT["en"], "weights")]
        assert LEAK not in sitting.words


@pytest.mark.parametrize("client", [[LEAK]], indirect=True)
async def test_the_passage_is_pointed_to_where_the_model_gives_everything_away(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        await sitting.write(sample.HALF)
        await sitting.press("f3", "f3", "f3")
        assert "Hint 3, from the tutor Read passage 2, “What stays the same”" in sitting.words


async def test_without_a_model_the_passage_is_pointed_to_a_point_at_a_time(sit: Open) -> None:
    async with sit(sample.SHOTS, model=False, size=(80, 40)) as sitting:
        await sitting.press("f3", "f3", "f3", "f3", "f3", "f3")
        assert [point for _, point in kept(sitting)] == ["zero", "few", "weights"]
        assert len({text for text, _ in kept(sitting)}) == 3
        assert len(list(sitting.store.events("hint"))) == 5
        assert "F3 Hint" not in sitting.screen


async def test_nothing_is_hinted_at_where_nothing_is_missing(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        await sitting.write(sample.FULL)
        await sitting.press("f3", "f3", "f3")
        assert "There is nothing left to hint at: hand your answer in." in sitting.words
        assert kept(sitting) == []


async def test_escape_stops_it_and_the_screen_stays(
    sit: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quiz_hints, "THINKING_AFTER", 0.01)
    async with sit(sample.SHOTS) as sitting:
        await sitting.write(sample.HALF)
        await sitting.press("f3", "f3")
        sitting.client.hold()
        await sitting.pilot.press("f3")
        await sitting.until(lambda: "Thinking of a hint … Esc stops" in sitting.words)
        sitting.app.screen.query_one(AnswerArea).insert(" And more.")
        await sitting.press("escape")
        assert "Thinking of a hint" not in sitting.words
        assert sitting.app.screen is sitting.quiz
        assert kept(sitting) == []
        sitting.client.release()
        await sitting.press("f3")
        assert kept(sitting) == [(HINT["en"], "weights")]


async def test_handing_in_stops_it(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        await sitting.write(sample.HALF)
        await sitting.press("f3", "f3")
        sitting.client.hold()
        await sitting.pilot.press("f3")
        await sitting.pilot.press("ctrl+s")
        sitting.client.release()
        await sitting.settled()
        assert record.history(sitting.store, KEY)[-1].hints_used == 2
        assert "2 of 3 points" in sitting.words
        assert kept(sitting) == []


@pytest.mark.parametrize("client", [["A [red]hint\x1b[31m about the prompt?"]], indirect=True)
async def test_what_a_model_writes_is_text(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        await sitting.write(sample.HALF)
        await sitting.press("f3", "f3", "f3")
        assert "A [red]hint[31m about the prompt?" in sitting.words


async def test_closed_items_have_the_authors_hints_only(sit: Open) -> None:
    async with sit(sample.CHOICE) as sitting:
        await sitting.press("f3", "f3", "f3")
        assert len(list(sitting.store.events("hint"))) == 2


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("client", "language"),
    [(lambda messages: HINT["en"], "en"), (in_korean, "ko")],
    indirect=["client"],
    ids=["en", "ko"],
)
def test_a_hint_of_the_tutors_own(
    snap_compare, make_quiz: MakeQuiz, language: Language, size: tuple[int, int]
) -> None:
    async def reach(pilot: Pilot[int]) -> None:
        await write(pilot, HALF[language])
        await press(pilot, "f3", "f3")

    app = make_quiz(sample.SHOTS, language=language)
    assert snap_compare(app, terminal_size=size, run_before=reach)
