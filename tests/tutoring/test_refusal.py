"""Questions that the lesson has nothing about."""

from __future__ import annotations

import pytest

from tests.tutoring.test_followup import LESSON, read
from tutor.content.schema import Language
from tutor.llm.scripted import ScriptedClient
from tutor.tutoring.followup import FollowUp
from tutor.tutoring.passages import passages
from tutor.tutoring.refusal import is_near

LINES: dict[Language, str] = {
    "en": "The lesson does not say this.",
    "ko": "이 내용은 레슨에 나오지 않아요.",
}


@pytest.mark.parametrize(
    ("question", "language", "near"),
    [
        ("Do weights change in few-shot prompting?", "en", True),
        ("Why?", "en", True),
        ("퓨샷이면 가중치가 바뀌나요?", "ko", True),
        ("Who cooked dinner yesterday?", "en", False),
        ("김치찌개에 어떤 고기를 넣어요?", "ko", False),
    ],
)
def test_near_is_what_shares_a_word_with_the_lesson(
    question: str, language: Language, near: bool
) -> None:
    assert is_near(question, passages(LESSON, language), language) is near


@pytest.mark.parametrize(
    ("question", "language"),
    [("Who cooked dinner yesterday?", "en"), ("김치찌개에 어떤 고기를 넣어요?", "ko")],
)
async def test_it_is_said_first_in_the_language_of_the_question(
    question: str, language: Language
) -> None:
    client = ScriptedClient(["Bananas are yellow."])
    followup = FollowUp(client, LESSON, "en")
    heard = await read(followup, question)
    assert heard == f"{LINES[language]}\n\nBananas are yellow."
    answered = followup.finish(heard)
    assert answered.text == heard
    assert [heard[slice(*span)] for span in answered.unsupported] == ["Bananas are yellow."]


async def test_without_a_judge_it_is_said_only_of_what_is_far_from_the_lesson() -> None:
    client = ScriptedClient(["Zzyzx jqwv kkbg.", "The weights of the model may well stay put."])
    followup = FollowUp(client, LESSON, "en")
    far = followup.finish(await read(followup, "Do the weights change?"))
    assert far.text.startswith(LINES["en"])
    assert followup.finish("Zzyzx jqwv kkbg.", whole=False).text == "Zzyzx jqwv kkbg."
    near = followup.finish(await read(followup, "Do the weights change?"))
    assert near.text.startswith("The weights")
