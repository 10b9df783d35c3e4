"""A hint of the tutor's own: taken when it leads there, tried again when it gives the answer away, always there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tutoring.course import explain, explains, llm_basics
from tests.waiting import until
from tutor.content.schema import LANGUAGES, Explain, Language, Lesson, say
from tutor.grading.verdict import PointState, PointVerdict, Verdict, Words
from tutor.llm.protocol import ModelError, WorkerDied
from tutor.llm.scripted import ScriptedClient
from tutor.tutoring.gap import Gap, gap_at, missing_points
from tutor.tutoring.hints import generated_hint
from tutor.tutoring.nudge import LONGEST, flaw_of, leak_of, one_question, tidied
from tutor.tutoring.pointer import Kind, pointer
from tutor.tutoring.prompts import hint as prompt

GOOD: dict[Language, str] = {
    "en": "What happens to the output of one step before the next step begins?",
    "ko": "한 단계의 결과가 그다음 단계에서 어떻게 쓰일까요?",
}
LEAK: dict[Language, str] = {
    "en": "Each possible next token gets a probability.",
    "ko": "다음에 올 수 있는 토큰마다 확률을 매겨요.",
}
EMPTY: dict[Language, str] = {
    "en": "Think carefully and read the question again.",
    "ko": "질문을 다시 읽고 생각해 보세요.",
}


def gap(
    language: Language, id: str = "next-token-loop", answer: str = "", told: Sequence[str] = ()
) -> Gap:
    lesson, item = explain(id)
    missing = missing_points(item, None, answer, language)
    return gap_at(
        llm_basics(), lesson, item, missing, at=missing[0], answer=answer, language=language, told=told
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_hint_that_leads_there_is_taken(language: Language) -> None:
    client = ScriptedClient([f"Hint: “{GOOD[language]}”"])
    hint = await generated_hint(client, gap(language))
    assert (hint.text, hint.by, hint.point) == (GOOD[language], "model", "gives-probabilities")
    (asked,) = client.requests
    last = asked.messages[-1].content
    assert say(explain("next-token-loop")[1].prompt, language) in last
    assert ("nothing yet" if language == "en" else "아직 없음") in last
    assert gap(language).passage.heading in asked.messages[0].content


@pytest.mark.parametrize("language", LANGUAGES)
async def test_after_a_leak_it_is_tried_again_without_those_words(language: Language) -> None:
    client = ScriptedClient([LEAK[language], GOOD[language]])
    hint = await generated_hint(client, gap(language))
    assert (hint.text, hint.by) == (GOOD[language], "model")
    assert [each.finding and each.finding.flaw for each in hint.tries] == ["leak", None]
    word = "probability" if language == "en" else "확률"
    first, second = (each.messages[-1].content for each in client.requests)
    avoid = "Do not use these words: " if language == "en" else "쓰면 안 되는 낱말: "
    assert avoid not in first
    assert word in second.partition(avoid)[2]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("bad", ["leak", "empty", "language", "long", "echo", "statement"])
async def test_what_never_becomes_a_hint_gives_way_to_the_passage(
    language: Language, bad: str
) -> None:
    other: Language = "ko" if language == "en" else "en"
    text = {
        "leak": LEAK[language],
        "empty": EMPTY[language],
        "language": GOOD[other],
        "long": GOOD[language].rstrip("?") + ", then" * 40 + "?",
        "statement": GOOD[language].rstrip("?") + ".",
        "echo": say(explain("next-token-loop")[1].prompt, language),
    }[bad]
    hint = await generated_hint(ScriptedClient([text]), gap(language))
    assert hint.by == "template"
    assert len(hint.tries) == len(prompt.TRIES)
    assert gap(language).passage.heading in hint.text


async def test_each_try_is_another_one() -> None:
    assert len({(each.seed, each.temperature) for each in prompt.TRIES}) == 3


@pytest.mark.parametrize("client", [None, ScriptedClient(loaded=False)])
async def test_without_a_model_the_passage_is_pointed_to(client: ScriptedClient | None) -> None:
    hint = await generated_hint(client, gap("en"))
    assert hint.by == "template"
    assert hint.text.startswith("Read passage ")
    assert hint.tries == ()


async def test_a_model_that_dies_costs_no_hint() -> None:
    client = ScriptedClient([GOOD["en"]])
    errors: list[ModelError] = [WorkerDied("the model process ended")]
    client.fail_next(errors[0])
    assert (await generated_hint(client, gap("en"))).by == "template"


async def test_cancelling_stops_the_model() -> None:
    client = ScriptedClient([GOOD["en"]])
    client.hold()
    task = asyncio.create_task(generated_hint(client, gap("en")))
    await until(lambda: bool(client.requests))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_was_told_is_not_told_again() -> None:
    told = gap("en", told=[GOOD["en"]])
    hint = await generated_hint(ScriptedClient([GOOD["en"]]), told)
    assert hint.tries[0].finding is not None
    assert hint.tries[0].finding.flaw == "repeated"
    again = msgspec.structs.replace(told, told=(*told.told, hint.text))
    assert pointer(again, "hint") != hint.text


places = st.sampled_from(
    [(lesson, item, language) for lesson, item in explains() for language in LANGUAGES]
)


@settings(max_examples=30)
@given(places, st.data())
def test_a_pointer_never_gives_anything_away_and_says_another_thing_each_time(
    place: tuple[Lesson, Explain, Language], data: st.DataObject
) -> None:
    lesson, item, language = place
    missing = missing_points(item, None, "", language)
    at = data.draw(st.sampled_from(missing))
    told: list[str] = []
    kinds: tuple[Kind, ...] = ("hint", "question")
    for kind in kinds:
        found = gap_at(
            llm_basics(), lesson, item, missing, at=at, answer="", language=language, told=told
        )
        text = pointer(found, kind)
        heading = found.passage.heading
        assert heading not in text or leak_of(heading, found) is None
        assert not found.term or found.term not in text or leak_of(found.term, found) is None
        assert text.endswith("?")
        assert text not in told
        assert str(found.passage.n) in text
        assert len(text) <= LONGEST
        told.append(text)


@given(st.text())
def test_whatever_a_model_writes_is_one_line_or_refused(text: str) -> None:
    line = tidied(text)
    assert "\n" not in line
    question = one_question(text)
    assert question == "" or (question.endswith("?") and question.count("?") == 1)
    assert flaw_of("", gap("en")) is not None


@pytest.mark.parametrize(
    ("written", "question"),
    [
        ("What comes next? And what then?", "What comes next?"),
        ("Question: **What** comes next [2]? Think.", "What comes next?"),
        ("질문: 무엇이 달라지나요？ 생각해 보세요.", "무엇이 달라지나요?"),
        ("Good. Now, what is left?", "Good. Now, what is left?"),
        ("Read it again.", ""),
        ("?", ""),
    ],
)
def test_one_question(written: str, question: str) -> None:
    assert one_question(written) == question


def test_unmet_points_come_first_then_the_heaviest() -> None:
    _, item = explain("next-token-loop")
    states: tuple[PointState, ...] = ("unsure", "met", "unmet")
    points = [
        PointVerdict(id=point.id, probability=0.5, verdict=state, by="model")
        for point, state in zip(item.points, states, strict=True)
    ]
    verdict = Verdict(item=item.id, language="en", score=0.3, verdict="unsure", points=points)
    missing = missing_points(item, verdict, "", "en")
    assert [point.id for point in missing] == ["predicts-again", "gives-probabilities"]
    heavy = msgspec.structs.replace(
        item, points=[*item.points[:2], msgspec.structs.replace(item.points[2], weight=3)]
    )
    assert missing_points(heavy, None, "", "en")[0].id == "predicts-again"


@pytest.mark.parametrize(
    ("language", "answer"),
    [("en", "Each possible token has a probability."), ("ko", "토큰마다 확률을 매겨요.")],
)
def test_without_a_verdict_what_was_written_comes_last(language: Language, answer: str) -> None:
    _, item = explain("next-token-loop")
    assert missing_points(item, None, answer, language)[-1].id == "gives-probabilities"
    compared = Verdict(
        item=item.id,
        language=language,
        score=0.0,
        verdict="unsure",
        points=[
            PointVerdict(id=point.id, probability=None, verdict="unsure", by="model", words=Words())
            for point in item.points
        ],
    )
    assert missing_points(item, compared, answer, language)[-1].id == "gives-probabilities"
