"""Questions of learners put to a model, on the path that the app takes and, as the baseline, alone."""

from __future__ import annotations

import itertools
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from functools import cache
from statistics import mean
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import replace

from tests.benchmarks.tutoring.labelled import Question, course, questions
from tests.benchmarks.tutoring.record import Record, Reply, Stated, Way
from tutor.content.schema import LANGUAGES, Language, Lesson
from tutor.grading.grader import Grader
from tutor.grading.rubric import Claim, Judge
from tutor.llm.protocol import Chunk, Client, Message, gather
from tutor.tutoring.corpus import Corpus
from tutor.tutoring.followup import FollowUp
from tutor.tutoring.prompts.follow_up import FOLLOW_UP
from tutor.tutoring.refusal import LEARNT, refusal
from tutor.tutoring.statements import cited, overlaps, statements, without_citations
from tutor.tutoring.support import Answered


class Heard(Struct, frozen=True):
    """A reply as it came. Seconds; `step` None where there were fewer than two words to take the time between."""

    text: str
    first: float | None
    step: float | None


def chosen(language: Language) -> list[Question]:
    """The even ones, on which nothing was tried while prompts and settings were chosen; lesson by lesson, as one reads."""
    return [each for each in questions(language) if each.number % 2 == 0]


class Replayed:
    """A client that writes again what it once wrote, and evaluates nothing ahead; all else it is asked anew."""

    def __init__(self, client: Client, wrote: str) -> None:
        self._client, self._wrote = client, wrote

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def prefill(self, *_: object, **__: object) -> int:
        return 0

    async def chat(self, *_: object, **__: object) -> AsyncIterator[Chunk]:
        yield Chunk(self._wrote)
        yield Chunk("", "stop")


async def ask_all(
    record: Record, client: Client, grader: Grader, way: Way, *, again: bool = False
) -> AsyncIterator[Reply]:
    """What is not in the record yet, by a client that wears what the way asks for; with `again` what is there, checked anew
    as it was written. Raises ModelError."""
    judge = await grader.judge()
    for language in LANGUAGES:
        for question in chosen(language):
            known = record.reply(question.id, way)
            if again is (known is None):
                continue
            if known is None and way == "bare":
                yield await _alone(question, language, client, judge)
            elif known is None:
                yield await _beside_the_lesson(question, language, client, grader, judge, way)
            elif way != "bare":
                replayed = cast("Client", Replayed(client, _own(known.wrote, language)))
                reply = await _beside_the_lesson(question, language, replayed, grader, judge, way)
                yield replace(reply, wrote=known.wrote, first=known.first, step=known.step)


def _own(wrote: str, language: Language) -> str:
    """The model's words, without the line that the program had put before them."""
    for line in (refusal(language), LEARNT[language]):
        wrote = wrote.removeprefix(f"{line}\n\n")
    return wrote


async def _beside_the_lesson(
    question: Question, language: Language, client: Client, grader: Grader, judge: Judge, way: Way
) -> Reply:
    talk = FollowUp(client, _lesson(question), language, corpus=_corpus(), grader=grader)
    # The learner has read the lesson by now and paused over the question; both were evaluated meanwhile, as in the app.
    await talk.prefill()
    await talk.prefill(question.question)
    heard = await _heard(talk.ask(question.question))
    support = await talk.support()
    answered = await talk.check(heard.text, support) if support else talk.finish(heard.text)
    refused = answered.text.startswith(refusal(language))
    return await _measured(
        question, way, heard, answered, judge,
        by_model=talk.by_model, refused=refused,
    )  # fmt: skip


async def _alone(question: Question, language: Language, client: Client, judge: Judge) -> Reply:
    stream = client.chat([Message("user", question.question)], FOLLOW_UP, lane="chat")
    async with aclosing(stream):
        text = (await gather(stream)).text.strip()
    answered = Answered(text, language, [], [])
    heard = Heard(text, None, None)
    return await _measured(question, "bare", heard, answered, judge, by_model=True, refused=False)


async def _measured(
    question: Question,
    way: Way,
    heard: Heard,
    answered: Answered,
    judge: Judge,
    *,
    by_model: bool,
    refused: bool,
) -> Reply:
    own = answered.text[: answered.quotes_from]
    plain = without_citations(own)
    claims = [*question.forbidden, question.point]
    margins = [
        round(await judge.margin(question.question, plain, Claim(f"{at}", claim)), 4)
        for at, claim in enumerate(claims)
    ]
    return Reply(
        question=question.id,
        way=way,
        wrote=heard.text,
        shown=answered.text,
        by_model=by_model,
        refused=refused,
        statements=_stated(answered),
        forbidden=margins[:-1],
        point=margins[-1],
        first=heard.first if by_model and not refused else None,
        step=heard.step if by_model else None,
    )


def _stated(answered: Answered) -> list[Stated]:
    """The statements, but for the program's own: the line that refuses, and what it quotes below."""
    by_number = {each.n: f"{each.lesson}/{each.section}" for each in answered.citations}
    found = []
    for start, end in statements(answered.text[: answered.quotes_from]):
        text = answered.text[start:end]
        if without_citations(text).strip() in (refusal("en"), refusal("ko")):
            continue
        marked = overlaps((start, end), answered.unsupported)
        cites = [by_number[n] for n in cited(text) if n in by_number]
        found.append(Stated(without_citations(text).strip(), cites, marked))
    return found


async def _heard(pieces: AsyncIterator[str]) -> Heard:
    started = time.monotonic()
    text, times = "", []
    async for piece in pieces:
        text += piece
        times.append(time.monotonic())
    first = times[0] - started if times else None
    steps = [later - earlier for earlier, later in itertools.pairwise(times)]
    return Heard(text, first, mean(steps) if steps else None)


@cache
def _corpus() -> Corpus:
    return Corpus.of([course()])


def _lesson(question: Question) -> Lesson:
    found = course().lesson(question.lesson)
    if found is None:
        raise KeyError(question.lesson)
    return found
