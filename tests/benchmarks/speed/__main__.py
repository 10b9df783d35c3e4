"""How fast the model process is, every figure beside its target: `python -m tests.benchmarks.speed`.

Each figure is a ratio of two things measured turn about in the same run: the median of the rounds' ratios, with their
lowest and highest. Exit code 0 when every figure is met, 1 when one is missed or could not be measured, 2 for wrong
usage. The machine should have nothing else to do; where it has more than two cores, two are used.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
from platformdirs import user_cache_path

from tests.benchmarks.speed.bench import QUICK, Bench, Effort
from tests.benchmarks.speed.figures import FIGURES, measured
from tests.benchmarks.speed.table import HEAD, Row, as_json, lines, verdict
from tutor.llm.catalog import load_catalog
from tutor.llm.installed import ModelNotFound, resolve
from tutor.paths import bundled, model_roots, places

MODELS = ("smollm2-135m", "qwen2.5-coder-0.5b")
FEWEST_ROUNDS = 5
CORES = 2


def find(names: Sequence[str]) -> dict[str, Path]:
    """The files of those models that are on this machine; the others are named on standard error."""
    cache = os.environ.get("TUTOR_TEST_MODELS") or user_cache_path("llm-tutor-tests")
    roots = [*model_roots(places()), Path(cache)]
    catalog = load_catalog(bundled("models") / "catalog.yaml")
    found = {}
    for name in names:
        try:
            found[name] = resolve(name, roots, catalog)
        except ModelNotFound as error:
            note(str(error))
    return found


async def run(
    models: dict[str, Path], figures: Sequence[str], effort: Effort, *, table: bool
) -> list[Row]:
    """Every figure for every model, in turn; with `table` each line is printed as it is known."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="tutor-speed") as folder:
        os.environ["TUTOR_HOME"] = folder
        for name, path in models.items():
            bench = Bench(path, Path(folder), effort)
            if table:
                quick = "; quick: the numbers say nothing" if effort is QUICK else ""
                print(f"\n{name}, {CORES} cores, {effort.rounds} rounds{quick}\n{HEAD}", flush=True)
            for figure in figures:
                note(f"{name}: {FIGURES[figure].what} ...")
                rows.append(await measured(figure, name, bench))
                if table:
                    print(*lines(rows[-1]), sep="\n", flush=True)
    return rows


def use_two_cores() -> None:
    """This process and all it starts stay on two cores, no two of them halves of one."""
    if not hasattr(os, "sched_setaffinity"):
        return
    chosen: dict[str, int] = {}
    for cpu in sorted(os.sched_getaffinity(0)):
        halves = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
        chosen.setdefault(halves.read_text() if halves.exists() else str(cpu), cpu)
    os.sched_setaffinity(0, list(chosen.values())[:CORES])


def note(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
    described = "\n".join(f"  {name:<12} {figure.what}" for name, figure in FIGURES.items())
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.speed",
        description=__doc__,
        epilog=f"figures:\n{described}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--model",
        choices=MODELS,
        action="append",
        help="only this one; by default all that are here",
    )
    parser.add_argument(
        "--figure", choices=FIGURES, nargs="+", metavar="NAME", help="only these figures"
    )
    parser.add_argument(
        "--rounds",
        type=int,
        default=FEWEST_ROUNDS,
        help="at least %(default)s; three times as many where a reading lasts a second",
    )
    parser.add_argument("--json", action="store_true", help="one document instead of a table")
    parser.add_argument(
        "--quick", action="store_true", help="only whether everything runs: the numbers say nothing"
    )
    arguments = parser.parse_args(argv)
    if arguments.rounds < FEWEST_ROUNDS:
        parser.error(f"--rounds must be {FEWEST_ROUNDS} or more: a median of fewer says little")
    return arguments


def main(argv: Sequence[str] | None = None) -> int:
    arguments = parse(argv)
    models = find(arguments.model or MODELS)
    if not models or (arguments.model and len(models) < len(set(arguments.model))):
        return 2
    use_two_cores()
    effort = QUICK if arguments.quick else Effort(rounds=arguments.rounds)
    figures = arguments.figure or list(FIGURES)
    rows = asyncio.run(run(models, figures, effort, table=not arguments.json))
    if arguments.json:
        print(json.dumps(_document(rows, effort), indent=2))
    else:
        print(f"\n{sum(row.met for row in rows)} of {len(rows)} met")
    return 0 if arguments.quick else verdict(rows)


def _document(rows: Sequence[Row], effort: Effort) -> dict[str, object]:
    return {
        "machine": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
        "effort": msgspec.to_builtins(effort),
        "figures": [as_json(row) for row in rows],
    }


if __name__ == "__main__":
    sys.exit(main())
