"""A hint of the tutor's own, once the author's are used up: from the model, checked; else one that points to the passage."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Final, Literal

from msgspec import Struct

from tutor.llm.protocol import Client, Message, ModelError, Sampling, gather
from tutor.tutoring.gap import Gap
from tutor.tutoring.nudge import Finding, flaw_of, tidied
from tutor.tutoring.pointer import pointer
from tutor.tutoring.prompts import hint as prompt

MOST: Final = 3
"""Generated hints to one answer; never more than points that are missing."""


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
