"""What is said of how a model grades, on the models screen and by `tutor models list`. No Textual here."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from tutor.content.schema import LANGUAGES, Language
from tutor.grading.agreement import Agreement, agreement
from tutor.grading.calibration import Calibration, load_all
from tutor.grading.self_test import can_grade
from tutor.paths import bundled
from tutor.ui.model_choices import ModelChoice
from tutor.ui.strings import Strings


def agreement_of(choice: ModelChoice) -> dict[Language, Agreement]:
    """By language; empty for a model that was not measured."""
    return agreement(shipped(), choice.catalogued.sha256 if choice.catalogued else None)


def grading_text(choice: ModelChoice, strings: Strings, tried: Sequence[Calibration] = ()) -> str:
    """How it compares with people, or what came of trying it here; "" where nobody has looked."""
    if found := agreement_of(choice):
        return _agreement_text(found, strings)
    name = choice.path.stem if choice.path else ""
    own = next((each for each in tried if each.model and each.model.name == name), None)
    if own is not None:
        return _tried_text(own, strings)
    known = choice.catalogued
    return strings("models.no_grading") if known is not None and known.measured else ""


def _agreement_text(found: dict[Language, Agreement], strings: Strings) -> str:
    parts = [
        strings(
            "models.agreement_in",
            language=strings(f"models.language.{language}"),
            right=_percent(each.right),
            decided=_percent(each.decided),
        )
        for language, each in found.items()
    ]
    return strings("models.agreement", parts=" · ".join(parts))


def _tried_text(found: Calibration, strings: Strings) -> str:
    figures = found.figures
    parts = [
        strings(
            "models.tried_in",
            language=strings(f"models.language.{language}"),
            right=_percent(figures[f"self_test_auc_{language}"]),
            low=_percent(figures[f"self_test_auc_low_{language}"]),
            high=_percent(figures[f"self_test_auc_high_{language}"]),
        )
        for language in LANGUAGES
        if f"self_test_auc_{language}" in figures
    ]
    key = "models.tried" if can_grade(found) else "models.tried_in_vain"
    return strings(key, parts=" · ".join(parts))


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


@cache
def shipped() -> tuple[Calibration, ...]:
    """The calibrations that come with the program."""
    return tuple(load_all(bundled("models") / "grading"))
