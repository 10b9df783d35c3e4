"""Tokens a second: through the client, idle and beside busy programs, against the low-level loop."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from statistics import median

from msgspec import Struct

from tests.benchmarks.speed import texts
from tests.benchmarks.speed.bench import (
    FIXED_THREADS,
    SETTINGS,
    Bench,
    answered,
    default_environ,
    worker_environ,
)
from tests.benchmarks.speed.busy import Busy, busy_processes
from tests.benchmarks.speed.child import Child
from tests.benchmarks.speed.pairs import Readings, Side, alternate, compared
from tests.benchmarks.speed.table import Reading, reading
from tutor.llm.hosted import HostedClient
from tutor.llm.protocol import Sampling

UNIT = "tokens/s"
OURS = "client"


class Heard(Struct, frozen=True):
    """A stream: the pieces of text, when each came, when it ended, and how many tokens it had."""

    pieces: list[str]
    times: list[float]
    ended: float
    tokens: int


async def stream(bench: Bench) -> Reading:
    """Through the client, streaming, against the loop with the same threads and environment."""
    async with (
        bench.client(threads=FIXED_THREADS) as client,
        bench.raw(await worker_environ(client)) as raw,
    ):
        loop = f"low-level loop, {FIXED_THREADS} threads"
        sides = {
            OURS: _streamed(client, bench, skip=1),
            loop: _looped(raw, bench, FIXED_THREADS, 1),
        }
        await _warm(client, [raw], bench)
        readings = await alternate(sides, bench.effort.short_rounds)
    return reading(compared(readings, OURS), UNIT)


async def idle(bench: Bench) -> Reading:
    """With threads of the worker's own choosing, against the fastest that could be fixed."""
    async with bench.client() as client, bench.raw(await worker_environ(client)) as raw:
        sides: dict[str, Side] = {OURS: _streamed(client, bench, skip=1)}
        sides |= {_label(n): _looped(raw, bench, n, 1) for n in SETTINGS}
        await _warm(client, [raw], bench)
        readings = await alternate(sides, bench.effort.short_rounds)
        notes = [_speeds(readings), await _chosen(client)]
    return reading(compared(readings, OURS), UNIT, *notes)


async def beside_one(bench: Bench) -> Reading:
    return await _beside(bench, 1)


async def beside_two(bench: Bench) -> Reading:
    return await _beside(bench, 2)


async def _beside(bench: Bench, number: int) -> Reading:
    """Beside `number` busy processes, against the fixed setting that is best there, in our environment or in none."""
    skip = bench.effort.adapting
    async with bench.client() as client, _loops(client, bench) as loops:
        await _warm(client, list(loops.values()), bench)
        async with busy_processes(number) as busy:
            sides: dict[str, Side] = {OURS: _disturbed(client, bench, busy, skip)}
            for name, loop in loops.items():
                sides |= {_label(n) + name: _looped(loop, bench, n, skip) for n in SETTINGS}
            readings = await alternate(sides, bench.effort.short_rounds)
        notes = [_speeds(readings), await _chosen(client)]
    return reading(compared(readings, OURS), UNIT, *notes)


@asynccontextmanager
async def _loops(client: HostedClient, bench: Bench) -> AsyncIterator[dict[str, Child]]:
    """The loop in the worker's environment and in that of nobody's making, by what the table adds to their names."""
    async with AsyncExitStack() as open_:
        ours = await open_.enter_async_context(bench.raw(await worker_environ(client)))
        default = await open_.enter_async_context(bench.raw(default_environ()))
        yield {"": ours, ", default environment": default}


def _streamed(client: HostedClient, bench: Bench, skip: int) -> Side:
    async def once() -> float:
        return await rate(client, await listen(client, bench), skip)

    return once


def _disturbed(client: HostedClient, bench: Bench, busy: Busy, skip: int) -> Side:
    """The others begin just before each request, so that it is in this request that the worker has to adapt."""

    async def once() -> float:
        busy.hold()
        try:
            await answered(client, texts.ENDLESS, bench.effort.warm_up)
        finally:
            busy.let_go()
        return await rate(client, await listen(client, bench), skip)

    return once


def _looped(raw: Child, bench: Bench, threads: int, skip: int) -> Side:
    async def once() -> float:
        effort = bench.effort
        made = await raw.ask(
            prompt=texts.ENDLESS,
            tokens=effort.tokens,
            threads=threads,
            skip=skip,
            limit=effort.limit,
        )
        return float(made["made"] / made["seconds"])

    return once


async def _warm(client: HostedClient, loops: list[Child], bench: Bench) -> None:
    """Pages read, pools of threads started."""
    tokens = bench.effort.warm_up
    await answered(client, texts.ENDLESS, tokens)
    for loop in loops:
        for threads in SETTINGS:
            await loop.ask(
                prompt=texts.ENDLESS,
                tokens=tokens,
                threads=threads,
                skip=1,
                limit=bench.effort.limit,
            )


async def listen(client: HostedClient, bench: Bench) -> Heard:
    """Stream a text that does not end by itself; cut off at the limit of time. Raises RuntimeError when it ended."""
    effort = bench.effort
    pieces: list[str] = []
    times: list[float] = []
    whole = False
    stream = client.complete(texts.ENDLESS, Sampling(max_tokens=effort.tokens))
    async with contextlib.aclosing(stream):
        async for chunk in stream:
            now = time.perf_counter()
            if chunk.text:
                pieces.append(chunk.text)
                times.append(now)
            if chunk.finish == "stop":
                raise RuntimeError("the model ended its answer early: its speed is not known")
            whole = whole or chunk.finish is not None
            if times and now - times[0] > effort.limit:
                break
    if len(times) < 2:
        raise RuntimeError("the stream came in one piece: its speed is not known")
    tokens = effort.tokens if whole else len(await client.tokenize("".join(pieces)))
    return Heard(pieces, times, now if whole else times[-1], tokens)


async def rate(client: HostedClient, heard: Heard, skip: int) -> float:
    """Tokens a second from the piece on with which `skip` tokens are there: a piece may hold several."""
    all_of_it = len(await client.tokenize("".join(heard.pieces)))
    for at in range(1, len(heard.pieces)):
        part = len(await client.tokenize("".join(heard.pieces[:at])))
        held = heard.tokens * part / all_of_it
        if held >= skip or at == len(heard.pieces) - 1:
            return (heard.tokens - held) / (heard.ended - heard.times[at - 1])
    raise RuntimeError("the stream came in one piece: its speed is not known")


def _label(threads: int) -> str:
    return f"{threads} thread{'s' if threads > 1 else ''}"


def _speeds(readings: Readings) -> str:
    return f"{UNIT}: " + ", ".join(
        f"{name} {median(values):.1f}" for name, values in readings.items()
    )


async def _chosen(client: HostedClient) -> str:
    threads = (await client.status()).threads
    return f"threads the worker ended with: {'not told' if threads is None else threads}"
