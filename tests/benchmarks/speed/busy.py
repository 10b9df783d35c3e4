"""Other programs that want the cores: `while True: pass`, as many as asked for."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil

# Its input ends with us, and it with its input, whatever becomes of us.
_PROGRAM = """
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
while True: pass
"""
_STARTED = 0.2  # seconds of CPU, by when it has long been imported
_STEP = 0.02


class Busy:
    """Busy processes that can be held and let go."""

    def __init__(self, processes: list[psutil.Popen]) -> None:
        self._processes = processes

    def hold(self) -> None:
        for process in self._processes:
            process.suspend()

    def let_go(self) -> None:
        for process in self._processes:
            process.resume()


@asynccontextmanager
async def busy_processes(number: int) -> AsyncIterator[Busy]:
    """`number` processes that are computing by now, until the block ends."""
    processes = [_spawn() for _ in range(number)]
    try:
        await asyncio.to_thread(_wait, processes)
        yield Busy(processes)
    finally:
        for process in processes:
            process.kill()
            process.wait()
            if process.stdin is not None:
                process.stdin.close()


def _wait(processes: list[psutil.Popen]) -> None:
    while any(sum(process.cpu_times()[:2]) < _STARTED for process in processes):
        time.sleep(_STEP)


def _spawn() -> psutil.Popen:
    # A session each, as programs started from other windows have.
    return psutil.Popen(
        [sys.executable, "-c", _PROGRAM], stdin=subprocess.PIPE, start_new_session=True
    )
