"""Asking the tutor under a result: what streams in, what stops it, and what is kept."""

from __future__ import annotations

import pytest

from tests.ui.quiz import sample
from tests.ui.quiz.conftest import Open, Sitting
from tutor.content.schema import Language
from tutor.llm.protocol import WorkerDied
from tutor.llm.scripted import Asked
from tutor.study import record
from tutor.ui.screens.quiz_passage import PassageDialog
from tutor.ui.widgets.tutor_panel import TutorPanel, question
from tutor.ui.widgets.tutor_panel.question import QuestionInput

SCOPE = "basics/shots"


def panel(sitting: Sitting) -> TutorPanel:
    return sitting.app.screen.query_one(TutorPanel)


def reads(sitting: Sitting) -> list[Asked]:
    """What the model was given to read ahead of a question."""
    return [
        each for each in sitting.client.requests if (each.call, each.lane) == ("prefill", "chat")
    ]


async def asked(sitting: Sitting) -> None:
    """Answer the item and open the tutor under it."""
    await sitting.write(sample.HALF)
    await sitting.press("ctrl+s", "a")


async def half_answered(sitting: Sitting) -> None:
    """Ask something; the reply stops in the middle until the client is released."""
    sitting.client.hold()
    panel(sitting).input.value = "Why though?"
    await sitting.pilot.press("enter")
    await sitting.until(lambda: panel(sitting).query(".turn-reply"))


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Typing pauses at once."""
    monkeypatch.setattr(question, "PAUSE", 0.02)


async def test_a_reply_streams_cites_and_is_kept(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        await asked(sitting)
        await sitting.write("What is zero-shot?")
        await sitting.press("enter")
        for shown in (
            "› What is zero-shot?",
            "A prompt without examples is called zero-shot [1].",
            "[1] In-context learning",
        ):
            assert shown in sitting.words
        (turn,) = record.talk(sitting.store, SCOPE)
        assert (turn.question, turn.finish) == ("What is zero-shot?", "stop")
        request = sitting.client.requests[-1]
        assert request.call == "chat"
        assert any(sample.HALF in message.content for message in request.messages)
        assert sitting.app.focused is panel(sitting).input
        await sitting.press("shift+tab", "enter")
        assert isinstance(sitting.app.screen, PassageDialog)
        assert "In-context learning" in sitting.screen
    async with sit(sample.SHOTS) as again:
        await again.press("a")
        assert "› What is zero-shot?" in again.words
        assert "[1] In-context learning" in again.words


async def test_escape_stops_keeps_what_came_and_gives_the_question_back(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        await asked(sitting)
        sitting.client.hold()
        await sitting.write("Why though?")
        await sitting.pilot.press("enter")
        await sitting.until(lambda: "A" in panel(sitting).query_one(".turn-reply").source)
        assert record.talk(sitting.store, SCOPE)[0].reply is None
        assert "Esc stops" in sitting.screen
        assert "Reading the lesson" not in sitting.screen, "it writes by now"
        await sitting.press("escape")
        (turn,) = record.talk(sitting.store, SCOPE)
        assert (turn.reply, turn.finish) == ("A", "cancelled")
        assert panel(sitting).input.value == "Why though?"
        assert "stopped here" in sitting.screen
        assert sitting.app.focused is panel(sitting).input
        sitting.client.release()
        await sitting.press("escape")
        assert not sitting.app.screen.query(TutorPanel)
        assert "2 of 3 points" in sitting.screen


@pytest.mark.usefixtures("soon")
async def test_the_question_is_read_as_soon_as_the_typing_pauses(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        await asked(sitting)
        before = len(reads(sitting))
        await sitting.write("What is zero-shot?")
        await sitting.until(lambda: len(reads(sitting)) > before)
        read = reads(sitting)[-1]
        assert read.messages[-1].content.startswith("What is zero-shot?")
        await sitting.press("enter")
        told = [each for each in sitting.client.requests if each.call == "chat"]
        assert [each.messages for each in told] == [read.messages]


@pytest.mark.usefixtures("soon")
async def test_what_is_typed_while_a_reply_comes_in_is_read_with_that_reply(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        await asked(sitting)
        await half_answered(sitting)
        before = len(reads(sitting))
        panel(sitting).input.value = "And then?"
        panel(sitting).input.post_message(QuestionInput.Paused())
        await sitting.pilot.pause()
        assert panel(sitting).streaming
        assert len(reads(sitting)) == before
        sitting.client.release()
        await sitting.until(lambda: len(reads(sitting)) > before)
        *_, replied, typed = reads(sitting)[-1].messages
        assert (replied.role, typed.role) == ("assistant", "user")
        assert typed.content.startswith("And then?")


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("how", ["stopped", "failed"])
async def test_a_question_given_back_is_not_read_before_it_is_changed(sit: Open, how: str) -> None:
    async with sit(sample.SHOTS) as sitting:
        await asked(sitting)
        if how == "stopped":
            await half_answered(sitting)
            await sitting.press("escape")
        else:
            sitting.client.fail_next(WorkerDied("ask again"))
            panel(sitting).input.value = "Why though?"
            await sitting.pilot.press("enter")
        await sitting.until(lambda: panel(sitting).input.value == "Why though?")
        before = len(reads(sitting))
        sitting.client.release()
        await sitting.pilot.pause()
        assert panel(sitting).input._pausing is None
        assert len(reads(sitting)) == before
        panel(sitting).input.value = "Why, though?"
        await sitting.until(lambda: len(reads(sitting)) > before)


async def test_a_failing_model_says_so_and_gives_the_question_back(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        await asked(sitting)
        await sitting.write("Why?")
        sitting.client.fail_next(WorkerDied("ask again"))
        await sitting.press("enter")
        assert "The model stopped: ask again" in sitting.words
        assert panel(sitting).input.value == "Why?"
        assert record.talk(sitting.store, SCOPE)[0].finish == "error"


async def test_without_a_model_one_line_says_how_to_get_one(sit: Open) -> None:
    async with sit(sample.SHOTS, model=False) as sitting:
        await asked(sitting)
        await sitting.write("Why?")
        await sitting.press("enter")
        assert "Answers need a model" in sitting.screen
        assert panel(sitting).input.value == "Why?"
        assert record.talk(sitting.store, SCOPE) == []


async def test_model_text_is_no_markup_and_carries_no_escapes(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        sitting.client._replies = [
            "\x1b]0;x\x07[red]zero[/red] \u202e**bold** [link](https://x.example)"
        ]
        await asked(sitting)
        await sitting.write("Why?")
        await sitting.press("enter")
        assert "[red]zero[/red] bold link" in sitting.words
        assert "\x1b" not in panel(sitting).query_one(".turn-reply").source
        assert "° beyond this lesson" in sitting.words


async def test_a_reader_who_scrolled_up_is_left_in_peace(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        sitting.client._replies = ["\n\n".join(f"Line {number}." for number in range(40))]
        await asked(sitting)
        await sitting.write("More?")
        await sitting.press("enter")
        talk = panel(sitting).talk
        assert talk.is_vertical_scroll_end
        talk.scroll_to(y=3, animate=False)
        await sitting.settled()
        await sitting.write("And more?")
        await sitting.press("enter")
        assert talk.scroll_y == 3


@pytest.mark.parametrize(
    ("language", "key", "question", "facts"),
    [
        ("en", "w", "Why was my answer marked so?", "2 of 3 points"),
        ("ko", "ㅈ", "제 답이 왜 이렇게 채점되었나요?", "요점 3개 중 2개"),
    ],
)
async def test_why_so_begins_with_what_was_decided(
    sit: Open, language: Language, key: str, question: str, facts: str
) -> None:
    async with sit(sample.SHOTS, language=language) as sitting:
        await sitting.write(sample.HALF if language == "en" else sample.HALF_KO)
        await sitting.press("ctrl+s", key)
        (turn,) = record.talk(sitting.store, SCOPE)
        assert (turn.question, turn.finish) == (question, "stop")
        assert turn.reply is not None
        told, _, said = turn.reply.partition("\n\n")
        assert facts in told
        assert said.startswith("A prompt without examples")
        assert told in sitting.client.requests[-1].messages[-1].content
        assert all(start >= len(told) for start, _ in turn.unsupported)


async def test_why_so_needs_a_verdict_and_a_model(sit: Open) -> None:
    async with sit(sample.CHOICE, model=False) as sitting:
        await sitting.press("1", "enter", "w")
        assert not sitting.app.screen.query(TutorPanel)
