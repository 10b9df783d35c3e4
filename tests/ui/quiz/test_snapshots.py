"""How a quiz looks, at both sizes and in both languages."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from tests.tutoring import tuned
from tests.ui.conftest import settle
from tests.ui.quiz import sample
from tests.ui.quiz.conftest import MakeQuiz
from tutor.content.schema import Language
from tutor.grading.grader import Grader
from tutor.ui.widgets.items.explain import AnswerArea
from tutor.ui.widgets.tutor_panel import TutorPanel

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
        await press(pilot, "ctrl+s", "a")
        pilot.app.screen.query_one(TutorPanel).input.cursor_blink = False
        await press(pilot, "w", "h", "y", "enter")

    app = make_quiz(sample.SHOTS)
    assert snap_compare(app, terminal_size=size, run_before=reach)


SAID: dict[Language, list[str]] = {
    "en": [
        "- A prompt **without examples** is called zero-shot [7].\n"
        "- The weights of the model stay the same [1].\n\nBananas are yellow, and a `model` eats them.",
        "Bananas are yellow. They come from Peru.",
    ],
    "ko": [
        "- **예시가 없는** 프롬프트를 제로샷이라고 해요 [7].\n"
        "- 모델의 가중치는 그대로예요 [1].\n\n바나나는 노랗고, `모델`이 먹습니다.",
        "바나나는 노랗습니다. 페루에서 옵니다.",
    ],
}

ASKED: dict[Language, tuple[str, str]] = {
    "en": ("What is zero-shot?", "And where do bananas grow?"),
    "ko": ("제로샷이 뭐예요?", "바나나는 어디에서 자라요?"),
}


def carried(messages, texts) -> list[float]:
    """Grades as the sample does; of a passage it says yes to zero-shot and to weights, each where it stands."""
    passage, _, rest = messages[-1].content.partition("\nStatement: ")
    if "Question:" in passage:
        return sample.judge(messages, texts)
    words = ("zero-shot", "제로샷", "weights", "가중치")
    said = any(word in passage and word in rest for word in words)
    return [-0.1, -8.0] if said else [-8.0, -0.1]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_replies_that_were_checked(
    snap_compare, make_quiz: MakeQuiz, client, monkeypatch, tmp_path, language, size
) -> None:
    """What the first says is partly in the lesson, of the second nothing."""
    tuned.use(monkeypatch, tmp_path / "tuned")
    monkeypatch.setitem(Grader.__init__.__kwdefaults__, "clock", lambda: 0.0)
    client._choices = carried
    client._replies = SAID[language]

    async def reach(pilot: Pilot[int]) -> None:
        await write(pilot, HALF[language])
        await press(pilot, "ctrl+s")
        await press(pilot, "a")
        field = pilot.app.screen.query_one(TutorPanel).input
        field.cursor_blink = False
        for question in ASKED[language]:
            field.insert_text_at_cursor(question)
            await press(pilot, "enter")

    app = make_quiz(sample.SHOTS, language=language)
    assert snap_compare(app, terminal_size=size, run_before=reach)
