"""A model's calibration from what was measured: fitted on questions that are not held out, figures from those that are."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from tests.benchmarks.grading import metrics
from tests.benchmarks.grading.graders import JUDGE, RIGHT, Way, fitted, known, labels
from tests.benchmarks.grading.record import About, Measured
from tutor.grading.calibration import Calibration, Curve
from tutor.paths import bundled

WITH_BASELINE = Way("judge, less the empty answer's", ("margin", "baseline"))


def calibrated(about: About, rows: Sequence[Measured]) -> Calibration:
    """Raises ValueError where no model was measured."""
    if about.model is None or about.prompt is None:
        raise ValueError("no model was measured")
    name = about.model.name if about.adapter else f"{about.model.name}-untuned"
    points = part(rows, ("gold", "practice"))
    whole = part(rows, ("sciEntsBank", "beetle"))
    way = WITH_BASELINE if len(known(WITH_BASELINE, points)) == len(points) else JUDGE
    return Calibration(
        version=f"gold-2:{name}",
        prompt=about.prompt,
        points=curve(points, way),
        misconceptions=curve(part(rows, ("beliefs", "practice")), way),
        whole=curve(whole, way) if whole else None,
        adapter=about.adapter,
        model=about.model,
        fitted_on=(
            "content/*/gold.yaml without the held-out items, models/grading/practice (CC BY 4.0)"
            + ("; SemEval-2013 Task 7, train (CC BY-SA 3.0)" if whole else "")
        ),
        licence="CC BY-SA 4.0",
        figures=figures(rows, curve(points, way), way),
    )


def part(rows: Sequence[Measured], sets: Sequence[str]) -> list[Measured]:
    return [row for row in rows if row.set in sets and row.split == "fit"]


def curve(rows: Sequence[Measured], way: Way, right: float = RIGHT) -> Curve:
    found = fitted(way, rows, right)
    bias, margin, *rest = (round(weight, 4) for weight in found.weights)
    return Curve(
        bias=bias, margin=margin, baseline=rest[0] if rest else 0.0,
        unmet=round(found.unmet, 4), met=round(found.met, 4),
    )  # fmt: skip


def figures(rows: Sequence[Measured], points: Curve, way: Way) -> dict[str, float]:
    """Of the held-out gold answers, a language: n, accuracy, decided, right_of_decided, auc, ece."""
    found: dict[str, float] = {}
    for language in ("en", "ko"):
        test = [r for r in rows if r.set == "gold" and r.split == "test" and r.language == language]
        if not test:
            continue
        p = found_p(test, points)
        y = labels(test)
        sure, right = metrics.decided(p, y, points.unmet, points.met)
        values = {
            "n": len(test), "accuracy": metrics.accuracy(p, y), "decided": sure, "right_of_decided": right,
            "auc": metrics.auc(p, y), "ece": metrics.ece(p, y),
        }  # fmt: skip
        found |= {
            f"held_out_{name}_{language}": round(float(v), 3)
            for name, v in values.items()
            if v == v
        }
    return found


def found_p(rows: Sequence[Measured], points: Curve) -> metrics.Array:
    """The probability that the grader comes to, guards and all."""
    p = np.array(
        [
            0.0
            if row.stopped
            else points.probability(row.signals["margin"], row.signals.get("baseline", 0.0))
            for row in rows
        ]
    )
    doubted = np.array([row.doubtful for row in rows], bool)
    p[doubted] = np.minimum(p[doubted], np.nextafter(points.met, 0))
    return p


def write_calibration(found: Calibration) -> str:
    """Write it where the grader looks; the file's name."""
    path = bundled("models") / "grading" / f"{found.version.partition(':')[2]}.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    return path.name
