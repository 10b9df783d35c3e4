"""What the grader has to reach, each figure beside what it is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tests.benchmarks.grading.graders import JUDGE
from tests.benchmarks.grading.table import Line

GPT_4 = {"sciEntsBank": 0.744, "beetle": 0.611}
"""Macro-F1 of zero-shot GPT-4 (Kortemeyer 2023)."""
ATTACKS_ACCEPTED = 0.03
FEWEST_ATTACKS = 40


class Target(NamedTuple):
    what: str
    value: float
    reach: float
    at_most: bool = False

    @property
    def met(self) -> bool:
        """Never for what is no number."""
        return self.value <= self.reach if self.at_most else self.value >= self.reach

    def __str__(self) -> str:
        sign, said = "<=" if self.at_most else ">=", "met" if self.met else "MISSED"
        shown = "-" if math.isnan(self.value) else f"{self.value:.3f}"
        return f"  {self.what:<64} {shown:>7}  {sign} {self.reach:<6g} {said}"


def targets(
    lines: Sequence[Line], attacks: dict[tuple[str, str], tuple[int, int]]
) -> Iterator[Target]:
    """Every figure that there are lines for."""
    judge = {line.group: line for line in lines if line.way == JUDGE.name}
    accuracy = {"sciEntsBank": 0.80, "beetle": 0.86}
    for name, reach in accuracy.items():
        if line := judge.get(f"{name}, unseen answers"):
            yield Target(f"{name}: accuracy, 2-way, unseen answers", line.accuracy.value, reach)
            yield Target(f"{name}: macro-F1, above zero-shot GPT-4", line.macro_f1, GPT_4[name])
    if line := judge.get("klue-nli, unseen premises"):
        yield Target("KLUE-NLI: accuracy, entailed or not, balanced", line.accuracy.value, 0.80)
    gold = {lang: judge.get(f"own gold, unseen questions, {lang}") for lang in ("en", "ko")}
    for language, line in gold.items():
        if line is not None:
            yield Target(f"own gold, {language}: accuracy a point", line.accuracy.value, 0.88)
            yield Target(f"own gold, {language}: right of what is decided", line.right, 0.92)
            yield Target(f"own gold, {language}: share decided", line.decided, 0.60)
            yield Target(
                f"own gold, {language}: expected calibration error", line.ece, 0.05, at_most=True
            )
    if gold["en"] and gold["ko"]:
        gap = abs(gold["en"].accuracy.value - gold["ko"].accuracy.value)
        yield Target("own gold: between the languages", gap, 0.04, at_most=True)
    kinds = sorted({kind for kind, _ in attacks})
    for kind in kinds:
        counts = [attacks[key] for key in attacks if key[0] == kind]
        full, total = sum(c[0] for c in counts), sum(c[1] for c in counts)
        yield Target(
            f"accepted as full: {kind} (n = {total})",
            full / total if total >= FEWEST_ATTACKS else math.nan,
            ATTACKS_ACCEPTED,
            at_most=True,
        )
