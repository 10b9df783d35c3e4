"""A few tries of the model at one short text, each checked: the first that nothing speaks against is taken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing

from msgspec import Struct

from tutor.llm.protocol import Client, Message, ModelError, Sampling, gather
from tutor.tutoring.gap import Gap
from tutor.tutoring.nudge import Finding, flaw_of
from tutor.tutoring.shown import writes


class Try(Struct, frozen=True):
    """What the model wrote, and what spoke against it; None: nothing, so that it was taken."""

    text: str
    finding: Finding | None


async def tried(
    client: Client | None,
    gap: Gap,
    samplings: Sequence[Sampling],
    asked: Callable[[Sequence[str]], list[Message]],
    tidy: Callable[[str], str],
) -> list[Try]:
    """All tries, the last of them taken if its finding is None; empty where there is no model that can.

    `asked`: the talk, given the words by which earlier tries gave the answer away. A model that fails is not asked again:
    there is another text to fall back to, and what is the matter is told where it is in the way.
    """
    tries: list[Try] = []
    avoid: tuple[str, ...] = ()
    if client is None or "chat" not in client.capabilities or not await _writes(client):
        return tries
    for sampling in samplings:
        try:
            text = tidy(await _reply(client, asked(avoid), sampling))
        except ModelError:
            break
        finding = await asyncio.to_thread(flaw_of, text, gap)
        tries.append(Try(text, finding))
        if finding is None:
            break
        avoid = tuple(dict.fromkeys((*avoid, *finding.words)))
    return tries


async def _writes(client: Client) -> bool:
    try:
        return await writes(client)
    except ModelError:
        return False


async def _reply(client: Client, messages: list[Message], sampling: Sampling) -> str:
    stream = client.chat(messages, sampling, lane="chat")
    async with aclosing(stream):
        return (await gather(stream)).text
