"""Byte counts in the words a learner reads."""

from __future__ import annotations

_STEPS = ((10**9, "GB", 1), (10**6, "MB", 0), (10**3, "kB", 0))


def human(count: int) -> str:
    """`count` bytes in decimal units: "98 MB", "1.1 GB"."""
    for step, unit, places in _STEPS:
        if count >= step:
            return f"{count / step:.{places}f} {unit}"
    return f"{count} bytes"


def done_of(done: int, total: int) -> str:
    """How much of a whole, in the unit of the whole: "40 of 98 MB"."""
    for step, unit, places in _STEPS:
        if total >= step:
            return f"{done / step:.{places}f} of {total / step:.{places}f} {unit}"
    return f"{done} of {total} bytes"
