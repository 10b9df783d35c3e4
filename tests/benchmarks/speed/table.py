"""What was measured beside what was to be reached, for people and for scripts."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from tests.benchmarks.speed.pairs import Compared

WIDTH = 118
HEAD = f"{'figure':<12} {'value':>8}  {'(lowest..highest)':<19} {'reach':<9} {'':<6}  measured / compared with"


class Target(Struct, frozen=True):
    """What a figure has to reach; `unit` is "" where it is a ratio."""

    reach: float
    at_most: bool = False
    unit: str = ""

    def met(self, value: float) -> bool:
        """Never for what is no number."""
        return value <= self.reach if self.at_most else value >= self.reach

    def __str__(self) -> str:
        sign = "<=" if self.at_most else ">="
        return f"{sign} {self.reach:g}{f' {self.unit}' if self.unit else ''}"


class Reading(Struct, frozen=True, kw_only=True):
    """A figure as it was measured: its median over the rounds, their lowest and highest, and what is behind it."""

    value: float
    low: float
    high: float
    ours: str
    theirs: str
    notes: tuple[str, ...] = ()


class Row(Struct, frozen=True, kw_only=True):
    """A reading of one model beside its target; `problem` where nothing could be measured."""

    figure: str
    model: str
    target: Target
    reading: Reading | None = None
    problem: str = ""
    seconds: float = 0.0

    @property
    def met(self) -> bool:
        return self.reading is not None and self.target.met(self.reading.value)


def reading(compared: Compared, unit: str, *notes: str, digits: int = 1) -> Reading:
    """The reading of two sides that were measured in `unit`."""
    return Reading(
        value=compared.ratio,
        low=compared.low,
        high=compared.high,
        ours=f"{compared.ours:.{digits}f} {unit}",
        theirs=f"{compared.theirs:.{digits}f} {unit}, {compared.rival}",
        notes=notes,
    )


def lines(row: Row) -> list[str]:
    """A row as text: one line, then its notes, indented."""
    start = f"{row.figure:<12} "
    end = f" {row.target!s:<9} {'met' if row.met else 'MISSED':<6}  "
    if row.reading is None:
        return [f"{start}{'-':>8}  {'':<19}{end}{row.problem}"]
    read = row.reading
    spread = f"({read.low:.3f}..{read.high:.3f})"
    first = f"{start}{read.value:>8.3f}  {spread:<19}{end}{read.ours} / {read.theirs}"
    return [first, *(line for note in read.notes for line in _indented(note))]


def as_json(row: Row) -> dict[str, Any]:
    """A row for scripts; what is no number is null."""
    read = row.reading
    return {
        "figure": row.figure,
        "model": row.model,
        "value": _number(read.value) if read else None,
        "lowest": _number(read.low) if read else None,
        "highest": _number(read.high) if read else None,
        "reach": row.target.reach,
        "at_most": row.target.at_most,
        "unit": row.target.unit,
        "met": row.met,
        "measured": read.ours if read else None,
        "compared_with": read.theirs if read else None,
        "notes": list(read.notes) if read else [],
        "problem": row.problem or None,
        "seconds": round(row.seconds, 1),
    }


def verdict(rows: Sequence[Row]) -> int:
    """The exit code: 0 when there are figures and every one is met, else 1."""
    return 0 if rows and all(row.met for row in rows) else 1


def _number(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None


def _indented(note: str) -> list[str]:
    return textwrap.wrap(note, WIDTH, initial_indent=" " * 13, subsequent_indent=" " * 15)
