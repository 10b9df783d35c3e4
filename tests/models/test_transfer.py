from __future__ import annotations

import asyncio
import hashlib
import threading
from pathlib import Path

import pytest

from tutor.llm.sizes import done_of, human
from tutor.llm.transfer import Meter, PullProgress, Tick, abandonable, in_thread, sha256_of


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_progress_never_goes_back_and_knows_its_speed() -> None:
    seen: list[PullProgress] = []
    clock = Clock()
    meter = Meter(seen.append, 1000, clock)
    for second, done in enumerate((0, 200, 150, 400)):
        clock.now = 100.0 + second
        meter.report(done)
    assert [progress.done for progress in seen] == [0, 200, 200, 400]
    assert seen[-1].bytes_per_second == pytest.approx(400 / 3)


def test_the_speed_is_that_of_the_last_seconds() -> None:
    seen: list[PullProgress] = []
    clock = Clock()
    meter = Meter(seen.append, 10_000, clock)
    for second in range(20):
        clock.now = 100.0 + second
        meter.report(min(second, 10) * 100)
    assert seen[-1].bytes_per_second == 0


def test_reports_are_ten_a_second_at_most_but_the_last_one_is_shown() -> None:
    seen: list[PullProgress] = []
    clock = Clock()
    meter = Meter(seen.append, 100, clock)
    for done in range(101):
        clock.now += 0.001
        meter.report(done)
    assert [progress.done for progress in seen] == [0, 100]


def test_verifying_starts_over() -> None:
    seen: list[PullProgress] = []
    meter = Meter(seen.append, 100, Clock())
    meter.report(100, stage="assemble")
    meter.report(10, stage="verify", now=True)
    assert [(progress.stage, progress.done) for progress in seen] == [
        ("assemble", 100),
        ("verify", 10),
    ]


async def test_a_cancelled_task_waits_until_its_thread_has_ended() -> None:
    begun, ended = threading.Event(), threading.Event()

    def work(tick: Tick) -> None:
        begun.set()
        try:
            while True:
                tick(1)
        finally:
            ended.set()

    task = asyncio.create_task(in_thread(work))
    await asyncio.to_thread(begun.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_an_abandoned_thread_is_not_waited_for() -> None:
    begun, gate = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        gate.wait(30)

    task = asyncio.create_task(abandonable(work))
    await asyncio.to_thread(begun.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    gate.set()


async def test_results_and_errors_come_through() -> None:
    assert await abandonable(lambda: 3) == 3
    assert await in_thread(lambda tick: 4) == 4

    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await abandonable(fail)


def test_a_sum_of_a_file_or_of_its_beginning(tmp_path: Path) -> None:
    data = bytes(range(256)) * 10_000
    path = tmp_path / "f"
    path.write_bytes(data)
    ticks: list[int] = []
    assert sha256_of(path, ticks.append) == hashlib.sha256(data).hexdigest()
    assert ticks[-1] == len(data)
    assert sha256_of(path, ticks.append, 300) == hashlib.sha256(data[:300]).hexdigest()


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 bytes"), (999, "999 bytes"), (98_362_432, "98 MB"), (1_117_320_768, "1.1 GB")],
)
def test_sizes_in_words(count: int, words: str) -> None:
    assert human(count) == words


def test_a_part_is_told_in_the_unit_of_the_whole() -> None:
    assert done_of(40_000_000, 98_362_432) == "40 of 98 MB"
    assert done_of(5, 10) == "5 of 10 bytes"
