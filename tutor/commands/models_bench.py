"""`tutor models bench`: how fast a model is on this machine, and what memory it takes."""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import TYPE_CHECKING

from msgspec import Struct

from tutor.commands.failures import Failed
from tutor.commands.model_session import client_for, model_path
from tutor.commands.terminal import StatusLine, note, say, say_json
from tutor.grading.measure import rubric
from tutor.llm import measure
from tutor.llm.address import to_load
from tutor.llm.protocol import Client, Status
from tutor.ui.cells import width
from tutor.ui.downloads import size

if TYPE_CHECKING:
    from tutor.commands.context import Context
    from tutor.llm.address import ModelPlace
    from tutor.ui.strings import Strings

ROUNDS = 3
SPEEDS = ("prompt_tokens_per_s", "generation_tokens_per_s")


class Bench(Struct, frozen=True):
    """Seconds and tokens a second by name, None for what the client can't do; bytes by name."""

    model: str
    figures: dict[str, float | None]
    memory: dict[str, int | None]


def bench(args: argparse.Namespace, context: Context) -> None:
    """Print the medians of ROUNDS rounds. Raises Failed, ModelNotFound, ModelError, KeyboardInterrupt."""
    place = model_path(context, args.model)
    status = StatusLine()
    try:
        measured = asyncio.run(_measured(place, context, status.show))
    except KeyboardInterrupt:
        status.clear()
        note(context.strings("cli.bench.stopped"))
        raise
    finally:
        status.clear()
    if args.json:
        say_json({"model": measured.model, **measured.figures, "memory": measured.memory})
    else:
        for line in lines(measured, context.strings):
            say(line)


async def _measured(place: ModelPlace, context: Context, show: Callable[[str], None]) -> Bench:
    client = client_for(context, place)
    show(context.strings("cli.loading", model=place.stem))
    try:
        began = time.perf_counter()
        info = await client.load(to_load(place), n_ctx=context.settings.context)
        seen: dict[str, list[float | None]] = {"load_s": [time.perf_counter() - began]}
        for number in range(1, ROUNDS + 1):
            for what, reading in _round(client, number).items():
                shown = context.strings(f"cli.bench.{what}").strip()
                show(context.strings("cli.bench.progress", number=number, count=ROUNDS, what=shown))
                seen.setdefault(what, []).append(await reading())
        status = await client.status()
    finally:
        await client.close()
    if status.model is None:
        raise Failed(context.strings("cli.bench.stopped"))
    return Bench(info.name, {what: _median(found) for what, found in seen.items()}, _memory(status))


def _round(client: Client, number: int) -> dict[str, Callable[[], Awaitable[float | None]]]:
    """What is measured, in order; every text begins differently, so that no round profits from another."""

    async def prompt() -> float | None:
        return await measure.prompt_speed(client, await measure.lesson(client, f"P{number}"))

    async def first(prefilled: bool) -> float | None:
        text = await measure.lesson(client, f"{'W' if prefilled else 'C'}{number}")
        return await measure.first_token(client, text, prefilled=prefilled)

    return {
        "prompt_tokens_per_s": prompt,
        "generation_tokens_per_s": lambda: measure.generation_speed(client),
        "first_token_s": lambda: first(False),
        "first_token_prefilled_s": lambda: first(True),
        "rubric_s": lambda: rubric(client, str(number)),
    }


def _memory(status: Status) -> dict[str, int | None]:
    parts = status.model.memory if status.model else None
    known = parts is not None and parts.total > 0
    return {
        "rss": status.worker_rss,
        "weights": parts.weights if parts and known else None,
        "kv": parts.kv if parts and known else None,
        "compute": parts.compute if parts and known else None,
    }


def lines(measured: Bench, strings: Strings) -> list[str]:
    """The figures for people, their numbers below each other."""
    rows = [
        (strings(f"cli.bench.{what}"), _figure(what, value, strings))
        for what, value in measured.figures.items()
    ]
    rows += [
        (strings(f"cli.bench.{what}"), "–" if held is None else size(held))
        for what, held in measured.memory.items()
    ]
    widest = max(width(label) for label, _ in rows)
    title = strings("cli.bench.title", model=measured.model, count=ROUNDS)
    return [title, *(f"  {label}{' ' * (widest - width(label) + 2)}{text}" for label, text in rows)]


def _figure(what: str, value: float | None, strings: Strings) -> str:
    if value is None:
        return "–"
    if what in SPEEDS:
        return strings("cli.bench.speed", count=f"{value:.1f}")
    if value < 1:
        return strings("cli.bench.milliseconds", count=round(value * 1000))
    return strings("cli.bench.seconds", count=f"{value:.2f}")


def _median(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
