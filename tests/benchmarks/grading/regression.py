"""Logistic regression by Newton's method; small enough to need no library."""

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
