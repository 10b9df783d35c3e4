"""What grading ends in, the same object on the command line, in batch rows, in the store and on the screen."""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET, Struct, UnsetType, field

PointState = Literal["met", "unmet", "unsure"]
Outcome = Literal["full", "partial", "none", "unsure", "ungraded"]


class Words(Struct, frozen=True, kw_only=True):
    """The key words of a point that stand in the answer, and those that do not; no verdict."""

    found: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class PointVerdict(Struct, frozen=True, kw_only=True):
    """One rubric point. `probability` 0..1 that the answer states it; `evidence` is [start, end) in the answer.

    `words` only where the model can't grade: all that the program itself can say of the point.
    """

    id: str
    probability: float | None
    verdict: PointState
    evidence: tuple[int, int] | None = None
    by: Literal["exact", "model", "learner"]
    words: Words | UnsetType = UNSET


class Versions(Struct, frozen=True, kw_only=True):
    """What a verdict depends on, so that it can be audited and repeated. `sha256`: of the model's file, where it is known."""

    model: str | None = None
    sha256: str | UnsetType = UNSET
    prompt: str | None = None
    calibration: str | None = None


class Verdict(Struct, frozen=True, kw_only=True):
    """`score` is the weighted share of met points, 0..1; None when ungraded."""

    item: str
    language: str
    score: float | None
    verdict: Outcome
    points: list[PointVerdict] = []
    misconceptions: list[str] = []
    feedback: str = ""
    versions: Versions = field(default_factory=Versions)
    elapsed_ms: int = 0


def outcome(score: float, points: list[PointVerdict]) -> Outcome:
    """The verdict of a graded answer; a point that is still open makes the whole `unsure`. `score`: 0..1."""
    if any(point.verdict == "unsure" for point in points):
        return "unsure"
    if score >= 1:
        return "full"
    return "partial" if score > 0 else "none"
