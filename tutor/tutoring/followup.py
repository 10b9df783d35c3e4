"""Questions of the learner, answered beside a lesson or a graded answer."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from tutor.content.schema import Explain, Item, Language, Lesson
from tutor.grading.answer import Answer, ExplainAnswer
from tutor.grading.grader import Grader
from tutor.grading.signals import language_of
from tutor.grading.verdict import Verdict
from tutor.llm.protocol import Client, Message
from tutor.tutoring.explain import Request
from tutor.tutoring.passages import Passage, closest, passages
from tutor.tutoring.prompts import follow_up
from tutor.tutoring.refusal import is_near, refusal
from tutor.tutoring.support import Answered, after, examine, refused
from tutor.tutoring.supported import Support, support_by

TURNS_KEPT = 3  # earlier turns that go along with a question
PASSAGES_KEPT = 3  # of a longer lesson: small models answer better, and sooner, from a few passages than from all
WHOLE_LESSON: dict[Language, int] = {"en": 4_000, "ko": 1_600}  # characters; about 1,000 tokens


class Turn(Protocol):
    @property
    def question(self) -> str: ...
    @property
    def reply(self) -> str | None: ...


class FollowUp:
    """One place to ask from: a lesson, or an item of it with what the learner wrote and how it was graded."""

    def __init__(
        self,
        client: Client,
        lesson: Lesson,
        language: Language,
        *,
        item: Item | None = None,
        answer: Answer | None = None,
        verdict: Verdict | None = None,
        among: Sequence[Passage] | None = None,
        grader: Grader | None = None,
    ) -> None:
        """`among` replaces the lesson's passages, where a caller has looked in more than one lesson.

        `grader`: of the same client; with one that was tuned for it sentences are checked by the judge.
        """
        self._client, self._lesson, self._language = client, lesson, language
        self._item, self._answer, self._verdict = item, answer, verdict
        self._among = among
        self._grader = grader
        self._said, self._refuses = "", True
        self._used: Sequence[Passage] = ()
        self._spoken: Language = language

    @property
    def spoken(self) -> Language:
        """The language of the last question."""
        return self._spoken

    async def prefill(self) -> None:
        """Evaluate what does not depend on the question: the item's passages, or a short lesson. Raises ModelError."""
        known = self._item is not None or len(self._passages("", self._language)) != PASSAGES_KEPT
        if known and "prefill" in self._client.capabilities:
            opening = self._opening(self._passages("", self._language), self._language)
            await self._client.prefill(opening, lane="chat")

    async def ask(self, question: str, turns: Sequence[Turn] = ()) -> AsyncGenerator[str, None]:
        """Stream the reply. Raises ModelError; closing the generator stops the model."""
        self._spoken, self._refuses = self._spoken_in(question), True
        self._used = self._passages(question, self._spoken)
        messages = self._opening(self._used, self._spoken)
        for turn in [turn for turn in turns if turn.reply][-TURNS_KEPT:]:
            messages += [Message("user", turn.question), Message("assistant", turn.reply or "")]
        messages.append(Message("user", follow_up.asked(question, self._spoken)))
        near = (
            bool(turns)
            or self._item is not None
            or is_near(question, self._everything(), self._spoken)
        )
        self._said = "" if near else refusal(self._spoken)
        if self._said:
            yield f"{self._said}\n\n"
        stream = self._client.chat(messages, follow_up.FOLLOW_UP, lane="chat")
        async with contextlib.aclosing(stream):
            async for chunk in stream:
                if chunk.text:
                    yield chunk.text

    async def explain(self, request: Request) -> AsyncGenerator[str, None]:
        """Stream an explanation, what the program knows first. Raises ModelError; closing the generator stops the model."""
        self._spoken, self._used = request.language, request.passages
        self._said, self._refuses = request.facts, False
        if self._said:
            yield f"{self._said}\n\n"
        stream = self._client.chat(request.messages, request.sampling, lane="chat")
        async with contextlib.aclosing(stream):
            async for chunk in stream:
                if chunk.text:
                    yield chunk.text

    def finish(self, text: str, *, whole: bool = True) -> Answered:
        """The reply that was streamed, compared with the passages it was given by the words they share.

        `whole`: the model came to an end; of half a reply nobody knows what it was to say.
        """
        reply = examine(self._by_model(text), self._used, self._spoken)
        return self._finished(reply, whole=whole)

    async def support(self) -> Support | None:
        """What can `check` the reply; None where `finish` is all there is."""
        return await support_by(self._grader) if self._grader is not None else None

    async def check(self, text: str, support: Support) -> Answered:
        """As `finish`, by the judge. Raises ModelError."""
        checked = await support.examine(self._by_model(text), self._used, self._spoken)
        return self._finished(checked, whole=True)

    def _by_model(self, text: str) -> str:
        return text.removeprefix(self._said).lstrip()

    def _finished(self, reply: Answered, *, whole: bool) -> Answered:
        """With what was said before the model began, or is to be said first now that nothing is found in the lesson."""
        if self._said:
            return after(self._said, reply)
        return (
            refused(reply, self._spoken) if whole and self._refuses and reply.is_beyond else reply
        )

    def _spoken_in(self, question: str) -> Language:
        return (
            "ko" if (found := language_of(question)) == "ko" else "en" if found else self._language
        )

    def _passages(self, question: str, language: Language) -> Sequence[Passage]:
        """Those of the item, which are known before there is a question; else those closest to the question."""
        if self._among is not None:
            return self._among
        whole = passages(self._lesson, language)
        if self._item is not None:
            taught = _sections(self._item)
            return [passage for passage in whole if passage.section in taught] or whole[
                :PASSAGES_KEPT
            ]
        if sum(len(passage.text) for passage in whole) <= WHOLE_LESSON[language]:
            return whole
        return closest(question, whole, PASSAGES_KEPT)

    def _everything(self) -> Sequence[Passage]:
        return self._among if self._among is not None else passages(self._lesson, self._spoken)

    def _opening(self, among: Sequence[Passage], language: Language) -> list[Message]:
        messages = [Message("system", follow_up.system(among, language))]
        if isinstance(self._item, Explain) and isinstance(self._answer, ExplainAnswer):
            about = follow_up.about_item(self._item, self._answer.text, self._verdict, language)
            messages += [
                Message("user", about),
                Message("assistant", follow_up.acknowledged(language)),
            ]
        return messages


def _sections(item: Item) -> set[str]:
    """Where an item and the points of its rubric are taught."""
    points = item.points if isinstance(item, Explain) else []
    return {item.section, *(point.section for point in points if point.section)}
