"""Whether a model that nobody has measured can grade: built-in verdicts, asked for in the background, kept beside the caches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from tutor.content.schema import LANGUAGES, Language
from tutor.grading.calibration import TOO_SMALL, Calibration, Curve
from tutor.grading.platt import auc, auc_error, platt, sigmoid, thresholds
from tutor.grading.rubric import DONT_KNOW, Claim, Judge, Report
from tutor.llm.fitted import Fingerprint
from tutor.llm.protocol import ModelInfo

VERSION: Final = "self-test-1"
FILE: Final = "self-test.json"
"""In `models/grading`: verdicts on practice answers that nothing is trained on."""
CAN_GRADE: Final = 0.65
"""The AUC below which a model is not believed."""
RIGHT: Final = 0.9


class Tried(Struct, frozen=True):
    """One built-in verdict: whether `answer` states `claim`."""

    language: Language
    question: str
    answer: str
    claim: str
    stated: bool


def built_in(folder: Path) -> list[Tried]:
    """Raises OSError, msgspec.DecodeError."""
    return msgspec.json.decode((folder / FILE).read_bytes(), type=list[Tried])


def kept_at(folder: Path, info: ModelInfo) -> Path:
    """Where the outcome for a model is kept."""
    return folder / f"{info.architecture}-{info.parameters}-{info.bytes}.json"


async def run(
    judge: Judge,
    info: ModelInfo,
    cases: Sequence[Tried],
    report: Report = lambda done, total: None,
) -> Calibration:
    """Ask for every verdict, giving way to whatever somebody waits for, and fit a calibration. Raises ModelError."""
    differences = []
    for done, case in enumerate(cases):
        report(done, len(cases))
        claim = Claim("claim", case.claim)
        empty = await judge.margin(case.question, DONT_KNOW[case.language], claim, "background")
        margin = await judge.margin(case.question, case.answer, claim, "background")
        differences.append(margin - empty)
    report(len(cases), len(cases))
    return outcome(differences, cases, info, judge.form.version)


def outcome(
    differences: Sequence[float], cases: Sequence[Tried], info: ModelInfo, prompt: str
) -> Calibration:
    """`differences`: the margin of each answer less that of "I don't know". Decides nothing where the AUC is too low."""
    labels = [case.stated for case in cases]
    overall = auc(differences, labels)
    curve = _curve(differences, labels) if overall >= CAN_GRADE else TOO_SMALL.points
    return Calibration(
        version=VERSION,
        prompt=prompt,
        points=curve,
        misconceptions=msgspec.structs.replace(curve, met=max(curve.met, 0.95)),
        model=Fingerprint(
            name=info.name,
            architecture=info.architecture,
            parameters=info.parameters,
            bytes=info.bytes,
        ),
        fitted_on=f"{len(cases)} built-in verdicts",
        figures=_figures(differences, cases),
    )


def can_grade(calibration: Calibration) -> bool:
    """Whether it decides anything at all."""
    return calibration.points.met <= 1 or calibration.points.unmet > 0


def _curve(differences: Sequence[float], labels: Sequence[bool]) -> Curve:
    bias, slope = platt(differences, labels)
    probabilities = [sigmoid(bias + slope * difference) for difference in differences]
    unmet, met = thresholds(probabilities, labels, RIGHT)
    return Curve(
        bias=round(bias, 4), margin=round(slope, 4), baseline=round(-slope, 4),
        unmet=round(unmet, 4), met=round(met, 4),
    )  # fmt: skip


def _figures(differences: Sequence[float], cases: Sequence[Tried]) -> dict[str, float]:
    """AUC and the ends of its 95 % interval, a language."""
    found: dict[str, float] = {}
    for language in LANGUAGES:
        part = [
            (d, c.stated) for d, c in zip(differences, cases, strict=True) if c.language == language
        ]
        scores, labels = [d for d, _ in part], [stated for _, stated in part]
        value = auc(scores, labels)
        if math.isnan(value):
            continue
        error = 1.96 * auc_error(value, sum(labels), len(labels) - sum(labels))
        found |= {
            f"self_test_n_{language}": float(len(part)),
            f"self_test_auc_{language}": round(value, 3),
            f"self_test_auc_low_{language}": round(max(0.0, value - error), 3),
            f"self_test_auc_high_{language}": round(min(1.0, value + error), 3),
        }
    return found
