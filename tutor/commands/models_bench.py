"""`tutor models bench`: how fast a model is on this machine, and what memory it takes."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import TYPE_CHECKING

from msgspec import Struct

from tutor.commands.escape import escape_cancels
from tutor.commands.model_session import model_path, open_model
from tutor.commands.terminal import StatusLine, note, say, say_json
from tutor.grading.measure import rubric
from tutor.llm import measure
from tutor.llm.protocol import Client, Status
from tutor.ui.cells import width
from tutor.ui.downloads import size

if TYPE_CHECKING:
    from tutor.commands.context import Context
    from tutor.llm.address import ModelPlace
    from tutor.ui.strings import Strings

ROUNDS = 3
LOAD = "load_s"
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
    except (KeyboardInterrupt, asyncio.CancelledError):
        status.clear()
        note(context.strings("cli.bench.stopped"))
        raise KeyboardInterrupt from None
    finally:
        status.clear()
    if args.json:
        say_json({"model": measured.model, **measured.figures, "memory": measured.memory})
    else:
        for line in lines(measured, context.strings):
            say(line)


async def _measured(place: ModelPlace, context: Context, show: Callable[[str], None]) -> Bench:
    """Every round on a client of its own, so that none knows what another has read."""
    seen: dict[str, list[float | None]] = {}
    status = Status()

    def begin(number: int, what: str) -> None:
        shown = context.strings(f"cli.bench.{what}")
        show(context.strings("cli.bench.progress", number=number, count=ROUNDS, what=shown))

    with escape_cancels():
        for number in range(1, ROUNDS + 1):
            begin(number, LOAD)
            began = time.perf_counter()
            async with open_model(context, place) as client:
                seen.setdefault(LOAD, []).append(time.perf_counter() - began)
                status = await client.status()
                for what, reading in _readings(client, _lesson_tokens(status)).items():
                    begin(number, what)
                    seen.setdefault(what, []).append(await reading())
                status = await client.status()
    name = status.model.name if status.model else place.stem
    return Bench(name, {what: _median(found) for what, found in seen.items()}, _memory(status))


def _readings(client: Client, tokens: int) -> dict[str, Callable[[], Awaitable[float | None]]]:
    """What is measured, in order, with lessons of so many tokens."""

    async def prompt() -> float | None:
        return await measure.prompt_speed(client, await _unread(client, tokens))

    async def first(*, prefilled: bool) -> float | None:
        text = await _unread(client, tokens)
        return await measure.first_token(client, text, prefilled=prefilled)

    return {
        "prompt_tokens_per_s": prompt,
        "generation_tokens_per_s": lambda: measure.generation_speed(client),
        "first_token_s": lambda: first(prefilled=False),
        "first_token_prefilled_s": lambda: first(prefilled=True),
        "rubric_s": lambda: rubric(client, _nonce()),
    }


async def _unread(client: Client, tokens: int) -> str:
    return await measure.lesson(client, _nonce(), tokens)


def _nonce() -> str:
    """What no text has begun with: a server may remember those of the last time."""
    return secrets.token_hex(4)


def _lesson_tokens(status: Status) -> int:
    """As many as are usual, or half of a short context."""
    room = status.model.n_ctx // 2 if status.model else 0
    return min(measure.LESSON_TOKENS, room or measure.LESSON_TOKENS)


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
    """To four digits; None where no round came to a figure."""
    known = [value for value in values if value is not None]
    return float(f"{median(known):.4g}") if known else None
