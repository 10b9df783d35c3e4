"""Explanations by a key: what is kept as the question, what the model gets, and what it is held against."""

from __future__ import annotations

import pytest

from tests.grading.items import EXPLAIN, both
from tests.tutoring.test_followup import LESSON
from tutor.content.schema import Choice as ChoiceItem
from tutor.content.schema import Language, Option, Term
from tutor.grading.answer import ChoiceAnswer, ExplainAnswer
from tutor.grading.verdict import PointVerdict, Verdict
from tutor.llm.scripted import ScriptedClient
from tutor.tutoring.explain import Request, Retold, compared, retold, why
from tutor.tutoring.followup import FollowUp
from tutor.tutoring.passages import UNNUMBERED

TOKEN = Term(
    id="token", term=both("token", "토큰"), definition=both("A piece of text.", "글의 조각.")
)


async def read(client: ScriptedClient, request: Request) -> tuple[FollowUp, str]:
    followup = FollowUp(client, LESSON, "en")
    return followup, "".join([text async for text in followup.explain(request)])


@pytest.mark.parametrize(
    ("task", "language", "question"),
    [
        ("simpler", "en", "Explain passage 2, “Scaling laws”, more simply."),
        ("simpler", "ko", "2번 ‘스케일링 법칙’ 내용을 더 쉽게 설명해 주세요."),
        ("example", "en", "Give an example of passage 2, “Scaling laws”."),
        ("example", "ko", "2번 ‘스케일링 법칙’ 내용의 예를 들어 주세요."),
    ],
)
async def test_a_passage_in_other_words(task: Retold, language: Language, question: str) -> None:
    request = retold(task, LESSON, "scaling", language)
    assert request.question == question
    assert request.language == language
    client = ScriptedClient()
    await read(client, request)
    system, asked = client.requests[0].messages
    assert f"[2] {request.passages[0].heading}\n{request.passages[0].text}" in system.content
    assert "[1]" not in system.content
    assert ("passage 2" if language == "en" else "2번 내용") in asked.content


@pytest.mark.parametrize(
    ("language", "spoken", "question", "heading"),
    [
        ("en", "ko", "Explain passage 1, “Zero and few examples”, in Korean.", "예시 없이, 예시 몇 개로"),
        ("ko", "en", "1번 ‘예시 없이, 예시 몇 개로’ 내용을 영어로 설명해 주세요.", "Zero and few examples"),
    ],
)  # fmt: skip
async def test_the_other_language_has_the_passage_in_that_language(
    language: Language, spoken: Language, question: str, heading: str
) -> None:
    request = retold("other_language", LESSON, "shots", language)
    assert (request.question, request.language) == (question, spoken)
    assert request.passages[0].heading == heading
    reply = {
        "ko": "모델의 가중치는 바뀌지 않는다.",
        "en": "The weights of the model do not change.",
    }
    followup, heard = await read(ScriptedClient([reply[spoken]]), request)
    answered = followup.finish(heard)
    assert answered.language == spoken
    assert [each.n for each in answered.citations] == [1]
    assert answered.unsupported == []


@pytest.mark.parametrize("language", ["en", "ko"])
async def test_two_sections_are_compared(language: Language) -> None:
    request = compared(LESSON, "shots", "scaling", language)
    assert [each.n for each in request.passages] == [1, 2]
    client = ScriptedClient()
    await read(client, request)
    system, asked = client.requests[0].messages
    for passage in request.passages:
        assert f"[{passage.n}] {passage.heading}" in system.content
        assert passage.heading in asked.content
        assert passage.heading in request.question


@pytest.mark.parametrize("language", ["en", "ko"])
async def test_a_term_can_be_leaned_on_and_is_not_cited(language: Language) -> None:
    request = compared(LESSON, "shots", TOKEN, language)
    assert request.passages[1].n == UNNUMBERED
    client = ScriptedClient([TOKEN.definition[language]])
    followup, heard = await read(client, request)
    system = client.requests[0].messages[0].content
    assert f"{TOKEN.term[language]}: {TOKEN.definition[language]}" in system
    assert "[0]" not in system
    answered = followup.finish(heard)
    assert (answered.text, answered.citations, answered.unsupported) == (heard, [], [])


VERDICT = Verdict(
    item="shots-differ",
    language="en",
    score=0.5,
    verdict="partial",
    points=[
        PointVerdict(id="some", probability=0.9, verdict="met", by="model"),
        PointVerdict(id="fixed", probability=0.1, verdict="unmet", by="model"),
    ],
)


@pytest.mark.parametrize(
    ("language", "question", "missing"),
    [
        ("en", "Why was my answer marked so?", "No weights change"),
        ("ko", "제 답이 왜 이렇게 채점되었나요?", "가중치"),
    ],
)
async def test_why_so_begins_with_what_was_decided(
    language: Language, question: str, missing: str
) -> None:
    request = why(LESSON, EXPLAIN, ExplainAnswer("Few-shot trains it."), VERDICT, language)
    assert request.question == question
    assert missing in request.facts
    client = ScriptedClient(["Bananas are yellow."])
    followup, heard = await read(client, request)
    assert heard == f"{request.facts}\n\nBananas are yellow."
    assert request.facts in client.requests[0].messages[1].content
    answered = followup.finish(heard)
    assert answered.text == heard
    assert [heard[slice(*span)] for span in answered.unsupported] == ["Bananas are yellow."]


async def test_why_so_of_a_closed_item_is_told_from_its_options() -> None:
    item = ChoiceItem(
        id="choice",
        section="shots",
        prompt=both("Which?", "어느 것?"),
        hints=[],
        options=[
            Option(id="a", text=both("a", "가"), correct=True),
            Option(id="b", text=both("b", "나"), reply=both("Look again.", "다시 보세요.")),
        ],
    )
    verdict = Verdict(item="choice", language="en", score=0.0, verdict="none")
    request = why(LESSON, item, ChoiceAnswer(("b",)), verdict, "ko")
    assert "다시 보세요." in request.facts
    assert [each.section for each in request.passages] == ["shots"]


def test_a_section_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        retold("simpler", LESSON, "gone", "en")


async def test_what_goes_beyond_is_no_refusal_here() -> None:
    request = retold("example", LESSON, "shots", "en")
    followup, heard = await read(ScriptedClient(["Zzyzx jqwv kkbg."]), request)
    answered = followup.finish(heard)
    assert answered.text == heard
    assert len(answered.unsupported) == 1
