"""A model's calibration from what was measured: fitted on questions that are not held out, figures from those that are."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from tests.benchmarks.grading import metrics
from tests.benchmarks.grading.graders import (
    JUDGE,
    LESS_EMPTY,
    Fitted,
    Way,
    fitted,
    folded,
    known,
    labels,
    rounded,
)
from tests.benchmarks.grading.record import About, Measured
from tutor.content.schema import LANGUAGES
from tutor.grading.calibration import Calibration, Curve, load_all
from tutor.paths import bundled

EARNS = 0.005
"""Nats a point that a further question to the model has to save."""


def calibrated(about: About, rows: Sequence[Measured]) -> Calibration:
    """Raises ValueError where no model was measured."""
    if about.model is None or about.prompt is None:
        raise ValueError("no model was measured")
    name = about.model.name if about.adapter else f"{about.model.name}-untuned"
    base = part(rows, ("gold", "practice"))
    way = earns(LESS_EMPTY, base)
    points = rounded(fitted(way, base))
    whole = part(rows, ("sciEntsBank", "beetle"))
    return Calibration(
        version=f"gold-2:{name}",
        prompt=about.prompt,
        points=curve(points),
        misconceptions=curve(rounded(fitted(way, part(rows, ("beliefs", "practice"))))),
        whole=curve(rounded(fitted(way, whole))) if whole else None,
        adapter=about.adapter,
        model=about.model,
        fitted_on=(
            "content/*/gold.yaml without the held-out items, models/grading/practice (CC BY 4.0)"
            + ("; SemEval-2013 Task 7, train (CC BY-SA 3.0)" if whole else "")
        ),
        licence="CC BY-SA 4.0",
        figures=figures(rows, points),
    )


def earns(more: Way, base: Sequence[Measured]) -> Way:
    """`more` where its further signals are known everywhere and tell more about questions that it wasn't fitted on; else JUDGE."""
    if len(known(more, base)) < len(base):
        return JUDGE
    surprise = [metrics.surprise(folded(way, base), labels(base)) for way in (JUDGE, more)]
    return more if surprise[1] < surprise[0] - EARNS else JUDGE


def part(rows: Sequence[Measured], sets: Sequence[str]) -> list[Measured]:
    return [row for row in rows if row.set in sets and row.split == "fit"]


def curve(found: Fitted) -> Curve:
    """What was fitted, as the grader reads it."""
    bias, margin, *rest = found.weights
    baseline = rest[0] if rest else 0.0
    return Curve(bias=bias, margin=margin, baseline=baseline, unmet=found.unmet, met=found.met)


def figures(rows: Sequence[Measured], found: Fitted) -> dict[str, float]:
    """Of the held-out gold answers, a language: n, accuracy, decided, right_of_decided, auc, ece."""
    told: dict[str, float] = {}
    for language in LANGUAGES:
        test = [r for r in rows if r.set == "gold" and r.split == "test" and r.language == language]
        if not test:
            continue
        p, y = found.p(test), labels(test)
        sure, right = metrics.decided(p, y, found.unmet, found.met)
        values = {
            "n": len(test), "accuracy": metrics.accuracy(p, y), "decided": sure, "right_of_decided": right,
            "auc": metrics.auc(p, y), "ece": metrics.ece(p, y),
        }  # fmt: skip
        for name, value in values.items():
            if math.isfinite(value):
                told[f"held_out_{name}_{language}"] = round(float(value), 3)
    return told


def write_calibration(found: Calibration) -> str:
    """Write it where the grader looks, beside the curve for support that the same judge has; the file's name."""
    folder = bundled("models") / "grading"
    path = folder / f"{found.version.partition(':')[2]}.json"
    before = next((each for each in load_all(folder) if each.version == found.version), None)
    if found.support is None and before is not None and before.adapter == found.adapter:
        found = msgspec.structs.replace(found, support=before.support)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    return path.name
