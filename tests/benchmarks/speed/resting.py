"""What a worker with a model costs while nobody asks it anything: CPU and memory."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from statistics import median

import psutil
from msgspec import Struct

from tests.benchmarks.speed import texts
from tests.benchmarks.speed.bench import Bench, answered, loaded, worker
from tests.benchmarks.speed.rubric import case, graded_after_reading
from tests.benchmarks.speed.table import Reading
from tutor.grading.grader import Grader
from tutor.llm.hosted import HostedClient
from tutor.llm.protocol import ModelInfo

MB = 1_000_000
SETTLING = 0.5  # seconds after an answer


class Held(Struct, frozen=True, kw_only=True):
    """Bytes a worker holds: resident, its own, its share, and the part of the model's file that is in its pages."""

    rss: int
    uss: int
    pss: int
    file: int | None


async def idle_cpu(bench: Bench) -> Reading:
    """The worker's CPU time after a first answer, as a share of one core."""
    shares = []
    async with bench.client() as client:
        await answered(client, texts.ENDLESS, bench.effort.warm_up)
        await asyncio.sleep(SETTLING)
        process = await worker(client)
        for _ in range(bench.effort.rounds):
            shares.append(await _share(process, bench.effort.idle_seconds))
    return Reading(
        value=median(shares),
        low=min(shares),
        high=max(shares),
        ours=f"{1000 * median(shares):.1f} ms a second",
        theirs="one core",
    )


async def memory(bench: Bench) -> Reading:
    """Megabytes that a worker, new each round, holds after a rubric and a chat beyond weights, KV and compute buffers."""
    beyond, held, kept = [], [], 0
    for _ in range(bench.effort.rounds):
        async with bench.client() as client:
            await _work(client, bench)
            info = await loaded(client)
            held.append(_held(await worker(client), bench.path))
            beyond.append(unexplained(held[-1], info) / MB)
            kept = (await client.status()).kept
    last, reported = held[-1], info.memory
    notes = [
        f"RSS {_mb(last.rss)}, its own {_mb(last.uss)}, its share {_mb(last.pss)}, "
        f"of the file {'not known' if last.file is None else _mb(last.file)}",
        f"reported: weights {_mb(reported.weights)}, KV {_mb(reported.kv)}, compute {_mb(reported.compute)}",
        f"RSS less all that is reported: {_mb(last.rss - reported.total)}; "
        f"of prefixes set aside {_mb(kept)}",
    ]
    return Reading(
        value=median(beyond),
        low=min(beyond),
        high=max(beyond),
        ours=f"{median(beyond):.1f} MB",
        theirs="nothing beyond",
        notes=tuple(notes),
    )


def unexplained(held: Held, info: ModelInfo) -> int:
    """RSS less what is there of the weights, KV and compute buffers. Raises RuntimeError where those are not reported.

    Weights are mapped from the file, and a page that was never read is not in RSS: then only what is there is taken off.
    Weights beyond the file's size are copies laid out anew, which are in memory whole.
    """
    reported = info.memory
    if not (reported.weights and reported.kv and reported.compute):
        raise RuntimeError("the worker does not report its weights, KV and compute buffers")
    mapped = min(reported.weights, info.bytes)
    copies = reported.weights - mapped
    present = mapped if held.file is None else min(held.file, mapped)
    return held.rss - present - copies - reported.kv - reported.compute


async def _work(client: HostedClient, bench: Bench) -> None:
    item, answer = await case(client, bench)
    await graded_after_reading(Grader(client), item, answer)
    await answered(client, f"{bench.fresh()} {texts.ENDLESS}", bench.effort.tokens)


async def _share(process: psutil.Process, seconds: float) -> float:
    before, began = _cpu(process), time.perf_counter()
    await asyncio.sleep(seconds)
    return (_cpu(process) - before) / (time.perf_counter() - began)


def _cpu(process: psutil.Process) -> float:
    """Seconds of CPU of the process, all its threads, and its children."""
    family = [process, *process.children(recursive=True)]
    return float(sum(sum(each.cpu_times()[:2]) for each in family))


def _held(process: psutil.Process, model: Path) -> Held:
    full = process.memory_full_info()
    return Held(
        rss=full.rss, uss=full.uss, pss=getattr(full, "pss", full.uss), file=_mapped(process, model)
    )


def _mapped(process: psutil.Process, model: Path) -> int | None:
    """Resident bytes of the model's file, None where the system does not tell."""
    try:
        maps = process.memory_maps(grouped=True)
    except (AttributeError, psutil.Error, NotImplementedError):
        return None
    return sum(each.rss for each in maps if Path(each.path) == model.resolve())


def _mb(size: int) -> str:
    return f"{size / MB:.1f} MB"
