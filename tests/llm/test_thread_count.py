"""The controller of threads on a machine in virtual time."""

from __future__ import annotations

import pytest

from tests.llm.machine import Machine
from tutor.llm.thread_count import FixedThreads, ThreadCount, candidates, kind_of

SEEDS = range(12)
NOTES = {"token": {1: 82.0, 2: 120.0}}


def talk(machine: Machine, count: ThreadCount | FixedThreads, tokens: int, size: int = 1) -> float:
    """Tokens/s over so many batches."""
    before = machine.now
    for _ in range(tokens):
        seconds = machine.compute(count.choose(size), size)
        count.note(size, seconds)
    return tokens * size / (machine.now - before)


def controller(machine: Machine, *, noted: bool = True) -> ThreadCount:
    usual = NOTES if noted else None
    return ThreadCount(machine.cores, usual=usual, left=machine.left, clock=machine.clock)


@pytest.mark.parametrize("noted", [True, False])
@pytest.mark.parametrize("seed", SEEDS)
def test_an_idle_machine_is_used_whole(seed: int, noted: bool) -> None:
    machine = Machine(seed=seed)
    count = controller(machine, noted=noted)
    talk(machine, count, 10)
    assert talk(machine, count, 2000) >= 0.98 * machine.mean(2)
    assert count.choose(1) == 2


@pytest.mark.parametrize("noted", [True, False])
@pytest.mark.parametrize("busy", [1, 2])
@pytest.mark.parametrize("seed", SEEDS)
def test_beside_busy_programs_ten_tokens_are_enough(seed: int, busy: int, noted: bool) -> None:
    machine = Machine(seed=seed)
    count = controller(machine, noted=noted)
    talk(machine, count, 60)
    machine.busy = busy
    talk(machine, count, 10)
    best = max(machine.mean(threads) for threads in (1, 2))
    assert talk(machine, count, 300) >= 0.9 * best


@pytest.mark.parametrize("seed", SEEDS)
def test_when_they_are_gone_all_cores_are_used_again_within_a_second(seed: int) -> None:
    machine = Machine(seed=seed)
    count = controller(machine)
    machine.busy = 1
    talk(machine, count, 200)
    assert count.choose(1) == 1
    machine.busy = 0
    gone = machine.now
    while count.choose(1) == 1:
        talk(machine, count, 1)
        assert machine.now - gone < 1.0
    assert talk(machine, count, 200) >= 0.9 * machine.mean(2)


@pytest.mark.parametrize("hint", [None, 2.0], ids=["unknown", "wrong"])
@pytest.mark.parametrize("seed", SEEDS)
def test_without_a_true_word_about_the_cores_trials_grow_rare(
    seed: int, hint: float | None
) -> None:
    machine = Machine(seed=seed, busy=1)
    count = ThreadCount(2, usual=NOTES, left=lambda: hint, clock=machine.clock)
    talk(machine, count, 1000)
    assert talk(machine, count, 1000) >= 0.85 * machine.mean(1)


def test_what_is_usual_can_be_noted_and_taken_up() -> None:
    machine = Machine()
    count = controller(machine, noted=False)
    talk(machine, count, 50)
    usual = count.usual
    assert usual["token"][2] == pytest.approx(120, rel=0.15)
    assert ThreadCount(2, usual=usual).choose(1) == 2
    assert ThreadCount(2, usual={"token": {1: 90.0, 2: 40.0}}).choose(1) == 1


@pytest.mark.parametrize(
    ("most", "expected"), [(1, [1]), (2, [1, 2]), (4, [1, 2, 3, 4]), (8, [1, 2, 4, 7, 8])]
)
def test_the_numbers_worth_knowing_about(most: int, expected: list[int]) -> None:
    assert candidates(most) == expected


@pytest.mark.parametrize(
    ("tokens", "kind"), [(1, "token"), (7, "token"), (8, "few"), (63, "few"), (64, "many")]
)
def test_the_kinds_of_batches(tokens: int, kind: str) -> None:
    assert kind_of(tokens) == kind


def test_a_number_that_the_settings_give_stays() -> None:
    count = FixedThreads(3)
    count.note(1, 100.0)
    assert (count.choose(1), count.choose(256), count.current) == (3, 3, 3)
    assert count.usual == {}


@pytest.mark.parametrize("busy", [1, 2])
@pytest.mark.parametrize("seed", SEEDS)
def test_it_adapts_as_quickly_the_tenth_time(seed: int, busy: int) -> None:
    machine = Machine(seed=seed)
    count = controller(machine, noted=False)
    for _ in range(10):
        machine.busy = 0
        talk(machine, count, 60)
        machine.busy = busy
        talk(machine, count, 10)
        best = max(machine.mean(threads) for threads in (1, 2))
        assert talk(machine, count, 100) >= 0.9 * best
