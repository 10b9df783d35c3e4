"""Things measured turn about, and the figure that comes of it. Knows no model and no clock."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from statistics import median

from msgspec import Struct

Side = Callable[[], Awaitable[float]]
"""One measurement: tokens a second, seconds, whatever the sides of a figure have in common."""
Readings = Mapping[str, Sequence[float]]
"""What every side read, round by round."""


class Compared(Struct, frozen=True, kw_only=True):
    """`ratio` is the median of the rounds' own ratios, `low` and `high` the least and greatest of them.

    A round's two readings are minutes closer together than the medians of all are, so what drifts falls out. `ours`
    and `theirs` are the medians of the readings; `rival` is the name of the side that `theirs` is of.
    """

    ratio: float
    low: float
    high: float
    ours: float
    theirs: float
    rival: str


async def alternate(sides: Mapping[str, Side], rounds: int) -> dict[str, list[float]]:
    """Every side once a round, in the order given and the next time backwards, so that none is always first."""
    readings: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds):
        for name in list(sides)[:: 1 if number % 2 == 0 else -1]:
            readings[name].append(await sides[name]())
    return readings


def compared(
    readings: Readings,
    ours: str,
    *,
    against: Iterable[str] | None = None,
    best: Callable[[Iterable[float]], float] = max,
) -> Compared:
    """`ours` against the side whose median is `best` among `against` (None: all others).

    Raises ValueError for readings that no ratio can be made of: none, not as many on both sides, not finite, not above 0.
    """
    rivals = {name: median(_sound(readings[name])) for name in against or _others(readings, ours)}
    strongest = best(rivals.values())
    rival = next(name for name, value in rivals.items() if value == strongest)
    mine, other = _sound(readings[ours]), readings[rival]
    ratios = [left / right for left, right in zip(mine, other, strict=True)]
    return Compared(
        ratio=median(ratios),
        low=min(ratios),
        high=max(ratios),
        ours=median(mine),
        theirs=strongest,
        rival=rival,
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The least of the values that at least `share` (0..1) of them do not exceed. Raises ValueError for none."""
    if not values:
        raise ValueError("no values to take a percentile of")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _others(readings: Readings, ours: str) -> list[str]:
    return [name for name in readings if name != ours]


def _sound(values: Sequence[float]) -> Sequence[float]:
    if not values or not all(math.isfinite(value) and value > 0 for value in values):
        raise ValueError(f"nothing to compare in {list(values)}")
    return values
