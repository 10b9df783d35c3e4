"""Signs of life of a worker that computes; none, and no CPU, while it has nothing to do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

INTERVAL = 0.25  # seconds


class Pulse:
    """Between `start` and `stop`, `beat(cpu_ms, steps)` is called from a thread of its own every INTERVAL seconds."""

    def __init__(self, beat: Callable[[int, int], None]) -> None:
        self._beat = beat
        self._working = threading.Event()
        self._resting = threading.Event()
        self.steps = 0
        """Counted up by whoever computes."""
        threading.Thread(target=self._run, daemon=True, name="pulse").start()

    def start(self) -> None:
        self._resting.clear()
        self._working.set()

    def stop(self) -> None:
        self._working.clear()
        self._resting.set()

    def _run(self) -> None:
        while True:
            self._working.wait()
            if not self._resting.wait(INTERVAL):
                self._beat(int(time.process_time() * 1000), self.steps)
