"""How fast a model reads and speaks, measured through its client. What a client doesn't declare is None."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from tutor.llm.protocol import Capability, Chunk, Client, Message, Sampling

LESSON_TOKENS = 600
SPOKEN_TOKENS = 64

Clock = Callable[[], float]
"""Seconds, from any beginning."""

_QUESTION = "What happens to the water that the plants give off?"
_COUNTING = "Count: " + ", ".join(str(number) for number in range(1, 20)) + ","
_TOKENS_A_WORD = 1.5
_PASSAGE = """\
Water is never used up; it goes round. The sun warms the sea, and part of the water rises as vapour that nobody sees. \
Plants give off water too: their roots take it from the soil, and the leaves let most of it go. High up the air is \
cold, so the vapour becomes small drops, and many small drops are a cloud. When the drops have grown heavy enough \
they fall as rain, or as snow where it is colder still. Some of the rain runs off in streams and rivers and is back in \
the sea within days. Some of it sinks into the ground, where it may stay for a thousand years before a spring brings \
it out again. A forest holds the rain back like a sponge, and a street of concrete does not, which is why the same \
storm floods a town and leaves the hills around it dry. """


async def lesson(client: Client, nonce: str, tokens: int = LESSON_TOKENS) -> str:
    """A text of about so many tokens for this model. It begins with `nonce`, so that nothing is known of it yet."""
    rate = _TOKENS_A_WORD
    words = _PASSAGE.split()
    if "tokenize" in client.capabilities:
        rate = len(await client.tokenize(_PASSAGE)) / len(words)
    count = max(1, round(tokens / rate))
    return " ".join([nonce, *(words * (count // len(words) + 1))][:count])


async def prompt_speed(
    client: Client, text: str, *, clock: Clock = time.perf_counter
) -> float | None:
    """Tokens a second of a prompt that nothing is known of; the model says one token to show it has read it."""
    if not _can(client, "complete", "tokenize"):
        return None
    tokens = len(await client.tokenize(text))
    began = clock()
    async with aclosing(client.complete(text, Sampling(max_tokens=1))) as stream:
        async for _ in stream:
            pass
    return _rate(tokens, clock() - began)


async def generation_speed(
    client: Client, tokens: int = SPOKEN_TOKENS, *, clock: Clock = time.perf_counter
) -> float | None:
    """Tokens a second, from the first of an answer to its end."""
    stream = _speaking(client, Sampling(max_tokens=tokens))
    if stream is None:
        return None
    first: float | None = None
    said, finish = "", None
    async with aclosing(stream):
        async for chunk in stream:
            first = clock() if first is None else first
            said, finish = said + chunk.text, chunk.finish or finish
    seconds = clock() - (first or 0)
    if finish != "length":
        tokens = len(await client.tokenize(said)) if _can(client, "tokenize") else 0
    return _rate(tokens - 1, seconds)


async def first_token(
    client: Client, text: str, *, prefilled: bool, clock: Clock = time.perf_counter
) -> float | None:
    """Seconds from asking about `text` to the first word of the answer; `prefilled`: the text was read before."""
    if not _can(client, "chat", *(["prefill"] if prefilled else [])):
        return None
    known = [Message("system", text)]
    if prefilled:
        await client.prefill(known, lane="chat")
    began = clock()
    asked = client.chat([*known, Message("user", _QUESTION)], Sampling(max_tokens=1), lane="chat")
    seconds: float | None = None
    async with aclosing(asked) as stream:
        async for _ in stream:
            seconds = clock() - began if seconds is None else seconds
    return seconds


def _speaking(client: Client, sampling: Sampling) -> AsyncGenerator[Chunk, None] | None:
    if _can(client, "complete"):
        return client.complete(_COUNTING, sampling)
    return client.chat([Message("user", _COUNTING)], sampling) if _can(client, "chat") else None


def _can(client: Client, *needed: Capability | str) -> bool:
    return client.capabilities.issuperset(needed)


def _rate(count: int, seconds: float) -> float | None:
    return count / seconds if count > 0 and seconds > 0 else None
