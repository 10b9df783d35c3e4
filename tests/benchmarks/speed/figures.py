"""Every figure there is: its name, what measures it, and what it has to reach."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from tests.benchmarks.speed import batch, generating, keys, prompting, resting, rubric
from tests.benchmarks.speed.bench import Bench
from tests.benchmarks.speed.table import Reading, Row, Target


class Figure(NamedTuple):
    """`measure` may raise anything; `what` names both sides in words."""

    measure: Callable[[Bench], Awaitable[Reading]]
    target: Target
    what: str


FIGURES: dict[str, Figure] = {
    "stream": Figure(
        generating.stream,
        Target(0.97),
        "tokens/s through the client, streaming / the low-level loop, same threads",
    ),
    "first-token": Figure(
        prompting.first_token,
        Target(0.15, at_most=True),
        "first token after asking, a 600-token lesson read ahead / without prefix reuse",
    ),
    "rubric": Figure(
        rubric.rubric,
        Target(0.20, at_most=True),
        "verdict on four points, a 60-token answer, after reading ahead / four chat completions in JSON",
    ),
    "beside-1": Figure(
        generating.beside_one,
        Target(0.9),
        "tokens/s beside 1 busy process, after 10 tokens / the best fixed setting there",
    ),
    "beside-2": Figure(
        generating.beside_two,
        Target(0.9),
        "tokens/s beside 2 busy processes, after 10 tokens / the best fixed setting there",
    ),
    "idle": Figure(
        generating.idle, Target(0.95), "tokens/s on an idle machine / the fastest fixed setting"
    ),
    "cancel": Figure(
        prompting.cancel,
        Target(0.05, at_most=True),
        "from cancelling a 2,000-token prompt to the next answer / evaluating the whole prompt",
    ),
    "idle-cpu": Figure(
        resting.idle_cpu,
        Target(0.01, at_most=True),
        "CPU of the idle worker with a model / one core",
    ),
    "memory": Figure(
        resting.memory,
        Target(96, at_most=True, unit="MB"),
        "worker's RSS after a rubric and a chat, less weights, KV and compute buffers",
    ),
    "keys": Figure(
        keys.keys,
        Target(2, at_most=True),
        "95th percentile of key to paint in the app, model generating / model idle",
    ),
    "batch": Figure(
        batch.batch, Target(2.5), "answers/s of a batch / one after another without reuse"
    ),
}


async def measured(name: str, model: str, bench: Bench) -> Row:
    """The row of one figure; what can't be measured is a row with a problem, and not met."""
    figure, began = FIGURES[name], time.perf_counter()
    reading, problem = None, ""
    try:
        reading = await figure.measure(bench)
    except Exception as error:
        problem = f"not measured: {type(error).__name__}: {error}"
    return Row(
        figure=name,
        model=model,
        target=figure.target,
        reading=reading,
        problem=problem,
        seconds=time.perf_counter() - began,
    )
