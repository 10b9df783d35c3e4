"""The head of a talk: the passages that are spoken of, and the graded item where there is one."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from tutor.content.schema import Explain, Item, Language, Lesson
from tutor.grading.answer import Answer, ExplainAnswer
from tutor.grading.verdict import Verdict
from tutor.llm.protocol import Message
from tutor.tutoring.context import Cost, Ground, chosen_ground, lesson_ground
from tutor.tutoring.memory import shortened
from tutor.tutoring.passages import Passage, passages
from tutor.tutoring.prompts import follow_up
from tutor.tutoring.token_count import TokenCount

PASSAGES_KEPT = 3
"""Of a lesson that does not fit: the nearest ones."""
ANSWER_SHARE = 8
"""The learner's graded answer may take one part in so many of the context."""


class Opening(Struct, frozen=True):
    ground: Ground
    messages: list[Message]


class Head:
    """One lesson, or an item of it with what the learner wrote and how it was graded; `among` replaces its passages."""

    def __init__(
        self,
        tokens: TokenCount,
        lesson: Lesson,
        *,
        item: Item | None,
        answer: Answer | None,
        verdict: Verdict | None,
        among: Sequence[Passage] | None,
    ) -> None:
        self._tokens, self._lesson = tokens, lesson
        self._item, self._answer, self._verdict = item, answer, verdict
        self._among = among

    async def opening(self, near: Sequence[Passage], language: Language) -> Opening:
        """`near`: what is given of the lesson where it does not fit, numbered. Raises ModelError."""
        tokens = self._tokens
        n_ctx, frame = await tokens.n_ctx(), await tokens.frame()
        about = await self._about(language, n_ctx // ANSWER_SHARE)
        beside = frame.opening + sum(await tokens.of([message.content for message in about]))
        beside += (frame.question + frame.reply) * (len(about) // 2)

        async def cost(among: Sequence[Passage]) -> int:
            return beside + await tokens.one(follow_up.system(among, language))

        ground = await self._passages(near, language, n_ctx, cost)
        head = Message("system", follow_up.system(ground.passages, language))
        return Opening(ground, [head, *about])

    async def _passages(
        self, near: Sequence[Passage], language: Language, n_ctx: int, cost: Cost
    ) -> Ground:
        """Those of the item, which are known before there is a question; else the lesson, or what of it is near."""
        whole = passages(self._lesson, language)
        if self._among is not None:
            return await chosen_ground(self._among, n_ctx, cost)
        if self._item is not None:
            taught = _sections(self._item)
            among = [passage for passage in whole if passage.section in taught]
            return await chosen_ground(among or whole[:PASSAGES_KEPT], n_ctx, cost)
        return await lesson_ground(whole, near or whole[:PASSAGES_KEPT], n_ctx, cost)

    async def _about(self, language: Language, longest: int) -> list[Message]:
        """The graded item, with the learner's answer in at most `longest` tokens."""
        if not isinstance(self._item, Explain) or not isinstance(self._answer, ExplainAnswer):
            return []
        answer = await shortened(self._answer.text, longest, self._tokens)
        about = follow_up.about_item(self._item, answer, self._verdict, language)
        return [Message("user", about), Message("assistant", follow_up.acknowledged(language))]


def _sections(item: Item) -> set[str]:
    """Where an item and the points of its rubric are taught."""
    points = item.points if isinstance(item, Explain) else []
    return {item.section, *(point.section for point in points if point.section)}
