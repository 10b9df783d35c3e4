"""From a key to its paint: the app in a terminal, with the model writing an answer beside the keys, and without."""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

import psutil

from tests.benchmarks.speed.bench import Bench
from tests.benchmarks.speed.child import ROOT
from tests.benchmarks.speed.pairs import Side, alternate, compared, percentile
from tests.benchmarks.speed.table import Reading, reading
from tests.benchmarks.speed.terminal import Terminal, terminal
from tutor.paths import places
from tutor.settings import Settings, save

LESSON = "llm-basics/what-is-an-llm"
QUESTION = "Explain everything that this lesson says, section by section, with many examples."
LETTERS = "".join(map(chr, range(0x0100, 0x0250)))
"""Latin letters of far languages: nothing but a key puts them on the screen."""
SHARE = 0.95
SEED = 7
PAUSE = (0.03, 0.08)  # seconds between two keys
ROOM = 40  # letters in the line before it is cleared
QUIET, WORKING = 0.1, 0.3
"""Cores that the worker uses: below the first it is idle, above the second it generates."""
SETTLED = 1.0  # seconds without work, after which none is to come
STREAMING = 0.1  # seconds in which an answer that is being written shows
MOST_TRIES = 6  # keys pressed for each that counts

CLEAR, ENTER = "\x15", "\r"


class Typist:
    """Types into the line of the lesson's tutor; counts a key only if the model was as it should be all the while."""

    def __init__(self, shown: Terminal, worker: psutil.Process) -> None:
        self._shown, self._worker = shown, worker
        self._letters = cycle(LETTERS)
        self._dice = random.Random(SEED)
        self._typed = 0

    def block(self, count: int, *, generating: bool) -> list[float]:
        """Seconds from key to paint, of `count` keys. Raises RuntimeError when the model is never as it should be."""
        found: list[float] = []
        if not generating:
            self.settle()
        for _ in range(count * MOST_TRIES):
            seconds, work = self._key()
            if work > WORKING if generating else work < QUIET:
                found.append(seconds)
            elif generating and work < QUIET:
                self._ask()
            if len(found) == count:
                return found
        state = "generating" if generating else "idle"
        raise RuntimeError(f"the model was {state} at {len(found)} of {count * MOST_TRIES} keys")

    def settle(self) -> None:
        """Wait until an answer that is being written is whole, and the model has had nothing to do for a while."""
        # Esc would stop the answer, but one that has just ended by itself leaves Esc to close the line.
        self._shown.wait_until(lambda: self._work(SETTLED) < QUIET, "a quiet model")

    def _ask(self) -> None:
        self._clear()
        self._shown.write(QUESTION + ENTER)
        self._shown.wait_until(lambda: self._work(STREAMING) > WORKING, "work on an answer")
        # A cursor that blinks paints now and then; words that stream in paint all the time.
        self._shown.wait_until(
            lambda: all(self._shown.wait(STREAMING) for _ in range(3)), "words of an answer"
        )

    def _key(self) -> tuple[float, float]:
        """Seconds until the next letter is painted, and how many cores the worker used meanwhile."""
        if self._typed == ROOM:
            self._clear()
        self._typed += 1
        cpu, began = self._cpu(), time.perf_counter()
        self._shown.wait(self._dice.uniform(*PAUSE))
        seconds = self._shown.press(next(self._letters))
        return seconds, (self._cpu() - cpu) / (time.perf_counter() - began)

    def _clear(self) -> None:
        self._shown.write(CLEAR)
        self._shown.wait(0.1)
        self._typed = 0

    def _work(self, seconds: float) -> float:
        """Cores that the worker uses in the next so many seconds."""
        before = self._cpu()
        self._shown.wait(seconds)
        return (self._cpu() - before) / seconds

    def _cpu(self) -> float:
        return float(sum(self._worker.cpu_times()[:2]))


async def keys(bench: Bench) -> Reading:
    """95 % of the keys are painted within this time while the model generates, against the same with it idle."""
    return await asyncio.to_thread(lambda: asyncio.run(_keys(bench)))


async def _keys(bench: Bench) -> Reading:
    pressed: dict[str, list[float]] = {"model generating": [], "model idle": []}
    with _app(bench) as typist:

        def side(name: str, *, generating: bool) -> Side:
            async def once() -> float:
                found = typist.block(bench.effort.keys, generating=generating)
                pressed[name] += found
                return 1000 * percentile(found, SHARE)

            return once

        sides = {name: side(name, generating=name == "model generating") for name in pressed}
        typist.block(bench.effort.keys // 2, generating=False)
        readings = await alternate(sides, bench.effort.rounds)
    notes = [_spread(name, seconds) for name, seconds in pressed.items()]
    return reading(compared(readings, "model generating"), "ms", *notes)


@contextmanager
def _app(bench: Bench) -> Iterator[Typist]:
    """The app at a lesson with the tutor's line open and the model loaded, on a home of its own."""
    environ = {**os.environ, "TUTOR_HOME": str(bench.place("home")), "PYTHONPATH": str(ROOT)}
    save(places(environ).settings, Settings(language="en", model=str(bench.path)))
    with terminal([sys.executable, "-m", "tutor", "learn", LESSON], environ) as shown:
        app = psutil.Process(shown.process.pid)
        shown.wait_until(lambda: _worker(app, bench.path) is not None, "a worker with the model")
        worker = _worker(app, bench.path)
        if worker is None:
            raise RuntimeError("the app's worker is gone")
        typist = Typist(shown, worker)
        typist.settle()
        shown.write("t")
        shown.wait(SETTLED)
        shown.press(LETTERS[-1])
        yield typist


def _worker(app: psutil.Process, model: Path) -> psutil.Process | None:
    """The child of the app that has the model's memory."""
    held = [
        each for each in app.children(recursive=True) if _resident(each) > model.stat().st_size / 2
    ]
    return max(held, key=_resident, default=None)


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _spread(name: str, seconds: list[float]) -> str:
    """All keys of a condition together."""
    at = ", ".join(
        f"{label} {1000 * percentile(seconds, share):.1f}"
        for label, share in (("half", 0.5), ("95 %", SHARE), ("99 %", 0.99), ("all", 1.0))
    )
    return f"{name}: {len(seconds)} keys; milliseconds within which so many were painted: {at}"
