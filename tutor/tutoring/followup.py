"""Questions of the learner, answered beside a lesson or a graded answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterable, Sequence
from typing import Protocol

import msgspec
from msgspec import Struct

from tutor.content.schema import Explain, Item, Language, Lesson
from tutor.grading.answer import Answer, ExplainAnswer
from tutor.grading.grader import Grader
from tutor.grading.signals import language_of
from tutor.grading.verdict import Verdict
from tutor.llm.protocol import Client, Message, PromptTooLong
from tutor.tutoring.context import Cost, Ground, chosen_ground, lesson_ground, room
from tutor.tutoring.corpus import Corpus
from tutor.tutoring.explain import Request
from tutor.tutoring.lead import Lead
from tutor.tutoring.memory import remembered, shortened
from tutor.tutoring.passages import Passage, passages
from tutor.tutoring.prompts import follow_up
from tutor.tutoring.quoted import quoted
from tutor.tutoring.refusal import is_near, refusal
from tutor.tutoring.shown import shown, writes
from tutor.tutoring.support import Answered, after, examine, refused
from tutor.tutoring.supported import Support, support_by
from tutor.tutoring.token_count import TokenCount

PASSAGES_KEPT = 3  # of a lesson that does not fit: the nearest ones
PASSAGES_LOOKED_AT = 6  # of all that is looked in
LOOK_FIRST = 2  # passages of a whole lesson that a question names
ANSWER_SHARE = 8  # the learner's graded answer may take one part in so many of the context


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
        self._item, self._answer, self._verdict = item, answer, verdict
        self._among = among
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

    async def prefill(self) -> None:
        """Evaluate the opening, if it is the same for every question. Raises ModelError."""
        if "prefill" in self._client.capabilities and await self._by_itself():
            opening = await self._open("", self._language)
            if opening.ground.steady:
                await self._client.prefill(opening.messages, lane="chat")

    async def ask(self, question: str, turns: Sequence[Turn] = ()) -> AsyncGenerator[str, None]:
        """Stream the reply. Raises ModelError; closing the generator stops the model."""
        self._spoken, self._refuses = self._spoken_in(question), True
        told = [turn.question for turn in turns if turn.reply]
        # In a thread: the first question waits for an index, the screen does not.
        await asyncio.to_thread(self._look_up, [*told, question])
        opening = await self._open(question, self._spoken)
        self._used = [*opening.ground.passages, *self._beside(question, opening.ground)]
        self._nearest = self._among_used(self._near(question))
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
        reply = examine(self._by_model(text), self._used, self._spoken)
        return self._finished(reply, whole=whole)

    async def support(self) -> Support | None:
        """What can `check` the reply; None where `finish` is all there is."""
        asked = self._grader is not None and self._shown is None
        return await support_by(self._grader) if self._grader and asked else None

    async def check(self, text: str, support: Support) -> Answered:
        """As `finish`, by the judge. Raises ModelError."""
        checked = await support.examine(self._by_model(text), self._used, self._spoken)
        finished = self._finished(checked, whole=True)
        if checked.is_beyond or self._said:
            return finished
        return quoted(finished, self._used, self._nearest, self._spoken)

    async def _by_itself(self) -> bool:
        return await writes(self._client) if self._writes is None else self._writes

    def _passage_shown(self) -> Answered:
        """The passage that the question is about; where nothing is found that line, or what is talked about."""
        if self._said:
            return Answered(self._said, self._spoken, [], [])
        return shown(self._nearest or self._used, self._spoken)

    def _among_used(self, found: Sequence[Passage]) -> list[Passage]:
        """What of it the model was given, with the numbers that it was given."""
        by_id = {each.id: each for each in self._used}
        return [by_id[each.id] for each in found if each.id in by_id]

    def _facts_shown(self, request: Request) -> Answered:
        """What the program knows, else the passages that were to be told in other words."""
        if request.facts:
            return Answered(request.facts, request.language, [], [])
        return shown(request.passages, request.language)

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

    def _asked(self, question: str, ground: Ground) -> str:
        """A question as the model gets it: the same whenever it is asked from the same passages."""
        near: Sequence[Passage] = ()
        beside = self._beside(question, ground)
        if ground.whole and not beside and len(ground.passages) > LOOK_FIRST:
            by_id = {passage.id: passage for passage in ground.passages}
            found = [by_id[each.id] for each in self._near(question) if each.id in by_id]
            near = found[:LOOK_FIRST]
        first = [each.n for each in near or beside]
        return follow_up.asked(question, self._spoken_in(question), first, beside)

    def _beside(self, question: str, ground: Ground) -> list[Passage]:
        """The passage of another lesson that goes along with the question: where nothing in this one is nearer."""
        nearest = self._near(question)[:1]
        if not ground.whole or not nearest or nearest[0].lesson == self._lesson.id:
            return []
        return self._corpus.numbered(nearest, self._spoken, self._lesson.id)

    async def _open(self, question: str, language: Language) -> _Opening:
        """The head of a talk: the passages, and the graded item where there is one."""
        tokens = self._tokens
        n_ctx, frame = await tokens.n_ctx(), await tokens.frame()
        about = await self._about(language, n_ctx // ANSWER_SHARE)
        beside = frame.opening + sum(await tokens.of([message.content for message in about]))
        beside += (frame.question + frame.reply) * (len(about) // 2)

        async def cost(among: Sequence[Passage]) -> int:
            return beside + await tokens.one(follow_up.system(among, language))

        ground = await self._passages(question, language, n_ctx, cost)
        head = Message("system", follow_up.system(ground.passages, language))
        return _Opening(ground, [head, *about])

    async def _passages(self, question: str, language: Language, n_ctx: int, cost: Cost) -> Ground:
        """Those of the item, which are known before there is a question; else the lesson, or what of it is near."""
        whole = passages(self._lesson, language)
        if self._among is not None:
            return await chosen_ground(self._among, n_ctx, cost)
        if self._item is not None:
            taught = _sections(self._item)
            among = [passage for passage in whole if passage.section in taught]
            return await chosen_ground(among or whole[:PASSAGES_KEPT], n_ctx, cost)
        near = self._near(question)[:PASSAGES_KEPT]
        numbered = self._corpus.numbered(near, language, self._lesson.id)
        return await lesson_ground(whole, numbered or whole[:PASSAGES_KEPT], n_ctx, cost)

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
            [(self._asked(turn.question, ground), turn.reply) for turn in turns if turn.reply],
            self._asked(question, ground),
            room(ground, await self._tokens.n_ctx(), follow_up.FOLLOW_UP.max_tokens),
            self._tokens,
            await self._tokens.frame(),
        )

    async def _about(self, language: Language, longest: int) -> list[Message]:
        """The graded item, with the learner's answer in at most `longest` tokens."""
        if not isinstance(self._item, Explain) or not isinstance(self._answer, ExplainAnswer):
            return []
        answer = await shortened(self._answer.text, longest, self._tokens)
        about = follow_up.about_item(self._item, answer, self._verdict, language)
        return [Message("user", about), Message("assistant", follow_up.acknowledged(language))]


class _Opening(Struct, frozen=True):
    ground: Ground
    messages: list[Message]


def _sections(item: Item) -> set[str]:
    """Where an item and the points of its rubric are taught."""
    points = item.points if isinstance(item, Explain) else []
    return {item.section, *(point.section for point in points if point.section)}
