"""Figures of agreement, each from plain arrays, each with a bootstrap interval on request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tutor.grading import platt

Array = npt.NDArray[np.float64]
BINS = 10
RESAMPLES = 1000
SEED = 7


class Interval(NamedTuple):
    """A figure and the range that holds 95 % of its values over resampled groups."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def accuracy(p: Array, y: Array) -> float:
    return float(((p >= 0.5) == (y >= 0.5)).mean())


def macro_f1(p: Array, y: Array) -> float:
    """The mean of the F1 of both classes; a class that is neither there nor said counts 0."""
    said, true = p >= 0.5, y >= 0.5
    found = []
    for side in (True, False):
        hits = float(((said == side) & (true == side)).sum())
        total = float((said == side).sum() + (true == side).sum())
        found.append(2 * hits / total if total else 0.0)
    return float(np.mean(found))


def auc(p: Array, y: Array) -> float:
    """The chance that a true one scores above a false one; .5 is guessing, nan without both."""
    return platt.auc(p.tolist(), (y >= 0.5).tolist())


def ece(p: Array, y: Array) -> float:
    """Expected calibration error in ten bins of equal width, 0..1 (Guo et al. 2017)."""
    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    return float(
        sum(abs(p[bins == b].sum() - y[bins == b].sum()) for b in range(BINS)) / max(1, len(p))
    )


def surprise(p: Array, y: Array) -> float:
    """Mean of -log of the probability that was given to what people say, nats."""
    given = np.where(y >= 0.5, p, 1 - p)
    return float(-np.log(np.clip(given, 1e-6, 1)).mean())


def pearson(p: Array, y: Array) -> float:
    return float(np.corrcoef(p, y)[0, 1]) if p.std() and y.std() else float("nan")


def rmse(p: Array, y: Array) -> float:
    return float(np.sqrt(((p - y) ** 2).mean()))


def qwk(p: Array, y: Array, grades: int = 5) -> float:
    """Quadratic weighted kappa of scores 0..1, cut into equal grades (Cohen 1968)."""
    said = np.minimum((p * grades).astype(int), grades - 1)
    true = np.minimum((y * grades).astype(int), grades - 1)
    weights = (np.arange(grades)[:, None] - np.arange(grades)[None]) ** 2
    seen = np.zeros((grades, grades))
    np.add.at(seen, (said, true), 1)
    chance = np.outer(np.bincount(said, minlength=grades), np.bincount(true, minlength=grades))
    expected = float((weights * chance).sum()) / max(1, len(p))
    return 1 - float((weights * seen).sum()) / expected if expected else float("nan")


def risk_coverage(p: Array, y: Array) -> float:
    """Area under the curve of error against share decided, the surest first; lower is better (Geifman et al. 2019)."""
    order = np.argsort(-np.abs(p - 0.5), kind="stable")
    wrong = ((p >= 0.5) != (y >= 0.5))[order]
    return float((np.cumsum(wrong) / np.arange(1, len(p) + 1)).mean())


def decided(p: Array, y: Array, unmet: float, met: float) -> tuple[float, float]:
    """(how much is decided, how much of that is right); nan for the second where nothing is."""
    sure = (p >= met) | (p < unmet)
    right = ((p >= met) == (y >= 0.5))[sure]
    return float(sure.mean()), float(right.mean()) if sure.any() else float("nan")


def interval(
    figure: Callable[[Array, Array], float], p: Array, y: Array, groups: Sequence[str]
) -> Interval:
    """Whole groups are drawn, because answers to one question are not independent."""
    names, members = np.unique(np.asarray(groups), return_inverse=True)
    rows = [np.flatnonzero(members == at) for at in range(len(names))]
    dice = np.random.default_rng(SEED)
    found = []
    for _ in range(RESAMPLES):
        drawn = np.concatenate([rows[at] for at in dice.integers(0, len(rows), len(rows))])
        found.append(figure(p[drawn], y[drawn]))
    low, high = np.nanpercentile(found, [2.5, 97.5])
    return Interval(figure(p, y), float(low), float(high))
