"""Questions of the learner, answered beside a lesson or a graded answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterable, Sequence
from typing import Protocol

import msgspec

from tutor.content.schema import Item, Language, Lesson
from tutor.grading.answer import Answer
from tutor.grading.grader import Grader
from tutor.grading.signals import language_of
from tutor.grading.verdict import Verdict
from tutor.llm.protocol import Client, Message, PromptTooLong
from tutor.tutoring.context import Ground, room
from tutor.tutoring.corpus import Corpus
from tutor.tutoring.explain import Request
from tutor.tutoring.lead import Lead
from tutor.tutoring.memory import remembered
from tutor.tutoring.opening import PASSAGES_KEPT, Head, Opening
from tutor.tutoring.passages import Passage, passages
from tutor.tutoring.prompts import follow_up
from tutor.tutoring.quoted import closest, quoted, without_quotes
from tutor.tutoring.refusal import after_refusal, is_near, refusal
from tutor.tutoring.shown import shown, writes
from tutor.tutoring.support import Answered, after, examine, refused
from tutor.tutoring.supported import Support, support_by
from tutor.tutoring.token_count import TokenCount

PASSAGES_LOOKED_AT = 6  # of all that is looked in
WORDS_OF_A_QUESTION = 3
"""From which on what has no Hangul is taken for English, where Korean is spoken."""
LOOK_FIRST = 2  # passages of a whole lesson that a question names


class Turn(Protocol):
    @property
    def question(self) -> str: ...
    @property
    def reply(self) -> str | None: ...


class FollowUp:
    """One place to ask from: a lesson, or an item of it with what the learner wrote and how it was graded."""

    lead: Lead | None = None
    """A plain reply leads nowhere; see SocraticTalk."""

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
        corpus: Corpus | None = None,
        grader: Grader | None = None,
        writes: bool | None = None,
    ) -> None:
        """`among` replaces the lesson's passages, where a caller has looked in more than one lesson.

        `corpus`: where to look for what a question is about, this lesson first; by default in this lesson only.
        `grader`: of the same client; with one that was tuned for it sentences are checked by the judge. `writes`: whether
        the model is to answer in words of its own; None where its size decides, and a small one shows passages.
        """
        self._client, self._lesson, self._language = client, lesson, language
        self._tokens = TokenCount(client)
        self._head = Head(
            self._tokens, lesson, item=item, answer=answer, verdict=verdict, among=among
        )
        self._item, self._among = item, among
        self._corpus = corpus or Corpus([("", lesson)])
        self._found: dict[tuple[str, Language], list[Passage]] = {}
        self._grader, self._writes = grader, writes
        self._shown: Answered | None = None
        self._said, self._refuses = "", True
        self._used: Sequence[Passage] = ()
        self._nearest: Sequence[Passage] = ()
        self._spoken: Language = language

    @property
    def by_model(self) -> bool:
        """Whether the last reply is the model's, not a passage that was shown in its place."""
        return self._shown is None

    @property
    def spoken(self) -> Language:
        """The language of the last question."""
        return self._spoken

    async def prefill(self, draft: str = "", turns: Sequence[Turn] = ()) -> None:
        """Evaluate the opening, if it is the same for every question; with a `draft` all that this question would be asked
        with, if more of it can't change the opening. To be called before `ask` or of another FollowUp. Raises ModelError."""
        if "prefill" not in self._client.capabilities or not await self._by_itself():
            return
        if not draft:
            opening = await self._head.opening([], self._language)
            sent = opening.messages
        elif self._is_settled(draft):
            opening = await self._opened(draft, turns)
            sent = [*opening.messages, *await self._talk(draft, turns, opening.ground)]
        else:
            return
        if opening.ground.steady:
            await self._client.prefill(sent, lane="chat")

    async def ask(self, question: str, turns: Sequence[Turn] = ()) -> AsyncGenerator[str, None]:
        """Stream the reply. Raises ModelError; closing the generator stops the model."""
        opening, self._refuses = await self._opened(question, turns), True
        self._said = "" if turns or self._is_near(question) else refusal(self._spoken)
        self._shown = None if await self._by_itself() else self._passage_shown()
        if self._shown is not None:
            yield self._shown.text
            return
        if self._said:
            yield f"{self._said}\n\n"
        talk = await self._talk(question, turns, opening.ground)
        # A server may have less room than it says, and a guess may be wrong: then the question goes without the talk.
        for sent in [talk, talk[-1:]] if len(talk) > 1 else [talk]:
            stream = self._client.chat([*opening.messages, *sent], follow_up.FOLLOW_UP, lane="chat")
            try:
                async with contextlib.aclosing(stream):
                    async for chunk in stream:
                        if chunk.text:
                            yield chunk.text
                return
            except PromptTooLong:
                if len(sent) == 1:
                    raise

    async def explain(self, request: Request) -> AsyncGenerator[str, None]:
        """Stream an explanation, what the program knows first. Raises ModelError; closing the generator stops the model."""
        self._spoken, self._used = request.language, request.passages
        self._nearest = request.passages
        self._said, self._refuses = request.facts, False
        self._shown = None if await self._by_itself() else self._facts_shown(request)
        if self._shown is not None:
            yield self._shown.text
            return
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
        if self._shown is not None:
            return self._shown if whole else msgspec.structs.replace(self._shown, text=text)
        said, own = self._parted(text)
        return self._finished(said, examine(own, self._used, self._spoken), whole=whole)

    async def support(self) -> Support | None:
        """What can `check` the reply; None where `finish` is all there is."""
        asked = self._grader is not None and self._shown is None
        return await support_by(self._grader) if self._grader and asked else None

    async def check(self, text: str, support: Support) -> Answered:
        """As `finish`, by the judge. Raises ModelError."""
        said, own = self._parted(text)
        checked = await support.examine(own, self._used, self._spoken)
        if not self._said:
            checked = quoted(checked, self._used, self._nearest, self._spoken)
        return self._finished(said, checked, whole=True)

    async def _by_itself(self) -> bool:
        return await writes(self._client) if self._writes is None else self._writes

    async def _opened(self, question: str, turns: Sequence[Turn]) -> Opening:
        """What goes before the question and the talk, once it is known what the question is about."""
        self._spoken = self._spoken_in(question)
        told = [turn.question for turn in turns if turn.reply]
        # In a thread: the first question waits for an index, the screen does not.
        await asyncio.to_thread(self._look_up, [*told, question])
        opening = await self._head.opening(self._numbered(question), self._spoken)
        self._used = [*opening.ground.passages, *self._beside(question, opening.ground)]
        self._nearest = _among(self._used, self._near(question))
        return opening

    def _passage_shown(self) -> Answered:
        """The passage that the question is about; where nothing is found that line, or what is talked about."""
        if self._said:
            return Answered(self._said, self._spoken, [], [])
        return shown(self._nearest or self._used, self._spoken)

    def _facts_shown(self, request: Request) -> Answered:
        """What the program knows, else the passages that were to be told in other words."""
        if request.facts:
            return Answered(request.facts, request.language, [], [])
        return shown(request.passages, request.language)

    def _parted(self, text: str) -> tuple[str, str]:
        """What was said before the model's words, and these. That the lesson has no answer a model may say itself; that is
        nothing to be found in a passage."""
        own = text.removeprefix(self._said).lstrip()
        rest = after_refusal(own, self._spoken)
        return (self._said, own) if rest is None else (self._said or refusal(self._spoken), rest)

    def _finished(self, said: str, reply: Answered, *, whole: bool) -> Answered:
        """With what was said before, or is to be said first now that nothing is found in the lesson."""
        if not said:
            return (
                refused(reply, self._spoken)
                if whole and self._refuses and reply.is_beyond
                else reply
            )
        found = after(said, reply)
        if self._said or reply.text or not whole:
            return found
        return closest(found, self._nearest, self._spoken)

    def _is_settled(self, draft: str) -> bool:
        """Whether its language is: a Korean question may begin with an English term."""
        words = len(draft.split())
        return self._language == "en" or language_of(draft) == "ko" or words >= WORDS_OF_A_QUESTION

    def _spoken_in(self, question: str) -> Language:
        return (
            "ko" if (found := language_of(question)) == "ko" else "en" if found else self._language
        )

    def _asked(self, question: str, ground: Ground) -> str:
        """A question as the model gets it: the same whenever it is asked from the same passages."""
        near: Sequence[Passage] = ()
        beside = self._beside(question, ground)
        if ground.whole and not beside and len(ground.passages) > LOOK_FIRST:
            near = _among(ground.passages, self._near(question))[:LOOK_FIRST]
        first = [each.n for each in near or beside]
        return follow_up.asked(question, self._spoken_in(question), first, beside)

    def _beside(self, question: str, ground: Ground) -> list[Passage]:
        """The passage of another lesson that goes along with the question: where nothing in this one is nearer."""
        nearest = self._near(question)[:1]
        if not ground.whole or not nearest or nearest[0].lesson == self._lesson.id:
            return []
        return self._corpus.numbered(nearest, self._spoken, self._lesson.id)

    def _numbered(self, question: str) -> list[Passage]:
        """What is given of a lesson that does not fit: what was found for the question, in reading order."""
        near = self._near(question)[:PASSAGES_KEPT]
        return self._corpus.numbered(near, self._spoken, self._lesson.id)

    def _look_up(self, questions: Iterable[str]) -> None:
        """Find what each question is about, in the language of the one that is being asked."""
        for question in questions:
            index = self._corpus.index(self._spoken)
            self._found[question, self._spoken] = index.best(
                question, PASSAGES_LOOKED_AT, lesson=self._lesson.id
            )

    def _near(self, question: str) -> Sequence[Passage]:
        """What was found for it, the nearest first."""
        return self._found.get((question, self._spoken), [])

    def _is_near(self, question: str) -> bool:
        """Whether there may be an answer in what is looked in; a graded item has been spoken of already."""
        if self._item is not None:
            return True
        mine = self._among if self._among is not None else passages(self._lesson, self._spoken)
        return is_near(question, [*mine, *self._near(question)[:1]], self._spoken)

    async def _talk(
        self, question: str, turns: Sequence[Turn], ground: Ground
    ) -> Sequence[Message]:
        """The question, and as many of the turns before it as there is room for."""
        return await remembered(
            [
                (self._asked(turn.question, ground), without_quotes(turn.reply))
                for turn in turns
                if turn.reply
            ],
            self._asked(question, ground),
            room(ground, await self._tokens.n_ctx(), follow_up.FOLLOW_UP.max_tokens),
            self._tokens,
            await self._tokens.frame(),
        )


def _among(given: Sequence[Passage], found: Iterable[Passage]) -> list[Passage]:
    """What of `found` the model was given, with the numbers that it was given."""
    by_id = {each.id: each for each in given}
    return [by_id[each.id] for each in found if each.id in by_id]
