"""A model that is too small to explain: the lesson answers in its own words, and no model is asked."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.grading.items import EXPLAIN
from tests.tutoring.test_followup import LESSON, read
from tutor.content.schema import Language
from tutor.grading.answer import ExplainAnswer
from tutor.grading.grader import Grader
from tutor.grading.verdict import PointVerdict, Verdict
from tutor.llm.scripted import ScriptedClient
from tutor.tutoring.explain import Request, compared, retold, why
from tutor.tutoring.followup import FollowUp
from tutor.tutoring.passages import passages
from tutor.tutoring.refusal import refusal
from tutor.tutoring.shown import shown, writes


def of_size(parameters: int) -> ScriptedClient:
    client = ScriptedClient(["What a model would write."])
    assert client._info is not None
    client._info = replace(client._info, parameters=parameters)
    return client


def asked(client: ScriptedClient) -> list[str]:
    return [request.call for request in client.requests if request.call in ("chat", "prefill")]


@pytest.mark.parametrize(
    ("parameters", "able"),
    [(0, True), (494_000_000, False), (989_999_999, False), (999_885_952, True)],
)
async def test_a_billion_parameters_explain(parameters: int, able: bool) -> None:
    assert await writes(of_size(parameters)) is able


@pytest.mark.parametrize(
    ("language", "question", "lines"),
    [
        (
            "en",
            "What falls as a power law?",
            [
                "Closest in the lesson is “Scaling laws” [2]:",
                "See also “Zero and few examples” [1].",
            ],
        ),
        (
            "ko",
            "손실은 무엇에 따라 줄어들어요?",
            [
                "레슨에서 가장 가까운 내용은 ‘스케일링 법칙’ [2]이에요.",
                "‘예시 없이, 예시 몇 개로’ [1]도 함께 보세요.",
            ],
        ),
    ],
)
async def test_the_passage_is_the_answer(
    language: Language, question: str, lines: list[str]
) -> None:
    client = of_size(494_000_000)
    followup = FollowUp(client, LESSON, language, grader=Grader(client))
    await followup.prefill()
    answered = followup.finish(await read(followup, question))
    passage = passages(LESSON, language)[1]
    first, body, *see = answered.text.split("\n\n")
    assert (first, body) == (lines[0], passage.text)
    assert see in ([], [lines[1]])
    assert 2 in [citation.n for citation in answered.citations]
    assert answered.unsupported == []
    assert await followup.support() is None
    assert asked(client) == []


async def test_what_the_lesson_does_not_say_it_does_not_show() -> None:
    followup = FollowUp(of_size(1), LESSON, "en")
    answered = followup.finish(await read(followup, "Which bananas taste best in Peru?"))
    assert answered.text == refusal("en")
    assert answered.citations == []


async def test_it_writes_when_told_to() -> None:
    client = of_size(1)
    followup = FollowUp(client, LESSON, "en", writes=True)
    assert "What a model would write." in await read(followup, "What falls as a power law?")
    assert asked(client) == ["chat"]


async def test_an_explanation_is_the_passage_in_the_language_asked_for() -> None:
    client = of_size(1)
    followup = FollowUp(client, LESSON, "en")

    async def explained(request: Request) -> str:
        return "".join([text async for text in followup.explain(request)])

    korean = await explained(retold("other_language", LESSON, "scaling", "en"))
    assert passages(LESSON, "ko")[1].text in korean
    beside = await explained(compared(LESSON, "shots", "scaling", "en"))
    assert passages(LESSON, "en")[0].text in beside
    assert "[2]" in beside
    verdict = Verdict(
        item="shots-differ", language="en", score=0.0, verdict="none",
        points=[PointVerdict(id="some", probability=0.1, verdict="unmet", by="model")],
    )  # fmt: skip
    request = why(LESSON, EXPLAIN, ExplainAnswer("Hm."), verdict, "en")
    assert await explained(request) == request.facts
    assert followup.finish(request.facts).text == request.facts
    assert asked(client) == []


def test_what_has_no_number_is_not_cited() -> None:
    card = replace(passages(LESSON, "en")[0], n=0)
    assert shown([card], "en").citations == []
    assert "[0]" not in shown([card], "en").text
