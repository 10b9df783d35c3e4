"""How a model's grading agrees with people: `python -m tests.benchmarks.grading --model NAME`.

The table is computed from what was measured and kept in `measured/`, in seconds. `--collect` measures: it asks the model
about every case, on the path that the grader takes, and goes on where it was cut off; `--data` is the folder of public
graded answers, without which only the project's own are asked about. `--fit` writes the model's calibration and what it reaches. Exit code 0
when every target is met, 1 when one is missed, 2 for wrong usage.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from tests.benchmarks.grading import collect, record
from tests.benchmarks.grading.calibrate import calibrated, write_calibration
from tests.benchmarks.grading.graders import JUDGE, fitted
from tests.benchmarks.grading.lexical import features
from tests.benchmarks.grading.public import klue_nli, semeval
from tests.benchmarks.grading.record import About, Measured, blank
from tests.benchmarks.grading.table import (
    ALL_WAYS,
    HEAD,
    WAYS,
    Line,
    accepted,
    by_kind,
    groups,
    lines,
    scored,
    unseen_questions,
)
from tests.benchmarks.grading.targets import Target, targets
from tests.benchmarks.grading.wearing import worn
from tests.benchmarks.grading.written import PRACTICE
from tutor.llm.catalog import load_catalog
from tutor.llm.hosted import HostedClient
from tutor.llm.installed import ModelNotFound, resolve
from tutor.paths import bundled, model_roots, places

ROWS = 300
LEXICAL_FILE = record.FOLDER / "text-only.jsonl.gz"


def text_only(data: Path) -> list[Measured]:
    """The features of the public train sets, for the floor without a model."""
    cases = [*semeval(data, "sciEntsBank"), *semeval(data, "beetle"), *klue_nli(data)]
    return [replace(blank(case), signals=features(case)) for case in cases if case.split != "test"]


async def measure(arguments: argparse.Namespace) -> tuple[About, list[Measured]]:
    """Ask the model about every case. Raises ModelError, ModelNotFound."""
    catalog = load_catalog(bundled("models") / "catalog.yaml")
    known = catalog.find(arguments.model)
    model = resolve(arguments.model, model_roots(places(), os.environ), catalog)
    client = HostedClient(log=places().log / "benchmark.log", threads=arguments.threads)
    try:
        info = await client.load(model)
        judge, about = await worn(client, info, known, tuned=not arguments.untuned)
        collector = collect.Collector(judge, client, about, collect.Memory(arguments.memory))
        cases = collect.cases(arguments.data, PRACTICE, None if arguments.full else arguments.rows)
        if arguments.sets:
            cases = [case for case in cases if case.set in arguments.sets]
        found = await collector.measured(cases, baseline=arguments.baseline)
        naive = await collector.naive(collect.for_the_floor(cases, arguments.naive))
        opposed = await collector.opposed(collect.for_the_floor(cases, arguments.opposed))
        floor = {case: {"naive": margin} for case, margin in naive.items()}
        return about, _with(_with(found, floor), opposed)
    finally:
        await client.close()


def _beside(path: Path, about: About, rows: list[Measured]) -> tuple[About, list[Measured]]:
    """What was measured now, and the sets of the same model, prompt and adapter that were measured before."""
    known, before = record.read(path) if path.exists() else (None, [])
    now = {row.set for row in rows}
    return about, rows + [row for row in before if known == about and row.set not in now]


def _with(rows: list[Measured], signals: dict[str, dict[str, float]]) -> list[Measured]:
    """The rows, each with the further signals that there are for it."""
    return [replace(row, signals={**row.signals, **signals.get(row.id, {})}) for row in rows]


def report(
    name: str, rows: Sequence[Measured], lexical: Sequence[Measured], *, ablations: bool
) -> list[Target]:
    """Print the whole table; its targets."""
    found: list[Line] = []
    for group in groups(rows, lexical):
        print(f"\n{group.name}\n{HEAD}")
        for line in lines(group, ALL_WAYS if ablations else WAYS):
            found.append(line)
            print(line)
    for line in unseen_questions(rows):
        print(f"\n{line.group}\n{line}")
    print("\nscores of people on unseen answers (saf) and on pairs of sentences (klue-sts)")
    for against in scored(rows):
        print(f"  {against.set}\n{against}")
    points = fitted(JUDGE, [r for r in rows if r.set in ("gold", "practice") and r.split == "fit"])
    attacks = accepted(
        [
            r
            for r in rows
            if r.set == "attack" or (r.set == "gold" and r.kind in collect.MISLEADING)
        ],
        points,
    )
    print("\nattacks accepted as full: kind, language, accepted, of")
    for (kind, language), (full, total) in attacks.items():
        print(f"  {kind:<24} {language}  {full:>3} {total:>4}")
    print("\nown gold, unseen questions, by kind of answer: points, accuracy, share decided")
    for kind, (n, right, sure) in by_kind(
        [r for r in rows if r.set == "gold" and r.split == "test"], points
    ).items():
        print(f"  {kind:<24} {n:>4}  {right:.3f}  {sure:.3f}")
    print(f"\ntargets, {name}")
    goals = list(targets(found, attacks))
    for goal in goals:
        print(goal)
    print(f"{sum(goal.met for goal in goals)} of {len(goals)} met")
    return goals


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="qwen2.5-coder-0.5b", help="a name of the catalogue")
    parser.add_argument(
        "--untuned",
        action="store_true",
        help="without the model's adapter, with judged examples instead",
    )
    parser.add_argument(
        "--collect", action="store_true", help="measure with the model, and keep what was measured"
    )
    parser.add_argument("--data", type=Path, help="the folder of public graded answers")
    parser.add_argument("--rows", type=int, default=ROWS, help="cases of each public set and split")
    parser.add_argument("--full", action="store_true", help="all of them")
    parser.add_argument(
        "--baseline", action="store_true", help="also what an empty-handed answer scores"
    )
    parser.add_argument(
        "--naive", type=int, default=100, help="cases of each set for the naive prompt"
    )
    parser.add_argument(
        "--opposed",
        type=int,
        default=100,
        help="cases of each set for the opposite question and claim",
    )
    parser.add_argument(
        "--sets",
        nargs="+",
        metavar="SET",
        help="only these, with --collect, beside what is kept of the others; all by default",
    )
    parser.add_argument("--fit", action="store_true", help="write the calibration")
    parser.add_argument("--no-ablations", action="store_true")
    parser.add_argument(
        "--threads", type=int, help="of the model; it finds out by itself by default"
    )
    parser.add_argument("--memory", type=Path, help="a file that keeps each number as it comes")
    arguments = parser.parse_args(argv)
    if arguments.memory is None:
        arguments.memory = places().cache / "benchmark-grading.jsonl"
    return arguments


def main(argv: Sequence[str] | None = None) -> int:
    arguments = parse(argv)
    name = f"{arguments.model}-untuned" if arguments.untuned else arguments.model
    path = record.path_of(name)
    if arguments.collect:
        arguments.memory.parent.mkdir(parents=True, exist_ok=True)
        try:
            record.write(path, *_beside(path, *asyncio.run(measure(arguments))))
        except ModelNotFound as error:
            print(error, file=sys.stderr)
            return 2
        if arguments.data is not None:
            record.write(LEXICAL_FILE, About(), text_only(arguments.data))
    if not path.exists():
        print(f"nothing is measured of {name}; add --collect", file=sys.stderr)
        return 2
    about, rows = record.read(path)
    lexical = record.read(LEXICAL_FILE)[1] if LEXICAL_FILE.exists() else []
    if arguments.fit:
        print(f"written: {write_calibration(calibrated(about, rows))}")
    rows = collect.with_beliefs(rows)
    goals = report(name, rows, lexical, ablations=not arguments.no_ablations)
    if arguments.fit:
        reached = sorted(goal.what for goal in goals if goal.met)
        path.with_name(f"{name}.reached").write_text("".join(f"{what}\n" for what in reached))
    return 0 if goals and all(goal.met for goal in goals) else 1


if __name__ == "__main__":
    sys.exit(main())
