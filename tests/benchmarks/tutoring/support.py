"""How well it is told what the lesson says: a hundred sentences labelled by hand, put to the judge as the tutor puts them.

The curve is fitted on two hundred others, of other subjects.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct

from tests.benchmarks.grading import metrics
from tests.benchmarks.grading.wearing import OPEN
from tests.benchmarks.tutoring.record import Margin, Record
from tests.benchmarks.tutoring.sentences import Labelled, given, to_fit, to_test
from tutor.grading.calibration import Calibration, Curve
from tutor.grading.platt import platt, sigmoid
from tutor.grading.rubric import Judge
from tutor.tutoring.support import by_words, share
from tutor.tutoring.supported import Support, case_of, decided

UNMARKED = 0.05
"""The share of unsupported sentences that may pass without a mark."""
HEAD = f"{'':<22} {'n':>4} {'accuracy':>9} {'AUC':>6} {'ECE':>6} {'unmarked':>9} {'marked in vain':>15}"


class Row(Struct, frozen=True):
    """A sentence, the best margin (nats) among its candidates, what needs no judge (None where one is asked), its best
    share of n-grams, and what that alone says."""

    of: Labelled
    margin: float
    decided: bool | None
    share: float
    by_words: bool


class Told(Struct, frozen=True):
    """A row and what is made of it: a probability, and whether it passes without a mark."""

    row: Row
    probability: float
    passes: bool


async def ask_all(record: Record, judge: Judge) -> AsyncIterator[Margin]:
    """The judge about each sentence that is not in the record. Raises ModelError."""
    support = Support(judge, OPEN)
    for row in [*to_test(), *to_fit()]:
        if record.has("sentence", row.id):
            continue
        asked = case_of(row.sentence, (0, len(row.sentence)), given(row))
        margins = [await support.margin(asked.sentence, passage) for passage in asked.candidates]
        yield Margin(sentence=row.id, margin=round(max(margins), 4))


def rows(margins: Mapping[str, float], of: Sequence[Labelled]) -> list[Row]:
    """What was measured of these sentences, beside what their words say."""
    found = []
    for row in of:
        if row.id in margins:
            among = given(row)
            reached = max(share(row.sentence, passage) for passage in among)
            words = by_words(row.sentence, (0, len(row.sentence)), among, row.language)
            # As the program does it: one that has to be asked about is asked about, whatever the other passage lacks.
            asked = case_of(row.sentence, (0, len(row.sentence)), among).candidates
            known = {decided(row.sentence, passage) for passage in asked}
            sure = True if True in known else None if None in known else False
            found.append(Row(row, margins[row.id], sure, reached, words.supported))
    return found


def fit(of: Sequence[Row]) -> Curve:
    """Platt's curve for what has to be asked about, and the least threshold at which at most UNMARKED of what is not
    supported passes."""
    asked = [row for row in of if row.decided is None]
    labels = [row.of.supported for row in asked]
    bias, slope = platt([row.margin for row in asked], labels)
    bias, slope = round(bias, 4), round(slope, 4)
    passing = sorted(
        (sigmoid(bias + slope * row.margin) for row in asked if not row.of.supported), reverse=True
    )
    allowed = int(UNMARKED * len(passing))
    threshold = max(0.5, passing[allowed] + 0.0001) if allowed < len(passing) else 0.5
    met = round(min(1.0, threshold), 4)
    return Curve(bias=bias, margin=slope, baseline=0.0, unmet=met, met=met)


def by_curve(of: Sequence[Row], curve: Curve) -> list[Told]:
    said = [curve.probability(row.margin, 0.0) for row in of]
    return [
        Told(row, p, curve.state(p) == "met" if row.decided is None else row.decided)
        for row, p in zip(of, said, strict=True)
    ]


def unmarked(told: Sequence[Told]) -> float:
    """The share of the unsupported that pass, 0..1."""
    false = [each.passes for each in told if not each.row.of.supported]
    return sum(false) / max(1, len(false))


def report(of: Sequence[Row], calibration: Calibration) -> Iterator[str]:
    """The table, all together and a language, of what ships, of the rubric's curve and of words alone; then what of it
    passes by kind."""
    judged = by_curve(of, calibration.support or calibration.points)
    words = [Told(row, row.share, row.by_words) for row in of]
    ways = [("judge", judged), ("words", words)]
    if calibration.support is not None:
        ways.insert(1, ("judge, rubric's curve", by_curve(of, calibration.points)))
    for language in (None, "en", "ko"):
        yield f"\n{language or 'both languages'}\n{HEAD}"
        for name, told in ways:
            part = [each for each in told if language in (None, each.row.of.language)]
            yield _line(name, part)
    yield "\nleft unmarked by kind: judge, words, of"
    for kind, part in _by(judged, lambda each: each.row.of.kind).items():
        passed, alone = sum(each.passes for each in part), sum(each.row.by_words for each in part)
        yield f"  {kind:<24} {passed:>3} {alone:>3} {len(part):>3}"


def _by(told: Sequence[Told], key: Callable[[Told], str]) -> dict[str, list[Told]]:
    found: dict[str, list[Told]] = defaultdict(list)
    for each in told:
        found[key(each)].append(each)
    return found


def _line(name: str, told: Sequence[Told]) -> str:
    labels = [each.row.of.supported for each in told]
    said = np.asarray([each.probability for each in told], float)
    true = np.asarray(labels, float)
    right = sum(a.passes == b for a, b in zip(told, labels, strict=True)) / max(1, len(told))
    vain = [not a.passes for a, b in zip(told, labels, strict=True) if b]
    return (
        f"{name:<22} {len(told):>4} {right:>9.3f} {metrics.auc(said, true):>6.3f} {metrics.ece(said, true):>6.3f}"
        f" {unmarked(told):>9.3f} {sum(vain) / max(1, len(vain)):>15.3f}"
    )
