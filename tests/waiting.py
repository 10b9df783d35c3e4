"""Bounded waits for what other processes do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import psutil

STEP = 0.02  # seconds
PATIENCE = 20.0


async def until(condition: Callable[[], bool | Awaitable[bool]]) -> None:
    """Wait for `condition`; fails after 20 seconds."""
    for _ in range(round(PATIENCE / STEP)):
        holds = condition()
        if holds if isinstance(holds, bool) else await holds:
            return
        await asyncio.sleep(STEP)
    raise AssertionError("it did not happen in time")


def gone(pid: int) -> bool:
    """Whether the process has ended; one that nobody has waited for counts."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
