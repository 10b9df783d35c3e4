"""Asking back: one question without the answer, three at most to a point, and what the learner finds is said."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from msgspec import Struct

from tests.tutoring.course import explain, llm_basics
from tutor.content.schema import LANGUAGES, Language, say
from tutor.grading.answer import ExplainAnswer
from tutor.grading.grader import Grader
from tutor.grading.verdict import PointState, PointVerdict, Verdict
from tutor.llm.protocol import Message
from tutor.llm.scripted import ScriptedClient
from tutor.tutoring.followup import FollowUp
from tutor.tutoring.lead import Lead
from tutor.tutoring.nudge import leak_of
from tutor.tutoring.socratic import SocraticTalk

ITEM = "next-token-loop"
QUESTION: dict[Language, str] = {
    "en": "What happens to the output of one step before the next step begins?",
    "ko": "한 단계의 결과가 그다음 단계에서 어떻게 쓰일까요?",
}
OTHER: dict[Language, str] = {
    "en": "What must the model be given for its following step?",
    "ko": "그다음 단계에서 모델은 무엇을 받아야 할까요?",
}
LEAK: dict[Language, str] = {
    "en": "Is one token picked and added to the end?",
    "ko": "토큰 하나를 골라 글 끝에 붙이지 않나요?",
}
DUNNO: dict[Language, str] = {"en": "I really can't tell you.", "ko": "저는 전혀 짐작이 안 가요."}
FOUND: dict[Language, str] = {"en": "FOUND it is put behind the text", "ko": "FOUND 글 뒤에 놓아요"}


class Turn(Struct, frozen=True):
    id: str
    question: str
    reply: str | None
    lead: Lead | None = None


def judge(messages: Sequence[Message], continuations: Sequence[str]) -> list[float]:
    """Sure that an answer states the point where it says FOUND, else sure that it does not."""
    answer = messages[-1].content.partition("Answer: ")[2].partition("\nStatement: ")[0]
    if answer in ("I don't know.", "잘 모르겠어요."):
        return [-4.0, -4.5]
    return [-0.1, -8.0] if "FOUND" in answer else [-8.0, -0.1]


class Beside:
    """A learner beside a graded answer that lacks what its verdict says."""

    def __init__(
        self,
        client: ScriptedClient,
        language: Language,
        states: Sequence[PointState] = ("met", "unmet", "unmet"),
    ) -> None:
        self.client, self.language = client, language
        self.lesson, self.item = explain(ITEM)
        points = [
            PointVerdict(id=point.id, probability=0.5, verdict=state, by="model")
            for point, state in zip(self.item.points, states, strict=True)
        ]
        self.verdict = Verdict(
            item=ITEM, language=language, score=0.3, verdict="partial", points=points
        )
        self.turns: list[Turn] = [Turn("00", "before", "an older talk", Lead("explanation", "x"))]
        self.talk = self.reopened()

    def reopened(self) -> SocraticTalk:
        """The talk after a restart: only the turns are left of it."""
        followup = FollowUp(
            self.client,
            self.lesson,
            self.language,
            item=self.item,
            answer=ExplainAnswer("my answer"),
            verdict=self.verdict,
        )
        return SocraticTalk(
            followup,
            Grader(self.client),
            llm_basics(),
            self.lesson,
            self.language,
            item=self.item,
            answer="my answer",
            verdict=self.verdict,
            since="05",
        )

    async def say(self, message: str) -> str:
        self.talk = self.reopened()
        reply = "".join([text async for text in self.talk.ask(message, self.turns)])
        answered = self.talk.finish(reply)
        self.turns.append(Turn(f"{10 + len(self.turns)}", message, answered.text, self.talk.lead))
        return answered.text

    @property
    def lead(self) -> Lead | None:
        return self.turns[-1].lead


@pytest.mark.parametrize("language", LANGUAGES)
async def test_one_question_that_leads_to_what_is_missing(language: Language) -> None:
    client = ScriptedClient([f"{QUESTION[language]} {LEAK[language]}"], judge)
    learner = Beside(client, language)
    assert await learner.say(DUNNO[language]) == QUESTION[language]
    assert learner.lead == Lead("question", "appends-one-token")
    answered = learner.talk.finish(QUESTION[language])
    assert [each.section for each in answered.citations] == ["next-token"]
    assert answered.unsupported == []
    asked = client.requests[-1].messages
    assert "my answer" in asked[-1].content
    assert DUNNO[language] in asked[-1].content


@pytest.mark.parametrize("language", LANGUAGES)
async def test_three_questions_then_an_explanation(language: Language) -> None:
    explanation = say(explain(ITEM)[1].points[1].text, language)
    replies = [QUESTION[language], OTHER[language], QUESTION[language], QUESTION[language]]
    client = ScriptedClient(replies, judge)
    learner = Beside(client, language)
    said = [await learner.say(DUNNO[language]) for _ in range(3)]
    assert said[:2] == replies[:2]
    assert said[2].endswith("?")
    assert said[2] not in said[:2]
    assert [turn.lead for turn in learner.turns[1:]] == [Lead("question", "appends-one-token")] * 3
    await learner.say(DUNNO[language])
    assert learner.lead == Lead("explanation", "appends-one-token")
    assert explanation in client.requests[-1].messages[-1].content
    await learner.say(DUNNO[language])
    assert learner.lead == Lead("question", "predicts-again")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_the_learner_finds_is_said_and_the_next_point_follows(
    language: Language,
) -> None:
    client = ScriptedClient([QUESTION[language], OTHER[language]], judge)
    learner = Beside(client, language)
    await learner.say(DUNNO[language])
    yes = "Yes, that's it." if language == "en" else "맞아요, 바로 그거예요."
    reply = await learner.say(FOUND[language])
    assert reply.startswith(yes)
    assert reply.endswith(OTHER[language])
    assert learner.lead == Lead("question", "predicts-again", found="appends-one-token")
    last = await learner.say(FOUND[language])
    assert last.startswith(yes)
    assert "?" not in last
    assert learner.lead == Lead("found", "predicts-again", found="predicts-again")
    await learner.say("What else is there to know?")
    assert learner.lead is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("bad", ["leak", "no question", "other language"])
async def test_what_is_no_good_question_becomes_one_about_the_passage(
    language: Language, bad: str
) -> None:
    other: Language = "ko" if language == "en" else "en"
    reply = {
        "leak": LEAK[language],
        "no question": QUESTION[language].rstrip("?"),
        "other language": QUESTION[other],
    }[bad]
    learner = Beside(ScriptedClient([reply], judge), language)
    asked = await learner.say(DUNNO[language])
    assert asked.endswith("?")
    assert asked != reply
    passage = "passage" if language == "en" else "번"
    assert passage in asked
    assert learner.lead is not None
    assert learner.lead.kind == "question"


async def test_what_is_typed_is_not_read_as_a_question() -> None:
    beside = Beside(ScriptedClient(), "en")
    await beside.talk.prefill()
    await beside.talk.prefill("it is put", beside.turns)
    [read] = [asked for asked in beside.client.requests if asked.call == "prefill"]
    assert "it is put" not in read.messages[-1].content


async def test_the_language_of_the_message_counts() -> None:
    client = ScriptedClient([QUESTION["ko"]], judge)
    learner = Beside(client, "en")
    assert await learner.say(DUNNO["ko"]) == QUESTION["ko"]


async def test_what_nobody_is_sure_of_is_asked_about_only_where_nothing_else_is_missing() -> None:
    client = ScriptedClient([QUESTION["en"]], judge)
    learner = Beside(client, "en", ("unsure", "unmet", "unsure"))
    await learner.say(DUNNO["en"])
    assert learner.lead == Lead("question", "appends-one-token")
    open_only = Beside(client, "en", ("met", "unsure", "met"))
    await open_only.say(DUNNO["en"])
    assert open_only.lead == Lead("question", "appends-one-token")


async def test_a_full_answer_is_answered_as_any_question() -> None:
    client = ScriptedClient(["As the passage says [1]."], judge)
    learner = Beside(client, "en", ("met", "met", "met"))
    assert await learner.say("What is it?") == "As the passage says [1]."
    assert learner.lead is None


async def test_a_talk_about_an_earlier_answer_does_not_count() -> None:
    client = ScriptedClient([QUESTION["en"]], judge)
    learner = Beside(client, "en")
    learner.turns = [
        Turn("01", "?", "explained", Lead("explanation", "appends-one-token")),
        Turn("02", "?", "asked", Lead("question", "predicts-again")),
    ]
    await learner.say(DUNNO["en"])
    assert learner.lead == Lead("question", "appends-one-token")


async def test_closing_it_stops_the_model() -> None:
    client = ScriptedClient([QUESTION["en"]], judge)
    learner = Beside(client, "en")
    stream = learner.talk.ask(DUNNO["en"])
    assert await anext(stream) == QUESTION["en"]
    await stream.aclose()
    assert learner.talk.lead is None


@pytest.mark.parametrize("language", LANGUAGES)
async def test_nothing_asked_gives_the_answer_away(language: Language) -> None:
    client = ScriptedClient(lambda messages: LEAK[language], judge)
    learner = Beside(client, language)
    for _ in range(3):
        await learner.say(DUNNO[language])
        gap = learner.talk._gap
        assert gap is not None
        only = msgspec.structs.replace(gap, said=())
        assert leak_of(learner.turns[-1].reply or "", only) is None
