"""Socratic mode: beside a graded answer the tutor asks its way to what is missing, a few times, and then explains."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Protocol

import msgspec

from tutor.content.loader import LoadedCourse
from tutor.content.schema import Explain, Language, Lesson, Point, say
from tutor.grading.answer import ExplainAnswer
from tutor.grading.grader import Grader
from tutor.grading.signals import language_of
from tutor.grading.verdict import Verdict
from tutor.tutoring.explain import Request
from tutor.tutoring.followup import FollowUp
from tutor.tutoring.gap import Gap, gap_at, missing_points
from tutor.tutoring.lead import Lead, asked_about, next_step
from tutor.tutoring.nudge import one_question
from tutor.tutoring.pointer import pointer
from tutor.tutoring.prompts import socratic as prompt
from tutor.tutoring.support import Answered, Citation
from tutor.tutoring.supported import Support
from tutor.tutoring.tries import tried


class LedTurn(Protocol):
    """A turn as the record has it; ids sort by time."""

    @property
    def id(self) -> str: ...
    @property
    def question(self) -> str: ...
    @property
    def reply(self) -> str | None: ...
    @property
    def lead(self) -> Lead | None: ...


class SocraticTalk:
    """To be used as a FollowUp is; after `ask`, `lead` says how the reply led to a missing point, None if it did not."""

    lead: Lead | None = None

    def __init__(
        self,
        followup: FollowUp,
        grader: Grader,
        course: LoadedCourse,
        lesson: Lesson,
        language: Language,
        *,
        item: Explain,
        answer: str,
        verdict: Verdict | None,
        since: str = "",
    ) -> None:
        """`followup` explains, and answers what is left to ask; turns before the id `since` were about another answer."""
        self._followup, self._grader = followup, grader
        self._course, self._lesson, self._language = course, lesson, language
        self._item, self._answer, self._since = item, answer, since
        self._missing = missing_points(item, verdict, answer, language)
        unmet = (
            {each.id for each in verdict.points if each.verdict == "unmet"} if verdict else set()
        )
        # What the answer may have said is only asked about where nothing is known to be missing.
        self._to_find = [each for each in self._missing if each.id in unmet] or self._missing
        self._gap: Gap | None = None

    async def prefill(self, draft: str = "", turns: Sequence[LedTurn] = ()) -> None:
        """See FollowUp; whether a message of the learner is a question is not known before it is there. Raises ModelError."""
        if not draft:
            await self._followup.prefill()

    async def ask(self, question: str, turns: Sequence[LedTurn] = ()) -> AsyncGenerator[str, None]:
        """Stream the reply to a message of the learner. Raises ModelError; closing the generator stops the model."""
        self.lead = self._gap = None
        language = self._spoken_in(question)
        led = [turn for turn in turns if turn.id > self._since and turn.lead is not None]
        leads = [turn.lead for turn in led if turn.lead is not None]
        current = asked_about(leads, self._to_find)
        stated = current is not None and await self._states(question, current, language)
        found = current.id if current is not None and stated else ""
        step = next_step(leads, self._to_find, stated=stated)
        if step.point is None:
            async for text in self._passed_on(question, turns):
                yield text
        elif step.kind == "explanation":
            point = say(step.point.text, language)
            async for text in self._passed_on(prompt.to_explain(question, point, language), turns):
                yield text
            self.lead = Lead("explanation", step.point.id, found)
        elif step.kind == "found":
            self._gap = self._gap_at(step.point, led, question, language)
            yield prompt.found(language)
            self.lead = Lead("found", step.point.id, found)
        else:
            self._gap = self._gap_at(step.point, led, question, language)
            asked = await self._question(self._gap, question, led)
            yield prompt.found(language, asked) if found else asked
            self.lead = Lead("question", step.point.id, found)

    async def explain(self, request: Request) -> AsyncGenerator[str, None]:
        """See FollowUp: what is asked for by a key is not asked back about. Raises ModelError."""
        self.lead = self._gap = None
        stream = self._followup.explain(request)
        async with aclosing(stream):
            async for text in stream:
                yield text

    async def support(self) -> Support | None:
        """What can `check` the reply; None where it is a question, which states nothing."""
        return await self._followup.support() if self._gap is None else None

    async def check(self, text: str, support: Support) -> Answered:
        """See FollowUp. Raises ModelError."""
        return await self._followup.check(text, support)

    def finish(self, text: str, *, whole: bool = True) -> Answered:
        """The reply that was streamed; a question comes with the passage that it is about."""
        if self._gap is None:
            return self._followup.finish(text, whole=whole)
        passage = self._gap.passage
        cited = Citation(passage.n, passage.lesson, passage.section, passage.heading)
        return Answered(text, self._gap.language, [cited], [])

    async def _passed_on(
        self, question: str, turns: Sequence[LedTurn]
    ) -> AsyncGenerator[str, None]:
        stream = self._followup.ask(question, turns)
        async with aclosing(stream):
            async for text in stream:
                yield text

    async def _states(self, message: str, point: Point, language: Language) -> bool:
        """Whether the learner's message says what was missing; a model that can't tell leaves it open."""
        item = msgspec.structs.replace(self._item, points=[point], misconceptions=[])
        verdict = await self._grader.grade(item, ExplainAnswer(message), language)
        return any(found.verdict == "met" for found in verdict.points)

    async def _question(self, gap: Gap, message: str, led: Sequence[LedTurn]) -> str:
        """One question that leads to the gap's point; about its passage where the model has none."""
        before = [
            (turn.question, turn.reply or "")
            for turn in led
            if turn.lead is not None
            and (turn.lead.kind, turn.lead.point) == ("question", gap.point.id)
        ]
        tries = await tried(
            self._grader.client,
            gap,
            prompt.TRIES,
            lambda avoid: prompt.asked(gap, message, before, avoid),
            one_question,
        )
        if tries and tries[-1].finding is None:
            return tries[-1].text
        return await asyncio.to_thread(pointer, gap, "question")

    def _gap_at(
        self, point: Point, led: Sequence[LedTurn], message: str, language: Language
    ) -> Gap:
        """What the learner wrote in the talk is known to them, and what was asked is not asked again."""
        return gap_at(
            self._course,
            self._lesson,
            self._item,
            self._missing,
            at=point,
            answer=self._answer,
            language=language,
            told=[turn.reply or "" for turn in led if turn.lead and turn.lead.kind == "question"],
            said=[*(turn.question for turn in led), message],
        )

    def _spoken_in(self, message: str) -> Language:
        found = language_of(message)
        return "ko" if found == "ko" else "en" if found else self._language
