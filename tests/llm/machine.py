"""A machine that takes virtual time: how long a batch lasts with some threads beside some busy programs, as measured."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

Speeds = Mapping[str, Mapping[int, Mapping[int, tuple[float, float]]]]
"""By kind of batch, number of busy programs and of threads: the tokens/s lie between the two."""

# SmolLM2-135M on 2 cores.
TWO_CORES: Speeds = {
    "token": {
        0: {1: (82, 82), 2: (120, 120)},
        1: {1: (83, 83), 2: (26, 26)},
        2: {1: (50, 56), 2: (36, 51)},
    },
    "few": {
        0: {1: (118, 118), 2: (223, 223)},
        1: {1: (114, 114), 2: (53, 53)},
        2: {1: (74, 74), 2: (80, 80)},
    },
    "many": {
        0: {1: (160, 160), 2: (306, 306)},
        1: {1: (160, 160), 2: (134, 134)},
        2: {1: (96, 96), 2: (127, 127)},
    },
}
STALL = (0.100, 0.176)  # seconds that a thread waits for another one that does not run
UNSTALLED = 0.017  # seconds of a token beside a busy program that does not happen to wait


class Controller(Protocol):
    def choose(self, tokens: int) -> int: ...

    def note(self, tokens: int, seconds: float) -> None: ...


@dataclass
class Machine:
    """`slower` multiplies every duration; `now` is its clock in seconds."""

    seed: int = 0
    cores: int = 2
    speeds: Speeds = field(default_factory=lambda: TWO_CORES)
    busy: int = 0
    slower: float = 1.0
    noise: float = 0.04
    now: float = 0.0

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._left = 0.0
        self._asked_at = 0.0
        self._place = self._random.random()

    def clock(self) -> float:
        return self.now

    def left(self) -> float | None:
        """Cores that nobody but us used since the last question, in the system's ticks of 10 ms."""
        since, left = self.now - self._asked_at, self._left
        self._asked_at, self._left = self.now, 0.0
        return round(left, 2) / since if since else None

    def compute(self, threads: int, tokens: int) -> float:
        assert 1 <= threads <= self.cores
        seconds = self._seconds(threads, tokens) * self.slower
        # Where there are more who want to compute than cores, everybody gets the same share.
        share = min(1.0, self.cores / (self.busy + threads))
        self._pass(seconds, self.cores - self.busy * share)
        return seconds

    def rest(self, seconds: float) -> None:
        self._pass(seconds, self.cores - min(self.busy, self.cores))

    def mean(self, threads: int, kind: str = "token") -> float:
        """Tokens/s in the long run."""
        least, most = self.speeds[kind][self.busy][threads]
        return least + self._place * (most - least)

    def _pass(self, seconds: float, left: float) -> None:
        self.now += seconds
        self._left += seconds * left

    def _seconds(self, threads: int, tokens: int) -> float:
        kind = "token" if tokens < 8 else "few" if tokens < 64 else "many"
        mean = tokens / self.mean(threads, kind)
        wobble = self._random.lognormvariate(0, self.noise)
        if self._random.random() < 0.005:
            wobble *= 2  # the system has something else to do
        if self.busy and threads > 1 and kind == "token":
            stall = sum(STALL) / 2
            share = (mean - UNSTALLED) / (stall - UNSTALLED)
            if self._random.random() < share:
                return self._random.uniform(*STALL)
            return UNSTALLED * wobble
        return mean * wobble


@dataclass(frozen=True)
class Batch:
    threads: int
    tokens: int
    seconds: float


def run(machine: Machine, controller: Controller, sizes: Sequence[int]) -> list[Batch]:
    """What becomes of batches of these sizes."""
    batches = []
    for tokens in sizes:
        threads = controller.choose(tokens)
        seconds = machine.compute(threads, tokens)
        controller.note(tokens, seconds)
        batches.append(Batch(threads, tokens, seconds))
    return batches


def speed(batches: Sequence[Batch]) -> float:
    """Tokens/s."""
    return sum(batch.tokens for batch in batches) / sum(batch.seconds for batch in batches)
