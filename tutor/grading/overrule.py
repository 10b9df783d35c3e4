"""The learner's word against the model's: a new verdict, computed as every other is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from tutor.content.schema import Explain
from tutor.grading.verdict import PointVerdict, Verdict, outcome


class Weighted(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def weight(self) -> float: ...


def weighted_score(weights: Sequence[Weighted], points: Sequence[PointVerdict]) -> float:
    """The weighted share of met points, 0..1; a point that is still `unsure` counts as unmet."""
    total = sum(point.weight for point in weights)
    met = {point.id for point in points if point.verdict == "met"}
    return sum(point.weight for point in weights if point.id in met) / total if total else 0.0


def expected_score(weights: Sequence[Weighted], points: Sequence[PointVerdict]) -> float:
    """The weighted mean of the probabilities, 0..1; where there is none (the learner decided) met counts 1."""
    total = sum(point.weight for point in weights)
    by_id = {point.id: point for point in points}
    share = 0.0
    for weight in weights:
        point = by_id.get(weight.id)
        if point is not None:
            sure = float(point.verdict == "met")
            share += weight.weight * (point.probability if point.probability is not None else sure)
    return share / total if total else 0.0


def with_point(verdict: Verdict, item: Explain, point_id: str, met: bool) -> Verdict:
    """The verdict after the learner decided one point; score and outcome follow. Unknown ids change nothing."""
    points = [
        msgspec.structs.replace(
            point, verdict="met" if met else "unmet", probability=None, by="learner", evidence=None
        )
        if point.id == point_id
        else point
        for point in verdict.points
    ]
    score = weighted_score(item.points, points)
    return msgspec.structs.replace(
        verdict, points=points, score=round(score, 4), verdict=outcome(score, points)
    )
