"""How a model grades the answers that people graded: `python -m tests.benchmarks.grading --model NAME`.

Prints, for every `explain` item in both languages, the expected score of a right, a half-right, a wrong and an empty
answer and whether they come in that order; then, per point, accuracy, share decided and AUC, fitted and held out apart,
beside the majority. `--fit` writes the model's calibration from the items that are not held out.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from tests.benchmarks.fitting import auc, fit, thresholds
from tests.benchmarks.gold import Row, held_out, rows
from tests.benchmarks.margins import RememberingClient
from tutor.content.schema import Language, Misconception, Point
from tutor.grading import prompts
from tutor.grading.answer import ExplainAnswer
from tutor.grading.calibration import Calibration, Curve, Fingerprint
from tutor.grading.grader import Grader
from tutor.grading.overrule import expected_score
from tutor.grading.rubric import DONT_KNOW
from tutor.grading.verdict import Verdict
from tutor.llm.catalog import load_catalog
from tutor.llm.hosted import HostedClient
from tutor.llm.installed import resolve
from tutor.llm.protocol import ModelInfo
from tutor.paths import bundled, model_roots, places

ORDERED = ("right", "half", "wrong")
COLUMNS = (
    ("n", 6),
    ("majority", 8),
    ("accuracy", 8),
    ("decided", 7),
    ("right_of_decided", 16),
    ("auc", 5),
)
Margins = dict[tuple[str, Language, str, str], tuple[float, float]]


async def margins_of(client: RememberingClient, wanted: Sequence[Row]) -> Margins:
    """(item, language, kind, claim) -> the margin of the answer and that of "I don't know"."""
    found: Margins = {}

    async def margin(row: Row, text: str, claim: str) -> float:
        question = row.item.prompt[row.answer.language]
        yes, no = await client.choose(
            prompts.messages(question, text, claim), [prompts.YES, prompts.NO]
        )
        return yes.logprob - no.logprob

    for at, row in enumerate(wanted):
        print(f"\r{at}/{len(wanted)} answers, {client.computed} computed", end="", file=sys.stderr)
        language = row.answer.language
        claims: tuple[Point | Misconception, ...] = (*row.item.points, *row.item.misconceptions)
        for claim in claims:
            text = claim.text[language]
            found[row.item.id, language, row.answer.kind, claim.id] = (
                await margin(row, row.answer.text, text),
                await margin(row, DONT_KNOW[language], text),
            )
    print(file=sys.stderr)
    return found


def samples(
    wanted: Sequence[Row], margins: Margins, *, points: bool
) -> list[tuple[Row, tuple[float, float], bool]]:
    """Each claim about each answer, with what people say of it."""
    out = []
    for row in wanted:
        truth = row.answer.points if points else row.answer.misconceptions
        for claim in row.item.points if points else row.item.misconceptions:
            key = (row.item.id, row.answer.language, row.answer.kind, claim.id)
            out.append((row, margins[key], claim.id in truth))
    return out


def curve(found: list[tuple[Row, tuple[float, float], bool]], right: float) -> Curve:
    """Fit on what is not held out; met and unmet each right at least `right` of the time there."""
    used = [(margins, label) for row, margins, label in found if not held_out(row.item.id)]
    features = np.array([margins for margins, _ in used])
    labels = np.array([label for _, label in used], float)
    bias, margin, baseline = (round(float(w), 4) for w in fit(features, labels))
    plain = Curve(bias=bias, margin=margin, baseline=baseline, unmet=0, met=1)
    probabilities = np.array([plain.probability(*margins) for margins, _ in used])
    unmet, met = thresholds(probabilities, labels, right)
    return msgspec.structs.replace(plain, unmet=round(unmet, 4), met=round(met, 4))


def calibrate(
    wanted: Sequence[Row], margins: Margins, info: ModelInfo, name: str, sha256: str | None
) -> Calibration:
    points = curve(samples(wanted, margins, points=True), 0.92)
    return Calibration(
        version=f"gold-1:{name}",
        prompt=prompts.VERSION,
        points=points,
        misconceptions=curve(samples(wanted, margins, points=False), 0.9),
        model=Fingerprint(
            name=name,
            architecture=info.architecture,
            parameters=info.parameters,
            bytes=info.bytes,
            sha256=sha256,
        ),
        fitted_on="content/*/gold.yaml without the held-out items (CC BY 4.0)",
        figures={
            f"held_out_{name}_{language}": value
            for language in ("en", "ko")
            for name, value in figures(wanted, margins, points, language, of_held_out=True).items()
        },
    )


async def order_table(grader: Grader, wanted: Sequence[Row]) -> tuple[int, int, int]:
    """Print a line an item and language; how many are in order, of how many, and how many empty answers score 0."""
    by_item: dict[tuple[str, Language], dict[str, Row]] = defaultdict(dict)
    for row in wanted:
        by_item[row.item.id, row.answer.language][row.answer.kind] = row
    print(f"{'item':<40} lang  right   half  wrong  empty  order")
    right_order = empty_zero = 0
    for (id, language), kinds in by_item.items():
        item = kinds["right"].item
        scores = []
        for kind in (*ORDERED, ""):
            answer = ExplainAnswer(kinds[kind].answer.text if kind else "")
            verdict = await grader.grade(item, answer, language)
            check_shape(verdict)
            scores.append(expected_score(item.points, verdict.points))
        in_order = scores[0] > scores[1] > scores[2]
        right_order += in_order
        empty_zero += scores[3] == 0
        cells = " ".join(f"{score:6.2f}" for score in scores)
        print(
            f"{id:<40} {language}  {cells}   {'ok' if in_order else 'WRONG'}{' held out' if held_out(id) else ''}"
        )
    return right_order, len(by_item), empty_zero


def check_shape(verdict: Verdict) -> None:
    """What `tutor grade --json` prints is what the design says. Raises ValueError."""
    printed = json.loads(msgspec.json.encode(verdict))
    wanted = {
        "item", "language", "score", "verdict", "points", "misconceptions", "feedback", "versions", "elapsed_ms",
    }  # fmt: skip
    if set(printed) != wanted or verdict.score is None:
        raise ValueError(f"not a whole verdict: {printed}")


def figures(
    wanted: Sequence[Row], margins: Margins, points: Curve, language: str, *, of_held_out: bool
) -> dict[str, float]:
    """n, majority, accuracy at .5, share decided, how much of that is right, AUC; empty without such rows."""
    part = [
        s
        for s in samples(wanted, margins, points=True)
        if held_out(s[0].item.id) is of_held_out and s[0].answer.language == language
    ]
    if not part:
        return {}
    truth = np.array([s[2] for s in part])
    p = np.array([points.probability(*s[1]) for s in part])
    decided = (p >= points.met) | (p < points.unmet)
    right = ((p >= points.met) == truth)[decided].mean() if decided.any() else float("nan")
    found = {
        "n": len(part),
        "majority": max(truth.mean(), 1 - truth.mean()),
        "accuracy": ((p >= 0.5) == truth).mean(),
        "decided": decided.mean(),
        "right_of_decided": right,
        "auc": auc(p.tolist(), truth.tolist()),
    }
    return {name: round(float(value), 3) for name, value in found.items() if np.isfinite(value)}


def print_points(wanted: Sequence[Row], margins: Margins, calibration: Calibration) -> None:
    """A line for each language, fitted and held out apart."""
    print(f"\n{'points':<14} " + "  ".join(f"{name:<{width}}" for name, width in COLUMNS))
    for label, of_held_out in (("fitted", False), ("held out", True)):
        for language in ("en", "ko"):
            found = figures(wanted, margins, calibration.points, language, of_held_out=of_held_out)
            cells = "  ".join(f"{found.get(name, '-'):<{width}}" for name, width in COLUMNS)
            print(f"{label + ', ' + language:<14} {cells}")


async def main(arguments: argparse.Namespace) -> int:
    at = places()
    catalog = load_catalog(bundled("models") / "catalog.yaml")
    path = resolve(arguments.model, model_roots(at, arguments.environ), catalog)
    known = next((m for m in catalog.models if m.file == path.name), None)
    hosted = HostedClient(log=at.log / "benchmark.log")
    try:
        info = await hosted.load(path)
        client = RememberingClient(hosted, info, arguments.memory)
        everything = list(rows())
        wanted = (
            everything
            if arguments.all or arguments.fit
            else [r for r in everything if r.answer.kind in ORDERED]
        )
        margins = await margins_of(client, wanted)
        folder = bundled("models") / "grading"
        if arguments.fit:
            name = known.name if known else path.stem
            fitted = calibrate(wanted, margins, info, name, known.sha256 if known else None)
            folder.mkdir(exist_ok=True)
            text = msgspec.json.format(msgspec.json.encode(fitted), indent=2)
            (folder / f"{name}.json").write_bytes(text + b"\n")
        grader = Grader(client, calibrations=folder)
        right, total, zeros = await order_table(
            grader, [r for r in wanted if r.answer.kind in ORDERED]
        )
        calibration = await grader.calibration()
        print_points(wanted, margins, calibration)
        print(
            f"\nin the right order: {right} of {total} ({right / total:.0%}); empty answers at 0: {zeros} of {total}"
        )
        print(f"model {info.name}, prompt {prompts.VERSION}, calibration {calibration.version}")
        return 0 if right >= 0.8 * total and zeros == total else 1
    finally:
        await hosted.close()


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
    import os

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--model", default="qwen2.5-coder-1.5b", help="a name of the catalogue or a path"
    )
    parser.add_argument(
        "--all", action="store_true", help="also paraphrased, mixed, vague and copied answers"
    )
    parser.add_argument(
        "--fit", action="store_true", help="fit the calibration first (implies --all)"
    )
    parser.add_argument(
        "--memory", type=Path, help="a file that keeps log-probabilities between runs"
    )
    arguments = parser.parse_args(argv)
    arguments.environ = os.environ
    if arguments.memory is None:
        arguments.memory = places().cache / "benchmark-grading.jsonl"
    arguments.memory.parent.mkdir(parents=True, exist_ok=True)
    return arguments


if __name__ == "__main__":
    sys.exit(asyncio.run(main(parse())))
