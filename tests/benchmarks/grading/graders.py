"""Ways to turn what was measured into a probability: the floors, and the judge with and without each of its signals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tests.benchmarks.grading.lexical import FEATURES
from tests.benchmarks.grading.metrics import Array
from tests.benchmarks.grading.record import Measured
from tests.benchmarks.grading.regression import fit
from tutor.grading.platt import thresholds

FOLDS = 5
AIMS = (0.97, 0.95, 0.93, 0.9)
"""How often what is called met is to be right where it is fitted, and what is called unmet: the first that decides ENOUGH."""
ENOUGH = 0.75
"""The share of stated points that is to be called met, and of the others unmet: whoever has said it wants to hear so."""


class Way(NamedTuple):
    """`columns`: the signals that a logistic regression is fitted on; none is the majority."""

    name: str
    columns: tuple[str, ...]


MAJORITY = Way("majority", ())
LEXICAL = Way("lexical regression", FEATURES)
NAIVE = Way("naive zero-shot", ("naive",))
JUDGE = Way("judge", ("margin",))
LESS_EMPTY = Way("judge, less the empty answer's", ("margin", "baseline"))
BOTH_WAYS = Way("judge, asked both ways", ("margin", "left_out"))
ABLATIONS = (
    LESS_EMPTY,
    BOTH_WAYS,
    Way("judge and what is denied", ("margin", "denied")),
    Way("judge and misconceptions", ("margin", "believed")),
    Way("probe on the untuned states", ("probe",)),
    Way("judge and probe", ("margin", "probe")),
    Way("judge and length", ("margin", "length")),
    Way("judge and recall", ("margin", "recall")),
    Way("judge and similarity of states", ("margin", "similar")),
    Way("judge and n-grams", ("margin", "cosine")),
    Way("judge and jamo", ("margin", "jamo")),
    Way("judge and echo", ("margin", "echo")),
    Way("judge and negation", ("margin", "negation")),
    Way("judge and all of the text", ("margin", *FEATURES)),
)


class Fitted(NamedTuple):
    """Weights, the bias first, for the columns of `way`; verdicts are open between `unmet` and `met`."""

    way: Way
    weights: tuple[float, ...]
    unmet: float
    met: float

    def p(self, rows: Sequence[Measured]) -> Array:
        """The judge keeps to the guards: what they stop is unmet, what they doubt is never met."""
        guards = "margin" in self.way.columns
        found = np.zeros(len(rows))
        asked = [at for at, row in enumerate(rows) if not (guards and row.stopped)]
        x = table([rows[at] for at in asked], self.way.columns)
        z = np.column_stack((np.ones(len(asked)), x)) @ np.array(self.weights)
        found[asked] = 1 / (1 + np.exp(-np.clip(z, -40, 40)))
        if guards:
            doubted = np.array([row.doubtful for row in rows], bool)
            found[doubted] = np.minimum(found[doubted], np.nextafter(self.met, 0))
        return found


def rounded(found: Fitted) -> Fitted:
    """As it ships."""
    weights = tuple(round(weight, 4) for weight in found.weights)
    return Fitted(found.way, weights, round(found.unmet, 4), round(found.met, 4))


def known(way: Way, rows: Sequence[Measured]) -> list[Measured]:
    """The rows that have what this way looks at, or need it not, because a guard has stopped them."""
    guards = "margin" in way.columns
    return [
        row
        for row in rows
        if (guards and row.stopped) or all(column in row.signals for column in way.columns)
    ]


def fitted(way: Way, rows: Sequence[Measured]) -> Fitted:
    rows = [row for row in rows if not (row.stopped and "margin" in way.columns)]
    y = labels(rows)
    weights = tuple(float(weight) for weight in fit(table(rows, way.columns), y))
    plain = Fitted(way, weights, 0.0, 2.0)
    p = plain.p(rows)
    stated = y >= 0.5
    pairs = [thresholds(p.tolist(), stated.tolist(), aim) for aim in AIMS]
    unmet = next((u for u, _ in pairs if (p[~stated] < u).mean() >= ENOUGH), pairs[-1][0])
    met = next((m for _, m in pairs if (p[stated] >= m).mean() >= ENOUGH), pairs[-1][1])
    return plain._replace(unmet=unmet, met=met)


def folded(way: Way, rows: Sequence[Measured]) -> Array:
    """The probability of each row by weights fitted on other questions: five folds, each question in one."""
    groups = sorted({row.group for row in rows})
    fold = {group: at % FOLDS for at, group in enumerate(groups)}
    where = np.array([fold[row.group] for row in rows])
    p = np.zeros(len(rows))
    for at in range(min(FOLDS, len(groups))):
        inside = [row for row, place in zip(rows, where, strict=True) if place != at]
        outside = [row for row, place in zip(rows, where, strict=True) if place == at]
        p[where == at] = fitted(way, inside).p(outside)
    return p


def labels(rows: Sequence[Measured]) -> Array:
    return np.array([row.label for row in rows], float)


def table(rows: Sequence[Measured], columns: Sequence[str]) -> Array:
    return np.array([[row.signals[c] for c in columns] for row in rows], float).reshape(
        len(rows), len(columns)
    )
