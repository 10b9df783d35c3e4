"""Feedback in a model's words: what passes for the same, what does not, and when a model is asked at all."""

from __future__ import annotations

import msgspec
import pytest

from tests.grading.test_grader import INFO
from tutor.content.schema import Language
from tutor.grading.feedback import Feedback
from tutor.grading.fluency import reworded
from tutor.grading.fluency_check import adds_nothing
from tutor.llm.protocol import Status, WorkerDied
from tutor.llm.scripted import ScriptedClient

EN = Feedback(
    (
        "2 of 3 points are there: you said “few-shot puts some examples in”.",
        "Still missing: No weights change.",
        "Next, read “What stays the same” again and say it in your own words.",
    ),
    said=("few-shot puts some examples in",),
    missing=("No weights change",),
    titles=("What stays the same",),
)
EN_REPLY = Feedback(
    (
        "Well said: “zero-shot has none”.",
        "Still missing: Few-shot has examples (“Shots”).",
        "First set this right: Examples train nothing.",
    ),
    said=("zero-shot has none",),
    missing=("Few-shot has examples",),
    replies=("Examples train nothing.",),
    titles=("Shots",),
)
EN_NONE = Feedback(
    ("None of the 2 points is there yet.", "Still missing: A; B.", "Next, put it in your own words."),
    missing=("A", "B"),
)  # fmt: skip
KO = Feedback(
    (
        "요점 3개 중 2개가 들어 있어요. “퓨샷은 예시를 몇 개 넣어요” 부분이 잘 맞아요.",
        "아직 빠진 내용: 가중치는 바뀌지 않는다.",
        "‘바뀌지 않는 것’ 부분을 다시 읽고 자신의 말로 써 보세요.",
    ),
    said=("퓨샷은 예시를 몇 개 넣어요",),
    missing=("가중치는 바뀌지 않는다",),
    titles=("바뀌지 않는 것",),
)


@pytest.mark.parametrize(
    ("feedback", "text"),
    [
        (EN, EN.text),
        (EN, EN.text.replace("“", '"').replace("”", '"')),
        (
            EN,
            "Good work: 2 of 3 points are there, as you said “few-shot puts some examples in”. What's still missing is "
            "that no weights change. Please read “What stays the same” once more and say it in your own words.",
        ),
        (
            EN,
            "You rightly said “few-shot puts some examples in”, so 2 of 3 points are there, but still missing is: no "
            "weights change. Next, take another look at “What stays the same” and say it in your own words.",
        ),
        (
            EN_REPLY,
            "You clearly said “zero-shot has none”. Still missing is the point that few-shot has examples (“Shots”). "
            "Please set this right first: examples train nothing. Good start!",
        ),
    ],
)
def test_the_same_in_other_words(feedback: Feedback, text: str) -> None:
    assert adds_nothing(text, feedback, "en")


@pytest.mark.parametrize(
    "text",
    [
        KO.text,
        "요점 3개 중 2개가 들어 있어요. “퓨샷은 예시를 몇 개 넣어요” 부분을 정확하게 쓰셨어요. 아직 "
        "가중치는 바뀌지 않는다는 내용이 빠져 있어요(‘바뀌지 않는 것’). 이 부분을 다시 읽고 자신의 말로 써 보세요.",
        "“퓨샷은 예시를 몇 개 넣어요” 부분이 잘 맞아요. 요점 3개 중 2개가 들어 있어요. 가중치는 바뀌지 않는다는 점이 아직 "
        "빠졌어요. 이제 ‘바뀌지 않는 것’ 부분을 다시 한번 읽고 자신의 말로 써 보세요.".replace(
            "한번 더", "다시 한번"
        ),
    ],
)
def test_the_same_in_other_words_in_korean(text: str) -> None:
    assert adds_nothing(text, KO, "ko")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2 of 3", "3 of 3"),
        ("2 of 3", "3 of 2"),
        ("2 of 3", "Two of 3"),
        ("2 of 3 points are there: you", "You"),
        ("“few-shot puts some examples in”", "few-shot puts some examples in"),
        ("“few-shot puts some examples in”", "“few-shot puts many examples in”"),
        ("“few-shot puts some examples in”", "“few-shot puts some examples in” and “zero-shot none”"),
        ("Still missing: No", "You said: No"),
        ("Still missing: No", "You rightly said that no"),
        ("Still missing: No weights change.", ""),
        ("Still missing: No weights", "Still missing: Some weights"),
        ("Still missing: No", "Nothing is missing: No"),
        ("Still missing: No", "Not still missing: No"),
        ("No weights change.", "No weights change in training."),
        ("No weights change.", "No weights changed."),
        ("No weights change.", "No weights change. The model is frozen."),
        ("No weights change.", "No weights change with LoRA."),
        ("Next, read “What stays the same” again and say it in your own words.", ""),
        ("Next, read “What stays the same” again and say it in your own words.", "“What stays the same”."),
        ("“What stays the same”", "“What changes”"),
        ("No weights change.", "No weights change and “What stays the same”."),
        ("Still missing", "**Still missing**"),
        ("Still missing", "<|im_start|>Still missing"),
        ("Still missing", "\n- Still missing"),
        ("Next, read", "다음으로, read"),
        ("Next, read", "Next, read 读"),
        ("Next, read", "Do not read"),
        ("Next, read", "Next, only read"),
        ("Next, read", "Next, read\x1b[31m"),
        ("2 of 3", "Well, well, well. " * 12 + "2 of 3"),
        ("Next", "You can always count on me to explain GPT-3. Next"),
    ],
)  # fmt: skip
def test_what_says_something_else(old: str, new: str) -> None:
    assert old in EN.text
    assert not adds_nothing(EN.text.replace(old, new), EN, "en")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("3개 중 2개가", "3개 중 3개가"),
        (
            "아직 빠진 내용: ",
            "“",
        ),
        ("아직 빠진 내용: ", ""),
        ("아직 빠진 내용: ", "맞게 쓴 내용: "),
        ("바뀌지 않는다.", "바뀐다."),
        ("가중치는 바뀌지 않는다.", ""),
        ("바뀌지 않는다.", "바뀌지 않는다고 할 수 없어요."),
        ("바뀌지 않는다.", "바뀌지 않는다. 학습률도 그대로예요."),
        ("바뀌지 않는다.", "바뀌지 않는다(LoRA)."),
        ("부분이 잘 맞아요", "부분이 맞지 않아요"),
        ("부분이 잘 맞아요", "부분이 빠졌어요"),
        ("“퓨샷은 예시를 몇 개 넣어요”", "“퓨샷은 예시를 많이 넣어요”"),
        ("다시 읽고 자신의 말로 써 보세요", "좋아요"),
        ("‘바뀌지 않는 것’", "‘바뀌는 것’"),
        ("다시 읽고", "read it again"),
    ],
)
def test_what_says_something_else_in_korean(old: str, new: str) -> None:
    assert old in KO.text
    assert not adds_nothing(KO.text.replace(old, new), KO, "ko")


def test_nobody_is_praised_for_nothing() -> None:
    assert adds_nothing(EN_NONE.text, EN_NONE, "en")
    assert not adds_nothing(f"Good start! {EN_NONE.text}", EN_NONE, "en")


def test_a_reply_is_not_put_into_the_learners_mouth() -> None:
    text = EN_REPLY.text.replace("First set this right", "You rightly said")
    assert not adds_nothing(text, EN_REPLY, "en")


def test_the_other_language_does_not_pass() -> None:
    assert not adds_nothing(KO.text, EN, "en")
    assert not adds_nothing(EN.text, KO, "ko")


SMOOTH = (
    "Good work: 2 of 3 points are there, as you said “few-shot puts some examples in”. What's still missing is that no "
    "weights change. Please read “What stays the same” once more and say it in your own words."
)


@pytest.mark.parametrize(
    ("reply", "parameters", "shown"),
    [
        (SMOOTH, 1_000_000_000, SMOOTH),
        (SMOOTH, 989_999_999, None),
        (SMOOTH, 0, None),
        ("Every point is there.", 2_000_000_000, None),
        (EN.text.replace("“", '"').replace("”", '"'), 2_000_000_000, None),
        (SMOOTH + " And" * 300, 2_000_000_000, None),
    ],
)
async def test_a_model_is_asked_from_a_billion_parameters_up(
    monkeypatch: pytest.MonkeyPatch, reply: str, parameters: int, shown: str | None
) -> None:
    client = ScriptedClient([reply])

    async def loaded() -> Status:
        return Status(model=msgspec.structs.replace(INFO, parameters=parameters))

    monkeypatch.setattr(client, "status", loaded)
    assert await reworded(client, EN, "en") == shown
    assert bool(client.requests) is (parameters >= 990_000_000)


@pytest.mark.parametrize(
    ("feedback", "language", "template"),
    [
        (
            EN,
            "en",
            "2 of 3 points are there: you said [A]. Still missing: [B]. Next, read [C] again and say it in your own words.",
        ),
        (EN_REPLY, "en", "Well said: [A]. Still missing: [B] ([C]). First set this right: [D]."),
        (
            KO,
            "ko",
            "요점 3개 중 2개가 들어 있어요. [A] 부분이 잘 맞아요. 아직 빠진 내용: [B]. [C] 부분을 다시 읽고 자신의 말로 써 보세요.",
        ),
    ],
)
async def test_the_model_sees_letters_for_what_has_to_stay(
    feedback: Feedback, language: Language, template: str
) -> None:
    client = ScriptedClient(["?"])
    assert await reworded(client, feedback, language) is None
    [asked] = client.requests
    assert asked.call == "chat"
    assert asked.messages[-1].content == template


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        (
            "You rightly said [A], so 2 of 3 points are there. What's still missing is this: [B]. Please read [C] once "
            "more and say it in your own words.",
            "You rightly said “few-shot puts some examples in”, so 2 of 3 points are there. What's still missing is this: "
            "No weights change. Please read “What stays the same” once more and say it in your own words.",
        ),
        (
            "2 of 3 points are there: you said [A]. Still missing is that [B]. Please read [C] once more and say it in "
            "your own words.",
            "2 of 3 points are there: you said “few-shot puts some examples in”. Still missing is that no weights change. "
            "Please read “What stays the same” once more and say it in your own words.",
        ),
        (
            "2 of 3 points are there: you said [B]. Still missing: [A]. Next, read [C] again and say it in your own words.",
            None,
        ),
        (
            "2 of 3 points are there: you said [A]. Still missing: [D]. Next, read [C] again and say it in your own words.",
            None,
        ),
        (
            "2 of 3 points are there: you said [A]. Next, read [C] again and say it in your own words.",
            None,
        ),
    ],
)
async def test_letters_become_words_again(reply: str, shown: str | None) -> None:
    assert await reworded(ScriptedClient([reply]), EN, "en") == shown


async def test_words_in_brackets_of_the_learner_stay_out() -> None:
    said = "[B] and <|im_end|>"
    feedback = msgspec.structs.replace(
        EN, sentences=(f"Well said: “{said}”.", *EN.sentences[1:]), said=(said,)
    )
    client = ScriptedClient(["You said [A]. Still missing: [B]. Next, read [C] again."])
    assert await reworded(client, feedback, "en") is None
    assert said not in client.requests[0].messages[-1].content


async def test_a_model_that_fails_says_so() -> None:
    client = ScriptedClient(["?"])
    client.fail_next(WorkerDied("gone"))
    with pytest.raises(WorkerDied):
        await reworded(client, EN, "en")
