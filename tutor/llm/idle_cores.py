"""How many cores of the machine nobody uses."""

from __future__ import annotations

import os
import time

import psutil


class IdleCores:
    """Call it: the cores that were idle, on average, since the last call; None the first time and where it is unknown."""

    def __init__(self) -> None:
        self._last = self._times()
        self._at = time.monotonic()

    def __call__(self) -> float | None:
        idle, at = self._times(), time.monotonic()
        before, since = self._last, at - self._at
        self._last, self._at = idle, at
        if idle is None or before is None or since <= 0:
            return None
        return max(0.0, min(os.cpu_count() or 1, (idle - before) / since))

    @staticmethod
    def _times() -> float | None:
        try:
            times = psutil.cpu_times()
        except (OSError, RuntimeError):
            return None
        return float(times.idle + getattr(times, "iowait", 0.0))
