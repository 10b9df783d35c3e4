"""From a margin of log-probabilities to a probability that means what it says: Platt scaling, fitted per model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from tutor.grading import prompts
from tutor.grading.forms import FORMS
from tutor.grading.platt import sigmoid
from tutor.grading.verdict import PointState
from tutor.llm.fitted import AdapterFile, Fingerprint, read_all
from tutor.llm.protocol import ModelInfo


class Curve(Struct, frozen=True, kw_only=True):
    """P = sigmoid(bias + margin * m + baseline * m0); m, m0: log P(Yes) - log P(No) for the answer and for "I don't know".

    At `met` or above a point is met, below `unmet` it is unmet, between them it is unsure. Where `baseline` is 0, m0 need
    not be asked for.
    """

    bias: float
    margin: float
    baseline: float
    unmet: float
    met: float

    def probability(self, margin: float, baseline: float) -> float:
        x = self.bias + self.margin * margin + self.baseline * baseline
        return sigmoid(x)

    def state(self, probability: float) -> PointState:
        if probability >= self.met:
            return "met"
        return "unmet" if probability < self.unmet else "unsure"


class Calibration(Struct, frozen=True, kw_only=True):
    """`points` for the rubric, `misconceptions` for beliefs (there only `met` speaks), `whole` for a reference answer.

    `support`: whether a passage says a sentence of the tutor's (there, too, only `met` speaks); without it `points` is used.

    `prompt` is the version of the form that was asked; `adapter` what the judge has to wear for it.
    """

    version: str
    prompt: str
    points: Curve
    misconceptions: Curve
    whole: Curve | None = None
    support: Curve | None = None
    adapter: AdapterFile | None = None
    model: Fingerprint | None = None
    fitted_on: str = ""
    licence: str = ""
    figures: dict[str, float] = {}


UNFITTED = Calibration(
    version="unfitted",
    prompt=prompts.VERSION,
    points=Curve(bias=0.0, margin=1.0, baseline=-1.0, unmet=0.25, met=0.85),
    misconceptions=Curve(bias=-1.0, margin=1.0, baseline=-1.0, unmet=0.5, met=0.95),
)
"""For a model that nobody has measured: the margin less that of "I don't know", and a wide band of `unsure`."""


TOO_SMALL = Calibration(
    version="too-small",
    prompt=prompts.VERSION,
    points=Curve(bias=0.0, margin=1.0, baseline=-1.0, unmet=0.0, met=2.0),
    misconceptions=Curve(bias=-1.0, margin=1.0, baseline=-1.0, unmet=0.0, met=2.0),
)
"""Below a billion parameters the margins say nothing (AUC .51 on the held-out gold answers for the 0.5B model): every
point is left to the learner."""

ENOUGH_PARAMETERS = 990_000_000  # Gemma 3 1B has 999,885,952


def load_all(folder: Path) -> list[Calibration]:
    """Those in a folder, by the names of their files."""
    return read_all(folder, Calibration)


def choose(
    calibrations: Sequence[Calibration], info: ModelInfo | None, *, adapters: bool = False
) -> Calibration:
    """The calibration fitted for this model; else UNFITTED, or TOO_SMALL where no margin can be trusted.

    One with an adapter comes first, where `adapters` can be worn at all.
    """
    fitting = [
        calibration
        for calibration in calibrations
        if info is not None
        and calibration.model is not None
        and calibration.model.matches(info)
        and calibration.prompt in FORMS
        and (calibration.adapter is None or adapters)
    ]
    if fitting:
        return max(fitting, key=lambda calibration: calibration.adapter is not None)
    # A server may not say how large its model is: then it is taken for one that nobody has measured.
    return TOO_SMALL if info and 0 < info.parameters < ENOUGH_PARAMETERS else UNFITTED
