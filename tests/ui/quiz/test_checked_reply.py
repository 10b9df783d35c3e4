"""A reply on the screen: its numbers open passages, what goes beyond the lesson is marked, and nobody waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.tutoring import tuned
from tests.ui.quiz import sample
from tests.ui.quiz.conftest import Open, Sitting
from tests.ui.quiz.test_tutor_panel import SCOPE, asked, panel
from tutor.content.schema import Language
from tutor.llm.protocol import Message, WorkerDied
from tutor.llm.scripted import Choices
from tutor.study import record
from tutor.ui.screens.quiz_passage import PassageDialog

REPLY: dict[Language, str] = {
    "en": "No weights move [7]. Bananas are yellow.",
    "ko": "가중치는 그대로예요 [7]. 바나나는 노랗습니다.",
}
CHECKED: dict[Language, str] = {
    "en": "No weights move [2]. Bananas are yellow.°",
    "ko": "가중치는 그대로예요 [2]. 바나나는 노랗습니다.°",
}
LEGEND: dict[Language, str] = {"en": "° beyond this lesson", "ko": "° 이 레슨에 없는 내용"}


def judge(messages: Sequence[Message], texts: Sequence[str]) -> list[float]:
    """Grades as the sample does; of a passage it says yes to weights where the passage has them."""
    passage, _, rest = messages[-1].content.partition("\nStatement: ")
    if "Question:" in passage:
        return sample.judge(messages, texts)
    word = "가중치" if "가중치" in rest else "weights"
    return [-0.1, -8.0] if word in passage and word in rest else [-8.0, -0.1]


@pytest.fixture
def judged(sit: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Open:
    tuned.use(monkeypatch, tmp_path / "tuned")
    return sit


async def reply(sitting: Sitting, language: Language = "en") -> None:
    sitting.client._replies = [REPLY[language]]
    sitting.client._choices = judge
    await asked(sitting)
    await sitting.write({"en": "Which one?", "ko": "어느 쪽이 맞는 건가요?"}[language])
    await sitting.press("enter")


def holding(sitting: Sitting, choices: Choices) -> Choices:
    """As `choices`, and from the first time on the client waits to be released."""
    asked: list[str] = []

    def held(messages: Sequence[Message], texts: Sequence[str]) -> Sequence[float]:
        if not asked:
            sitting.client.hold()
        asked.append(messages[-1].content)
        return choices(messages, texts)

    return held


async def click(sitting: Sitting, words: str) -> None:
    """Click the first place on the screen that shows `words`."""
    lines = sitting.screen.splitlines()
    y = next(at for at, line in enumerate(lines) if words in line)
    await sitting.pilot.click(offset=(lines[y].index(words) + 1, y))
    await sitting.settled()


@pytest.mark.parametrize("language", ["en", "ko"])
async def test_citations_are_set_right_and_marks_stand_in_place(
    judged: Open, language: Language
) -> None:
    async with judged(sample.SHOTS, language=language, size=(80, 40)) as sitting:
        await reply(sitting, language)
        assert CHECKED[language] in sitting.words
        assert LEGEND[language] in sitting.words
        (turn,) = record.talk(sitting.store, SCOPE)
        assert turn.reply == CHECKED[language].removesuffix("°")
        assert [turn.reply[slice(*span)] for span in turn.unsupported] == [
            REPLY[language].partition("]. ")[2]
        ]
        assert [each["n"] for each in turn.citations] == [2]
    async with judged(sample.SHOTS, language=language, size=(80, 40)) as again:
        await again.press("a")
        assert CHECKED[language] in again.words
        assert LEGEND[language] in again.words


async def test_a_number_opens_its_passage_and_a_link_of_the_models_opens_nothing(
    judged: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    async with judged(sample.SHOTS, size=(80, 40)) as sitting:
        monkeypatch.setattr(sitting.app, "open_url", lambda url, **_: opened.append(url))
        monkeypatch.setitem(REPLY, "en", "[Look](https://x.example): no weights move [2].")
        await reply(sitting)
        await click(sitting, "Look")
        await click(sitting, "https://x.example")
        assert not isinstance(sitting.app.screen, PassageDialog)
        await click(sitting, "[2]")
        assert isinstance(sitting.app.screen, PassageDialog)
        assert "What stays the same" in sitting.screen
        assert opened == []


async def test_the_reply_is_there_before_its_marks_and_escape_leaves_the_comparison_of_words(
    judged: Open,
) -> None:
    async with judged(sample.SHOTS, size=(80, 40)) as sitting:
        await asked(sitting)
        sitting.client._replies = ["Examples do not change the weights. Bananas are yellow."]
        sitting.client._choices = holding(sitting, judge)
        await sitting.write("Which one?")
        await sitting.pilot.press("enter")
        await sitting.until(lambda: "Checking the answer" in sitting.words)
        assert "Bananas are yellow." in sitting.words
        assert "°" not in sitting.words
        (turn,) = record.talk(sitting.store, SCOPE)
        assert turn.finish == "stop"
        await sitting.press("escape")
        assert "Examples do not change the weights [2]. Bananas are yellow.°" in sitting.words
        assert "Checking" not in sitting.words
        assert panel(sitting).input.value == ""


async def test_the_next_question_does_not_wait_for_the_check(judged: Open) -> None:
    async with judged(sample.SHOTS, size=(80, 40)) as sitting:
        await asked(sitting)
        sitting.client._replies = ["Bananas are yellow."]
        sitting.client._choices = holding(sitting, judge)
        await sitting.write("First?")
        await sitting.pilot.press("enter")
        await sitting.until(lambda: not sitting.client._gate.is_set())
        await sitting.pilot.pause()
        panel(sitting).input.insert_text_at_cursor("Second?")
        sitting.client.release()
        await sitting.press("enter")
        first_turn, second = record.talk(sitting.store, SCOPE)
        assert [first_turn.question, second.question] == ["First?", "Second?"]
        assert first_turn.unsupported
        assert second.unsupported


async def test_a_judge_that_dies_leaves_the_comparison_of_words(judged: Open) -> None:
    def dies(messages: Sequence[Message], texts: Sequence[str]) -> list[float]:
        if "Question:" in messages[-1].content:
            return sample.judge(messages, texts)
        raise WorkerDied("gone")

    async with judged(sample.SHOTS, size=(80, 40)) as sitting:
        sitting.client._replies = ["Examples do not change the weights. Bananas are yellow."]
        await asked(sitting)
        sitting.client._choices = dies
        await sitting.write("Which one?")
        await sitting.press("enter")
        assert "Examples do not change the weights [2]. Bananas are yellow.°" in sitting.words


@pytest.mark.parametrize(
    ("language", "line"),
    [("en", "I don't find this in the lesson."), ("ko", "레슨에서 이 내용을 찾지 못했어요.")],
)
async def test_what_the_lesson_does_not_say_is_said_first(
    judged: Open, language: Language, line: str
) -> None:
    async with judged(sample.SHOTS, language=language, size=(80, 40)) as sitting:
        sitting.client._replies = ["Bananas are yellow. 바나나는 노랗습니다."]
        sitting.client._choices = judge
        await asked(sitting)
        await sitting.write("Where do they grow?" if language == "en" else "어디에서 자라나요?")
        await sitting.press("enter")
        words = sitting.words
        assert words.index(line) < words.index("Bananas are yellow.°")
