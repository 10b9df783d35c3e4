"""Logistic regression and the thresholds between which it leaves a verdict open; small enough to need no library."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def fit(features: Array, labels: Array, ridge: float = 0.01) -> Array:
    """Weights, the bias first, by Newton's method. `features`: rows x columns; `labels`: 0 or 1."""
    x = np.column_stack((np.ones(len(features)), features))
    weights = np.zeros(x.shape[1])
    penalty = ridge * np.diag([0.0, *[1.0] * features.shape[1]])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (p - labels) / len(labels) + penalty @ weights
        hessian = (x * (p * (1 - p))[:, None]).T @ x / len(labels) + penalty
        weights -= np.linalg.solve(hessian + 1e-9 * np.eye(len(weights)), gradient)
    return weights


def thresholds(probabilities: Array, labels: Array, right: float = 0.9) -> tuple[float, float]:
    """The widest (unmet, met) outside of which verdicts are right at least `right` of the time.

    A side that can't be right that often on a twentieth of the rows decides nothing: 0 for unmet, 2 for met.
    """
    least = len(labels) / 20
    met, unmet = 2.0, 0.0
    for threshold in np.unique(probabilities):
        above = labels[probabilities >= threshold]
        if len(above) >= least and above.mean() >= right:
            met = float(threshold)
            break
    for threshold in np.unique(probabilities)[::-1]:
        below = labels[probabilities < threshold]
        if len(below) >= least and (1 - below).mean() >= right:
            unmet = float(threshold)
            break
    return min(unmet, met), met
