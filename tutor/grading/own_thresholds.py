"""Thresholds that follow the learner: fitted again on what they said of a model's verdicts, once they have said enough."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import msgspec
from msgspec import UNSET, Struct

from tutor.grading.calibration import Curve
from tutor.grading.platt import thresholds
from tutor.grading.verdict import PointVerdict, Versions

ENOUGH: Final = 50
"""Corrections below which nothing is fitted."""
RIGHT: Final = 0.9
"""How often a verdict has to be what the learner says, on each side."""
SUFFIX: Final = "+own"

Own = Callable[[Versions, Curve], Awaitable[Curve | None]]
"""The learner's own curve for points that would be graded with these versions and this curve; None: as it is."""


class Decision(Struct, frozen=True, kw_only=True):
    """One rubric point that the model gave a `probability` (0..1), and whether it is met in the learner's eyes.

    `overruled`: the learner said otherwise than the model, or decided what it was unsure of; else the model decided
    and the learner left it so.
    """

    probability: float
    met: bool
    overruled: bool


def corrections(decisions: Sequence[Decision]) -> int:
    """How many of them the learner corrected."""
    return sum(each.overruled for each in decisions)


def refit(curve: Curve, decisions: Sequence[Decision]) -> Curve | None:
    """`curve` with the widest thresholds outside of which the learner agrees with nine verdicts of ten; None below ENOUGH.

    The probabilities stay as they were measured; only where `unsure` begins and ends moves. A learner presses the key
    only where they disagree or the model was unsure, so corrections alone would call every verdict wrong: the points
    of the same answers that the model decided and the learner left alone count as confirmed (`overruled` False).
    `met` is never below 0.5 and `unmet` never above. A side on which no threshold is right that often on a twentieth of
    the decisions leaves all to the learner (2 for met, 0 for unmet), unless what few decisions lie beyond the measured
    threshold bear it out: then it stays. None also for a curve that decides nothing: its probabilities were found to mean
    nothing, and fifty decisions would only find patterns in noise.
    """
    if corrections(decisions) < ENOUGH or (curve.met > 1 and curve.unmet <= 0):
        return None
    probabilities = [each.probability for each in decisions]
    labels = [each.met for each in decisions]
    unmet, met = thresholds(probabilities, labels, RIGHT)
    if met > 1 and _right([each.met for each in decisions if each.probability >= curve.met]):
        met = curve.met
    if unmet <= 0 and _right(
        [not each.met for each in decisions if each.probability < curve.unmet]
    ):
        unmet = curve.unmet
    return msgspec.structs.replace(curve, unmet=unmet, met=met)


def _right(agreed: Sequence[bool]) -> bool:
    return sum(agreed) >= RIGHT * len(agreed)


def decided(points: Sequence[PointVerdict], curve: Curve) -> list[PointVerdict]:
    """Points that a model graded, decided anew by `curve`, which has to give them the same probabilities."""
    # From the probability as it is recorded: that is what the thresholds were fitted on.
    return [
        point
        if point.probability is None
        else msgspec.structs.replace(point, verdict=curve.state(point.probability))
        for point in points
    ]


def with_own(versions: Versions) -> Versions:
    """What a verdict by the learner's own thresholds depends on."""
    return msgspec.structs.replace(versions, calibration=f"{versions.calibration}{SUFFIX}")


def measured(versions: Versions) -> Versions:
    """The versions that own thresholds are fitted under, one for all verdicts whose probabilities mean the same."""
    calibration = versions.calibration
    # The sum follows from the calibration, and verdicts of before it was recorded have none.
    return msgspec.structs.replace(
        versions, sha256=UNSET, calibration=calibration and calibration.removesuffix(SUFFIX)
    )
