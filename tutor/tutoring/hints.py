"""A hint of the tutor's own, once the author's are used up: from the model, checked; else one that points to the passage."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from contextlib import aclosing
from typing import Literal

import msgspec
from msgspec import Struct

from tutor.content.loader import LoadedCourse
from tutor.content.schema import Explain, Language, Lesson
from tutor.grading.answer import ExplainAnswer
from tutor.grading.grader import Grader
from tutor.llm.protocol import Client, Message, ModelError, Sampling, gather
from tutor.tutoring.gap import MOST_HINTS, Gap, gap_at, missing_points
from tutor.tutoring.nudge import Finding, flaw_of, tidied
from tutor.tutoring.pointer import pointer
from tutor.tutoring.prompts import hint as prompt


class Try(Struct, frozen=True):
    """What the model wrote, and what spoke against it; None: nothing, so that it was taken."""

    text: str
    finding: Finding | None


class Hint(Struct, frozen=True, kw_only=True):
    """`by`: the model, or a template where the model had none to give. `tries`: all that the model wrote, in order."""

    text: str
    point: str
    by: Literal["model", "template"]
    tries: tuple[Try, ...] = ()


async def next_hint(
    grader: Grader,
    course: LoadedCourse,
    lesson: Lesson,
    item: Explain,
    draft: str,
    language: Language,
    *,
    points: Collection[str] = (),
    told: Sequence[str] = (),
) -> Hint | None:
    """The next hint to an answer as far as it is written; None where nothing is missing that there was no hint to.

    `points` and `told`: where earlier hints of the tutor's own led to, and what they said. The draft is graded for it, and
    that verdict is nobody's business.
    """
    if len(points) >= MOST_HINTS:
        return None
    asked = msgspec.structs.replace(item, misconceptions=[])
    verdict = await grader.grade(asked, ExplainAnswer(draft), language)
    missing = missing_points(item, verdict, draft, language)
    at = next((point for point in missing if point.id not in points), None)
    if at is None:
        return None
    gap = gap_at(course, lesson, item, missing, at=at, answer=draft, language=language, told=told)
    return await generated_hint(grader.client, gap)


async def generated_hint(client: Client | None, gap: Gap) -> Hint:
    """A hint for the gap, in its language, without the answer. Never fails; cancelling the task stops the model."""
    tries: list[Try] = []
    avoid: tuple[str, ...] = ()
    if client is not None and "chat" in client.capabilities:
        for sampling in prompt.TRIES:
            try:
                text = tidied(await _reply(client, prompt.asked(gap, avoid), sampling))
            except ModelError:
                break  # there is a hint all the same, and whatever is the matter is told where it is in the way
            finding = await asyncio.to_thread(flaw_of, text, gap)
            tries.append(Try(text, finding))
            if finding is None:
                return Hint(text=text, point=gap.point.id, by="model", tries=tuple(tries))
            avoid = tuple(dict.fromkeys((*avoid, *finding.words)))
    told = await asyncio.to_thread(pointer, gap, "hint")
    return Hint(text=told, point=gap.point.id, by="template", tries=tuple(tries))


async def _reply(client: Client, messages: list[Message], sampling: Sampling) -> str:
    stream = client.chat(messages, sampling, lane="chat")
    async with aclosing(stream):
        return (await gather(stream)).text
