"""What ships was computed from what was measured, and what was measured is what the program does."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec
import pytest

from tests.benchmarks.grading import record
from tests.benchmarks.grading.__main__ import main
from tests.benchmarks.grading.calibrate import calibrated
from tests.benchmarks.grading.cases import Case
from tests.benchmarks.grading.lexical import features
from tests.benchmarks.grading.record import About, Measured, blank
from tests.benchmarks.grading.wearing import adapter_of, described, worn
from tests.benchmarks.grading.written import attacked, gold
from tutor.grading import plain_prompt
from tutor.grading.calibration import load_all
from tutor.grading.guards import screened
from tutor.grading.rubric import Claim
from tutor.llm.catalog import CatalogModel
from tutor.llm.gguf import read_header
from tutor.llm.hosted import HostedClient
from tutor.paths import bundled

SAMPLE = 24
NEAR = 0.25
"""Nats that a margin may differ by from machine to machine."""

FILES = sorted(record.FOLDER.glob("*.jsonl.gz"))
OF_MODELS = [path for path in FILES if path.name != "text-only.jsonl.gz"]


def measured(path: Path) -> tuple[About, list[Measured]]:
    return record.read(path)


@pytest.mark.parametrize("path", OF_MODELS, ids=lambda path: path.name)
def test_the_calibration_that_ships_is_fitted_on_what_was_measured(path: Path) -> None:
    found = calibrated(*measured(path))
    shipped = {each.version: each for each in load_all(bundled("models") / "grading")}
    # What tells support is fitted on sentences of its own.
    assert msgspec.structs.replace(shipped[found.version], support=None) == found


@pytest.mark.parametrize("path", OF_MODELS, ids=lambda path: path.name)
def test_the_whole_table_is_computed_again(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With every target that has been reached once: none is lost in silence."""
    name = path.name.removesuffix(".jsonl.gz")
    code = main(
        [
            "--model",
            name.removesuffix("-untuned"),
            *(["--untuned"] if name.endswith("-untuned") else []),
        ]
    )
    assert code in (0, 1)
    reached = path.with_name(f"{name}.reached").read_text("utf-8").splitlines()
    assert reached
    assert set(reached) <= met_names(capsys.readouterr().out)


def met_names(printed: str) -> set[str]:
    """What the lines that end in `met` are about."""
    return {line[2:66].rstrip() for line in printed.splitlines() if line.endswith(" met")}


@pytest.mark.parametrize("path", OF_MODELS, ids=lambda path: path.name)
def test_the_answers_are_still_those_that_were_measured(path: Path) -> None:
    own = {case.id: case for case in (*gold(), *attacked())}
    about, rows = measured(path)
    assert about.model is not None
    checked = 0
    for row in rows:
        if row.set in ("gold", "attack"):
            case = own[row.id]
            stop, shown = screened(case.answer, [case.question])
            again = msgspec.structs.replace(
                blank(case),
                signals={**row.signals, **features(case)},
                stopped=stop or "",
                doubtful=shown.doubtful,
            )
            assert again == row
            checked += 1
    assert checked > 200


@pytest.mark.parametrize("path", OF_MODELS, ids=lambda path: path.name)
def test_an_adapter_is_the_one_that_was_measured(path: Path) -> None:
    about, _ = measured(path)
    assert about.model is not None
    if about.adapter is None:
        return
    file = adapter_of(about.model.name)
    assert described(file) == about.adapter
    assert about.adapter.bytes < 10_000_000
    assert about.prompt == plain_prompt.VERSION
    assert read_header(file).architecture == about.model.architecture


async def test_a_sample_is_measured_again_live(
    judging: Path, judging_entry: CatalogModel, tmp_path: Path
) -> None:
    """The real model, its adapter on, through the real worker, on the path that the grader takes."""
    about, rows = measured(record.path_of(judging_entry.name))
    own: dict[str, Case] = {case.id: case for case in (*gold(), *attacked())}
    known = [row for row in rows if row.id in own and not row.stopped]
    sample = random.Random(7).sample(sorted(known, key=lambda row: row.id), SAMPLE)
    client = HostedClient(log=tmp_path / "worker.log")
    try:
        info = await client.load(judging)
        judge, now = await worn(client, info, judging_entry, tuned=True)
        assert now == about
        for row in sorted(sample, key=lambda row: (row.group, row.answer)):
            case = own[row.id]
            _, shown = screened(case.answer, [case.question])
            margin = await judge.margin(case.question, shown.text, Claim("claim", case.claim))
            assert margin == pytest.approx(row.signals["margin"], abs=NEAR), row.id
    finally:
        await client.close()
