"""A hint of the tutor's own, once the author's are used up: from the model, checked; else one that points to the passage."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from typing import Literal

import msgspec
from msgspec import Struct

from tutor.content.loader import LoadedCourse
from tutor.content.schema import Explain, Language, Lesson
from tutor.grading.answer import ExplainAnswer
from tutor.grading.grader import Grader
from tutor.llm.protocol import Client
from tutor.tutoring.gap import MOST_HINTS, Gap, gap_at, missing_points
from tutor.tutoring.nudge import tidied
from tutor.tutoring.pointer import pointer
from tutor.tutoring.prompts import hint as prompt
from tutor.tutoring.tries import Try, tried


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
    tries = await tried(client, gap, prompt.TRIES, lambda avoid: prompt.asked(gap, avoid), tidied)
    if tries and tries[-1].finding is None:
        return Hint(text=tries[-1].text, point=gap.point.id, by="model", tries=tuple(tries))
    told = await asyncio.to_thread(pointer, gap, "hint")
    return Hint(text=told, point=gap.point.id, by="template", tries=tuple(tries))
