"""Questions that the lesson has nothing about."""

from __future__ import annotations

import pytest

from tests.tutoring.test_followup import LESSON, read
from tutor.content.schema import LANGUAGES, Language
from tutor.llm.scripted import ScriptedClient
from tutor.tutoring.followup import FollowUp
from tutor.tutoring.passages import passages
from tutor.tutoring.refusal import LEARNT, after_refusal, is_near, refusal

LINES: dict[Language, str] = {
    "en": "I don't find this in the lesson.",
    "ko": "레슨에서 이 내용을 찾지 못했어요.",
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


@pytest.mark.parametrize(
    ("reply", "language", "rest"),
    [
        ("The lesson does not say this.", "en", ""),
        ("The lesson does not say this. It does say that few suffice [2].", "en", "It does say that few suffice [2]."),
        ("No, the lesson does not say this.", "en", ""),
        ("It is not explained in the lesson.\n\nWeights stay.", "en", "Weights stay."),
        ("I don't find this in the lesson.", "en", ""),
        ("The lesson does not say that weights change, it says that they stay as they are [1].", "en", None),
        ("The weights of the model do not change [1].", "en", None),
        ("이 내용은 레슨에 나오지 않아요.", "ko", ""),
        ("이 내용은 레슨에 나오지 않아요. 가중치는 그대로예요 [1].", "ko", "가중치는 그대로예요 [1]."),
        ("레슨에는 그런 이야기가 나오지 않아요.", "ko", ""),
        ("레슨에서 이 내용을 찾지 못했어요.", "ko", ""),
        ("가중치는 바뀌지 않아요 [1].", "ko", None),
        ("프롬프트에 예시가 없어요 [1].", "ko", None),
    ],
)  # fmt: skip
def test_a_model_may_say_it_in_its_own_way(
    reply: str, language: Language, rest: str | None
) -> None:
    assert after_refusal(reply, language) == rest


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_lines_are_known_for_what_they_are(language: Language) -> None:
    for line in (refusal(language), LEARNT[language]):
        assert after_refusal(f"{line} 1.", language) == "1."
