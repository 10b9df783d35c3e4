"""How many cores of the machine no other program uses."""

from __future__ import annotations

import os
import time

import psutil


class CoresLeft:
    """Call it: the cores that were idle or ours, on average, since the last call; None where that is unknown."""

    def __init__(self) -> None:
        self._last = self._seconds()
        self._at = time.monotonic()

    def __call__(self) -> float | None:
        seconds, at = self._seconds(), time.monotonic()
        before, since = self._last, at - self._at
        self._last, self._at = seconds, at
        if seconds is None or before is None or since <= 0:
            return None
        return max(0.0, min(os.cpu_count() or 1, (seconds - before) / since))

    @staticmethod
    def _seconds() -> float | None:
        """Core seconds without other programs since some moment."""
        try:
            times = psutil.cpu_times()
        except (OSError, RuntimeError):
            return None
        return float(times.idle + getattr(times, "iowait", 0.0)) + time.process_time()
