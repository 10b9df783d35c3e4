"""Trying again: how often, how long to wait in between, and when to give up."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import count
from typing import TypeVar

from tutor.llm.protocol import Unreachable

T = TypeVar("T")


class Temporary(Unreachable):
    """It may work in a moment. `retry_after`: the seconds the server asks to be left alone."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class BackOff:
    """At most `tries` in all, waits that double from `first` up to `longest`, together no more than `total` seconds.

    `sleep`, `chance` (0..1) and `now` stand for the clock and the dice.
    """

    tries: int = 4
    first: float = 0.5
    longest: float = 8.0
    total: float = 60.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random
    now: Callable[[], datetime] = _now

    async def run(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """What `attempt` gives, tried again while it raises Temporary. Raises the last Temporary."""
        waited = 0.0
        for tried in count(1):
            try:
                return await attempt()
            except Temporary as error:
                pause = self._pause(tried, error.retry_after)
                if tried >= self.tries or waited + pause > self.total:
                    raise
            await self.sleep(pause)
            waited += pause
        raise AssertionError("unreachable")

    def seconds(self, retry_after: str | None) -> float | None:
        """What a Retry-After header says: seconds, or a date."""
        if retry_after is None:
            return None
        try:
            if retry_after.strip().isdecimal():
                return float(retry_after)
            until = parsedate_to_datetime(retry_after)
        except ValueError:
            return None
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return max(0.0, (until - self.now()).total_seconds())

    def _pause(self, tried: int, retry_after: float | None) -> float:
        """Between half and all of the doubled wait, after the time the server asked for: not all come back at once."""
        doubled = min(self.longest, self.first * 2.0 ** (tried - 1))
        if retry_after is None:
            return doubled * (0.5 + self.chance() / 2)
        return retry_after + self.first * self.chance()
