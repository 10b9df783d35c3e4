"""How well it is told what the lesson says: `python -m tests.benchmarks.tutoring.support --model NAME`.

A hundred sentences labelled by hand go to the judge on the path that the tutor takes, and to the comparison of words that
other models are left with. Half of them, by id, fit the curve and the threshold; the other half is what is reported, beside
the curve for rubric points that is used where none was fitted. `--fit` writes the curve into the model's calibration.
Exit code 0, 2 for a model that is not here.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections import defaultdict
from collections.abc import Sequence

import msgspec
import numpy as np
from msgspec import Struct

from tests.benchmarks.grading import metrics
from tests.benchmarks.grading.calibrate import write_calibration
from tests.benchmarks.grading.wearing import OPEN, worn
from tests.benchmarks.tutoring.sentences import Labelled, course, given, labelled
from tutor.grading.calibration import Calibration, Curve, Fingerprint, load_all
from tutor.grading.platt import platt, sigmoid
from tutor.llm.catalog import load_catalog
from tutor.llm.hosted import HostedClient
from tutor.llm.installed import ModelNotFound, resolve
from tutor.llm.protocol import ModelError
from tutor.paths import bundled, model_roots, places
from tutor.tutoring.support import by_words, share
from tutor.tutoring.supported import Support, case_of

UNMARKED = 0.05
"""The share of unsupported sentences that may pass without a mark."""
HEAD = f"{'':<22} {'n':>4} {'accuracy':>9} {'AUC':>6} {'ECE':>6} {'unmarked':>9} {'marked in vain':>15}"


class Row(Struct, frozen=True):
    """A sentence, the best margin (nats) among its candidates, its best share of n-grams, and what that alone says."""

    of: Labelled
    margin: float
    share: float
    by_words: bool


async def measure(model: str, limit: int | None) -> tuple[list[Row], Fingerprint]:
    """Ask the judge about each sentence. Raises ModelError, ModelNotFound."""
    catalog = load_catalog(bundled("models") / "catalog.yaml")
    client = HostedClient(log=places().log / "benchmark.log")
    try:
        info = await client.load(resolve(model, model_roots(places(), os.environ), catalog))
        judge, about = await worn(client, info, catalog.find(model), tuned=True)
        if about.model is None:
            raise ValueError("no model was measured")
        support, rows, lessons = Support(judge, OPEN), [], course()
        for row in labelled()[:limit]:
            among = given(row, lessons)
            whole = (0, len(row.sentence))
            asked = case_of(row.sentence, whole, among)
            margins = [
                await support.margin(asked.sentence, passage) for passage in asked.candidates
            ]
            rows.append(
                Row(
                    row,
                    max(margins),
                    max(share(row.sentence, passage) for passage in among),
                    by_words(row.sentence, whole, among, row.language).supported,
                )
            )
            print(f"\r{len(rows)}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        return rows, about.model
    finally:
        await client.close()


def fit(rows: Sequence[Row]) -> Curve:
    """Platt's curve, and the least threshold at which at most UNMARKED of the unsupported ones pass."""
    labels = [row.of.supported for row in rows]
    bias, slope = platt([row.margin for row in rows], labels)
    bias, slope = round(bias, 4), round(slope, 4)
    passing = sorted(
        (sigmoid(bias + slope * row.margin) for row in rows if not row.of.supported), reverse=True
    )
    allowed = int(UNMARKED * len(passing))
    threshold = max(0.5, passing[allowed] + 0.0001) if allowed < len(passing) else 0.5
    met = round(min(1.0, threshold), 4)
    return Curve(bias=bias, margin=slope, baseline=0.0, unmet=met, met=met)


def line(name: str, rows: Sequence[Row], p: Sequence[float], passed: Sequence[bool]) -> str:
    """One line of the table. `p`: what ranks them, probabilities where ECE is to mean something; `passed`: left unmarked."""
    labels = [row.of.supported for row in rows]
    said, true = np.asarray(p, float), np.asarray(labels, float)
    right = sum(a == b for a, b in zip(passed, labels, strict=True)) / max(1, len(rows))
    false = [a for a, b in zip(passed, labels, strict=True) if not b]
    vain = [not a for a, b in zip(passed, labels, strict=True) if b]
    return (
        f"{name:<22} {len(rows):>4} {right:>9.3f} {metrics.auc(said, true):>6.3f} {metrics.ece(said, true):>6.3f}"
        f" {sum(false) / max(1, len(false)):>9.3f} {sum(vain) / max(1, len(vain)):>15.3f}"
    )


def judged(name: str, rows: Sequence[Row], curve: Curve) -> str:
    p = [curve.probability(row.margin, 0.0) for row in rows]
    return line(name, rows, p, [curve.state(each) == "met" for each in p])


def report(rows: Sequence[Row], curve: Curve, points: Curve | None) -> None:
    """The half that nothing was fitted on, all together and a language; then what passed by kind."""
    test = [row for row in rows if not row.of.to_fit]
    for language in (None, "en", "ko"):
        part = [row for row in test if language in (None, row.of.language)]
        if not part:
            continue
        print(f"\n{language or 'both languages'}\n{HEAD}")
        print(judged("judge, fitted", part, curve))
        if points is not None:
            print(judged("judge, rubric's curve", part, points))
        print(line("words", part, [row.share for row in part], [row.by_words for row in part]))
    kinds: dict[str, list[Row]] = defaultdict(list)
    for row in test:
        kinds[row.of.kind].append(row)
    print("\nleft unmarked by kind: judge, words, of")
    for kind, part in kinds.items():
        passed = sum(curve.state(curve.probability(row.margin, 0.0)) == "met" for row in part)
        print(f"  {kind:<24} {passed:>3} {sum(row.by_words for row in part):>3} {len(part):>3}")


def calibration_of(model: Fingerprint) -> Calibration | None:
    """What ships for the model."""
    found = load_all(bundled("models") / "grading")
    return next((each for each in found if each.model == model and each.adapter is not None), None)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="qwen2.5-coder-1.5b", help="a name of the catalogue")
    parser.add_argument("--limit", type=int, help="only the first sentences, to see that it works")
    parser.add_argument("--fit", action="store_true", help="write the curve into the calibration")
    arguments = parser.parse_args(argv)
    try:
        rows, model = asyncio.run(measure(arguments.model, arguments.limit))
    except (ModelNotFound, ModelError) as error:
        print(error, file=sys.stderr)
        return 2
    curve, shipped = fit([row for row in rows if row.of.to_fit]), calibration_of(model)
    print(msgspec.json.encode(curve).decode())
    report(rows, curve, shipped.points if shipped else None)
    if arguments.fit and shipped is not None and arguments.limit is None:
        print(f"written: {write_calibration(msgspec.structs.replace(shipped, support=curve))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
