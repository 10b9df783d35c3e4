"""Platt scaling of a handful of numbers without any library: a slope, a bias, thresholds, and how well they rank."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import groupby

STEPS = 50
RIDGE = 0.01
MIDDLE = 0.5


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def platt(scores: Sequence[float], labels: Sequence[bool]) -> tuple[float, float]:
    """(bias, slope) of P = sigmoid(bias + slope * score), by Newton's method (Platt 1999). The slope is never below 0."""
    bias = slope = 0.0
    count = max(1, len(scores))
    for _ in range(STEPS):
        g0 = g1 = h00 = h01 = h11 = 0.0
        for score, label in zip(scores, labels, strict=True):
            p = sigmoid(bias + slope * score)
            error, weight = p - label, p * (1 - p)
            g0 += error
            g1 += error * score
            h00 += weight
            h01 += weight * score
            h11 += weight * score * score
        g0, g1 = g0 / count, g1 / count + RIDGE * slope
        h00, h01, h11 = h00 / count + 1e-9, h01 / count, h11 / count + RIDGE
        determinant = h00 * h11 - h01 * h01
        bias -= (h11 * g0 - h01 * g1) / determinant
        slope -= (h00 * g1 - h01 * g0) / determinant
    return (bias, slope) if slope > 0 else (_log_odds(labels), 0.0)


def thresholds(
    probabilities: Sequence[float], labels: Sequence[bool], right: float
) -> tuple[float, float]:
    """The widest (unmet, met) outside of which verdicts are right at least `right` of the time.

    What is more likely stated than not is never unmet, nor the other way round: unmet <= 0.5 <= met. A side that can't be
    right that often on a twentieth of the rows decides nothing: 0 for unmet, 2 for met.
    """
    at = Counter(probabilities)
    stated = Counter(p for p, label in zip(probabilities, labels, strict=True) if label)
    total, true = len(labels), sum(stated.values())
    least = max(1.0, total / 20)
    met, unmet = 2.0, 0.0
    below = below_true = 0
    for threshold in sorted({*at, MIDDLE}):
        above, above_true = total - below, true - below_true
        if threshold >= MIDDLE and met > 1 and above >= least and above_true >= right * above:
            met = threshold
        if threshold <= MIDDLE and below >= least and below - below_true >= right * below:
            unmet = threshold
        below, below_true = below + at[threshold], below_true + stated[threshold]
    return unmet, met


def auc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """The chance that a true one scores above a false one; nan without both."""
    true, false = sum(labels), len(labels) - sum(labels)
    if not true or not false:
        return math.nan
    wins, below = 0.0, 0
    for _, equals in groupby(sorted(zip(scores, labels, strict=True)), key=lambda row: row[0]):
        here = [label for _, label in equals]
        missed = len(here) - sum(here)
        wins += sum(here) * (below + missed / 2)
        below += missed
    return wins / (true * false)


def auc_error(value: float, true: int, false: int) -> float:
    """Standard error of an AUC (Hanley and McNeil 1982)."""
    if not true or not false:
        return math.nan
    q1, q2 = value / (2 - value), 2 * value**2 / (1 + value)
    spread = value * (1 - value) + (true - 1) * (q1 - value**2) + (false - 1) * (q2 - value**2)
    return math.sqrt(max(0.0, spread) / (true * false))


def _log_odds(labels: Sequence[bool]) -> float:
    share = (sum(labels) + 0.5) / (len(labels) + 1)
    return math.log(share / (1 - share))
