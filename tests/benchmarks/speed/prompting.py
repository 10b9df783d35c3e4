"""Prompts: what reading the lesson ahead saves, and how soon a cancelled prompt is let go of."""

from __future__ import annotations

import asyncio
import random
import time
from statistics import median

from tests.benchmarks.speed import texts
from tests.benchmarks.speed.bench import Bench, answered
from tests.benchmarks.speed.pairs import Side, alternate, compared
from tests.benchmarks.speed.table import Reading, reading
from tutor.llm.hosted import HostedClient
from tutor.llm.protocol import Message, Sampling
from tutor.tutoring.passages import Passage
from tutor.tutoring.prompts import follow_up

SEED = 7
EARLIEST, LATEST = 0.2, 0.8
"""The part of the prompt's own time after which it is cancelled."""


async def first_token(bench: Bench) -> Reading:
    """From asking to the first words, the lesson read ahead, against the same without."""
    async with bench.client() as client:
        lesson = await texts.sized(client, texts.lessons(), bench.effort.lesson)

        def talk() -> list[Message]:
            passage = Passage(n=1, lesson="lesson", section="whole", heading="Lesson", text=lesson)
            opening = f"{bench.fresh()} {follow_up.system([passage], 'en')}"
            return [
                Message("system", opening),
                Message("user", follow_up.asked(texts.QUESTION, "en")),
            ]

        async def ahead() -> float:
            asked = talk()
            await client.prefill(asked[:1], lane="chat")
            return await _first_words(client, asked)

        async def cold() -> float:
            return await _first_words(client, talk())

        await _first_words(client, talk())
        readings = await alternate(
            {"read ahead": ahead, "without reuse": cold}, bench.effort.rounds
        )
    return reading(compared(readings, "read ahead"), "s", digits=3)


async def cancel(bench: Bench) -> Reading:
    """From the cancelling of a long prompt to the next answer of the same lane, against evaluating all of it."""
    dice = random.Random(SEED)
    async with bench.client() as client:
        text = await texts.sized(client, texts.lessons(), bench.effort.prompt)
        whole_times: list[float] = []

        async def whole() -> float:
            began = time.perf_counter()
            await answered(client, f"{bench.fresh()} {text}")
            whole_times.append(time.perf_counter() - began)
            return whole_times[-1]

        async def cancelled() -> float:
            after = dice.uniform(EARLIEST, LATEST) * median(whole_times)
            return await _let_go(client, f"{bench.fresh()} {text}", after)

        await whole()
        sides: dict[str, Side] = {"cancelled": cancelled, "the whole prompt": whole}
        readings = await alternate(sides, bench.effort.rounds)
    tokens = f"{bench.effort.prompt / median(readings['the whole prompt']):.0f} tokens/s of prompt"
    return reading(compared(readings, "cancelled"), "s", tokens, digits=3)


async def _first_words(client: HostedClient, talk: list[Message]) -> float:
    """Seconds; the rest of the few tokens asked for is heard out, so that nothing has to be cancelled."""
    began = time.perf_counter()
    first = None
    async for chunk in client.chat(talk, Sampling(max_tokens=4)):
        if chunk.text and first is None:
            first = time.perf_counter() - began
    if first is None:
        raise RuntimeError("the model said nothing")
    return first


async def _let_go(client: HostedClient, prompt: str, after: float) -> float:
    """Seconds from the cancelling, `after` seconds into the prompt, until something else was computed in its place.

    What is asked next needs the same context: a request that does not could be answered beside the prompt.
    """
    work = asyncio.create_task(answered(client, prompt))
    await asyncio.sleep(after)
    if work.done():
        raise RuntimeError("the prompt was evaluated before it could be cancelled")
    began = time.perf_counter()
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    await answered(client, "Hello")
    return time.perf_counter() - began
