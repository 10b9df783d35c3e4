"""The harness of the speed figures: turns, ratios and targets; for some figures, that they run at all."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from tests.benchmarks.speed import __main__ as command
from tests.benchmarks.speed import figures
from tests.benchmarks.speed.bench import QUICK, Bench
from tests.benchmarks.speed.pairs import Side, alternate, compared, percentile
from tests.benchmarks.speed.table import Reading, Row, Target, as_json, lines, reading, verdict


class Clock:
    """A machine on which everything takes longer by the minute: a side's own seconds, and more each time."""

    def __init__(self) -> None:
        self.now = 0.0
        self.ran: list[str] = []

    def side(self, name: str, seconds: float) -> Side:
        async def once() -> float:
            self.ran.append(name)
            taken = seconds * (1 + self.now / 100)
            self.now += taken
            return taken

        return once


async def test_the_sides_take_turns_and_swap_every_round() -> None:
    clock = Clock()
    sides = {name: clock.side(name, 1) for name in "abc"}
    readings = await alternate(sides, 3)
    assert "".join(clock.ran) == "abccbaabc"
    assert [len(values) for values in readings.values()] == [3, 3, 3]


async def test_a_machine_that_slows_down_does_not_move_the_ratio() -> None:
    clock = Clock()
    readings = await alternate({"ours": clock.side("o", 1), "theirs": clock.side("t", 4)}, 6)
    found = compared(readings, "ours")
    assert readings["theirs"][-1] > 1.2 * readings["theirs"][0]
    assert found.low < 0.25 < found.high
    assert found.ratio == pytest.approx(0.25, rel=0.03)


def test_the_ratio_is_the_median_of_the_rounds_and_not_of_the_luckiest() -> None:
    found = compared({"ours": [9, 10, 30, 10, 11], "theirs": [10, 10, 10, 20, 10]}, "ours")
    assert (found.ratio, found.low, found.high) == (1.0, 0.5, 3.0)
    assert (found.ours, found.theirs, found.rival) == (10, 10, "theirs")


def test_the_rival_is_the_setting_that_did_best_over_all_rounds() -> None:
    rates: dict[str, list[float]] = {
        "ours": [80, 80, 80],
        "1": [70, 70, 100],
        "2": [90, 95, 0.3],
        "3": [60, 60, 60],
    }
    assert compared(rates, "ours").rival == "2"
    assert compared(rates, "ours", best=min).rival == "3"
    assert compared(rates, "ours", against=["1"]).ratio == pytest.approx(80 / 70)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [([], []), ([1, 2], [1]), ([1], [0]), ([math.nan], [1]), ([1], [math.inf]), ([-1], [1])],
)
def test_what_no_ratio_can_be_made_of_is_refused(ours: list[float], theirs: list[float]) -> None:
    with pytest.raises(ValueError, match=r"nothing to compare|zip"):
        compared({"ours": ours, "theirs": theirs}, "ours")


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([5, 1, 4, 2, 3], 0.5) == 3
    assert percentile(range(1, 101), 0.95) == 95
    assert percentile([7], 0.95) == 7
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.95)


def test_a_target_is_met_from_its_own_side_and_never_by_no_number() -> None:
    assert Target(0.9).met(0.9)
    assert not Target(0.9).met(0.89)
    assert Target(0.15, at_most=True).met(0.15)
    assert not Target(0.15, at_most=True).met(0.16)
    assert not Target(0.9).met(math.nan)
    assert not Target(0.9, at_most=True).met(math.nan)


def test_one_missed_figure_or_none_at_all_fails_the_run() -> None:
    good, bad = row(0.95), row(0.8)
    assert verdict([good, good]) == 0
    assert verdict([good, bad]) == 1
    assert verdict([good, Row(figure="stream", model="m", target=Target(0.9), problem="no")]) == 1
    assert verdict([]) == 1


def test_a_row_says_what_was_measured_and_whether_it_is_enough() -> None:
    shown = lines(row(0.8))
    assert shown[0].split() == [
        "stream", "0.800", "(0.700..0.900)", ">=", "0.9", "MISSED", "8.0", "tokens/s", "/", "10.0", "tokens/s,", "loop",
    ]  # fmt: skip
    assert shown[1:] == [" " * 13 + "threads: 2"]
    assert " met " in lines(row(0.95))[0]
    failed = Row(figure="stream", model="m", target=Target(0.9), problem="not measured: why")
    assert lines(failed)[0].endswith("MISSED  not measured: why")


def test_a_script_reads_the_same_and_null_for_no_number() -> None:
    told = as_json(row(0.8))
    assert (told["value"], told["reach"], told["met"]) == (0.8, 0.9, False)
    assert json.loads(json.dumps(as_json(row(math.nan))))["value"] is None
    failed = Row(figure="stream", model="m", target=Target(0.9), problem="not measured: why")
    assert (as_json(failed)["met"], as_json(failed)["problem"]) == (False, "not measured: why")


async def test_what_cannot_be_measured_is_a_missed_row(
    monkeypatch: pytest.MonkeyPatch, bench: Bench
) -> None:
    async def measure(bench: Bench) -> Reading:
        raise RuntimeError("no answer")

    broken = figures.Figure(measure, Target(1), "nothing")
    monkeypatch.setitem(figures.FIGURES, "stream", broken)
    found = await figures.measured("stream", "m", bench)
    assert (found.met, found.problem) == (False, "not measured: RuntimeError: no answer")


def test_every_figure_of_the_issue_is_there_with_its_target() -> None:
    assert {name: str(figure.target) for name, figure in figures.FIGURES.items()} == {
        "stream": ">= 0.97",
        "first-token": "<= 0.15",
        "rubric": "<= 0.2",
        "beside-1": ">= 0.9",
        "beside-2": ">= 0.9",
        "idle": ">= 0.95",
        "cancel": "<= 0.05",
        "idle-cpu": "<= 0.01",
        "memory": "<= 96 MB",
        "keys": "<= 2",
        "batch": ">= 2.5",
    }


def test_fewer_than_five_rounds_are_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.parse(["--rounds", "7", "--figure", "idle", "keys"]).figure == ["idle", "keys"]
    with pytest.raises(SystemExit) as stop:
        command.parse(["--rounds", "4"])
    assert stop.value.code == 2
    assert "5 or more" in capsys.readouterr().err


def test_a_model_that_is_not_here_is_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TUTOR_MODELS", raising=False)
    monkeypatch.setenv("TUTOR_TEST_MODELS", str(tmp_path))
    monkeypatch.setattr(command, "use_two_cores", lambda: None)
    assert command.main(["--model", "qwen2.5-coder-0.5b"]) == 2
    assert "tutor models pull qwen2.5-coder-0.5b" in capsys.readouterr().err


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "none.gguf", tmp_path, QUICK)


def row(value: float) -> Row:
    found = compared({"ours": [7, 8, 9], "loop": [10, 10, 10]}, "ours")
    read = reading(found, "tokens/s", "threads: 2")
    read = Reading(
        value=value,
        low=read.low,
        high=read.high,
        ours=read.ours,
        theirs=read.theirs,
        notes=read.notes,
    )
    return Row(figure="stream", model="m", target=Target(0.9), reading=read)
