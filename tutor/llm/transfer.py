"""What every way of pulling a file shares: progress, errors, and work in threads that can be cancelled."""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeVar

from msgspec import Struct

CHUNK = 1024 * 1024
"""Bytes read or written at once: also how soon a cancelled thread notices."""

Stage = Literal["download", "assemble", "verify"]
Fault = Literal["busy", "disk", "missing", "offline", "gated", "unreachable", "mismatch"]
Tick = Callable[[int], None]
Result = TypeVar("Result")

_SPEED_WINDOW = 5.0
_SHORTEST_PAUSE = 0.1


class PullProgress(Struct, frozen=True, kw_only=True):
    """How far a pull is: `done` of `total` bytes in this stage, working on `part` of `parts` (from 1)."""

    stage: Stage
    done: int
    total: int
    part: int = 1
    parts: int = 1
    bytes_per_second: float = 0.0


class PullError(Exception):
    """The model was not pulled; the message is one line that says what to do, `code` what kind of fault it is."""

    def __init__(self, message: str, code: Fault) -> None:
        super().__init__(message)
        self.code = code


class SourceFailed(Exception):
    """One source could not give the file: the reason, and what a person can do about it."""

    def __init__(self, reason: str, advice: str, code: Fault) -> None:
        super().__init__(reason)
        self.reason, self.advice, self.code = reason, advice, code


class Stopped(Exception):
    """Raised inside a thread whose task was cancelled."""


class Meter:
    """Turns byte counts into progress reports: never backwards in a stage, ten a second at most."""

    def __init__(
        self,
        on_progress: Callable[[PullProgress], None],
        total: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.total = total
        self.parts = 1
        self._on_progress, self._clock = on_progress, clock
        self._verifying = False
        self._high = 0
        self._shown_at = float("-inf")
        self._recent: deque[tuple[float, int]] = deque()

    def report(
        self, done: int, *, stage: Stage = "download", part: int = 1, now: bool = False
    ) -> None:
        """`done` bytes of the whole file are through `stage`; `now` shows it however short the pause was."""
        if (stage == "verify") != self._verifying:
            self._restart(verifying=stage == "verify")
        self._high = max(self._high, min(done, self.total))
        instant = self._clock()
        if now or done >= self.total or instant - self._shown_at >= _SHORTEST_PAUSE:
            self._shown_at = instant
            self._show(stage, part, instant)

    def _restart(self, *, verifying: bool) -> None:
        self._verifying, self._high = verifying, 0
        self._recent.clear()

    def _show(self, stage: Stage, part: int, instant: float) -> None:
        self._recent.append((instant, self._high))
        while instant - self._recent[0][0] > _SPEED_WINDOW and len(self._recent) > 2:
            self._recent.popleft()
        since, before = self._recent[0]
        speed = (self._high - before) / (instant - since) if instant > since else 0.0
        self._on_progress(
            PullProgress(
                stage=stage,
                done=self._high,
                total=self.total,
                part=part,
                parts=self.parts,
                bytes_per_second=speed,
            )
        )


async def in_thread(work: Callable[[Tick], Result], on_tick: Tick = lambda done: None) -> Result:
    """The result of `work`, run in a thread. `work` calls its argument with the bytes done so far, often:
    that reaches `on_tick` on the event loop, and raises Stopped in the thread once the task is cancelled.
    A cancelled task goes on only when the thread has ended.
    """
    loop = asyncio.get_running_loop()
    stopped = threading.Event()

    def tick(done: int) -> None:
        if stopped.is_set():
            raise Stopped
        loop.call_soon_threadsafe(on_tick, done)

    future = loop.run_in_executor(None, work, tick)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        stopped.set()
        await asyncio.wait([future])
        future.exception()
        raise


async def abandonable(work: Callable[[], Result]) -> Result:
    """The result of `work`, run in a thread that nobody waits for once the task is cancelled."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()

    def settle(result: Result | None, error: Exception | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result: Result | None = None
        error: Exception | None = None
        try:
            result = work()
        except Exception as caught:
            error = caught
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, daemon=True).start()
    return await future


def sha256_of(path: Path, tick: Tick, length: int | None = None) -> str:
    """The hexadecimal SHA-256 of the first `length` bytes of a file (all by default); `tick` gets the bytes read."""
    digest = hashlib.sha256()
    left = path.stat().st_size if length is None else length
    done = 0
    with path.open("rb") as file:
        while left > done and (chunk := file.read(min(CHUNK, left - done))):
            digest.update(chunk)
            done += len(chunk)
            tick(done)
    return digest.hexdigest()
