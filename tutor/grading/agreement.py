"""How often a model's grading is what people say, as measured once for each model that the catalogue calls measured."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from tutor.content.schema import LANGUAGES, Language
from tutor.grading.calibration import Calibration


class Agreement(Struct, frozen=True, kw_only=True):
    """`decided`: the share of points that are met or unmet rather than unsure; `right`: how many of those people call the same.

    Both 0..1, on `points` rubric points of questions that nothing was fitted on.
    """

    points: int
    decided: float
    right: float


def agreement(calibrations: Iterable[Calibration], sha256: str | None) -> dict[Language, Agreement]:
    """By language, for the model with this sum; the one with an adapter where there are two. Empty where nothing is known."""
    own = [each for each in calibrations if sha256 and each.model and each.model.sha256 == sha256]
    if not own:
        return {}
    figures = max(own, key=lambda each: each.adapter is not None).figures
    found: dict[Language, Agreement] = {}
    for language in LANGUAGES:
        points, decided, right = (
            figures.get(f"held_out_{name}_{language}")
            for name in ("n", "decided", "right_of_decided")
        )
        if points and decided and right is not None:
            found[language] = Agreement(points=int(points), decided=decided, right=right)
    return found
