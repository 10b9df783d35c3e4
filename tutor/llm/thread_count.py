"""How many threads to compute with, found out from the speed itself: OpenMP collapses beside other programs."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping

SIZES = {"token": 1, "few": 8, "many": 64}
"""Kinds of batches, by the fewest tokens of each: their speeds differ, and so does what contention does to them."""
TRIAL = {"token": 3, "few": 2, "many": 1}  # batches that a trial takes
SLOW = 0.75  # of the usual speed: something else wants the cores
WORSE_THAN_FEWER = 0.95
BETTER_WITH_MORE = 1.05
NO_WORSE_WITH_FEWER = 1.0
NO_WORSE_BESIDE_OTHERS = 0.8  # the stalls that a few tokens happen not to show cost more than this
TAKEN = 0.5  # cores less than the threads: others want them
HOPELESS = 0.6  # of the speed before: the first batch of a trial ends it
FREE = 0.6  # idle cores beside the threads that make a further one worth a trial
DOWN_WAIT, UP_WAIT = (
    0.2,
    1.0,
)  # seconds before a trial that failed is repeated: a stall costs much, one thread little
LONGEST_WAIT = 60.0
LOOK = 0.25  # seconds between two looks at the cores
GLANCE = 0.05  # seconds that a look takes at least to see anything
FLAPPING = 3.0  # seconds; a change back within them was one too many

Usual = Mapping[str, Mapping[int, float]]
"""Tokens/s by kind of batch and number of threads."""


class ThreadCount:
    """Ask `choose` before a batch, tell `note` after it. Knows 1 to `most` threads."""

    def __init__(
        self,
        most: int,
        *,
        usual: Usual | None = None,
        left: Callable[[], float | None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`usual`: what was measured before; `left`: cores that nobody else used since it was last asked, None if unknown."""
        counts = candidates(most)
        look = _Look(left, clock)
        known = usual or {}
        self._kinds = {
            kind: _Kind(kind, counts, known.get(kind, {}), look, clock) for kind in SIZES
        }
        self._current = self._kinds["token"]

    @property
    def usual(self) -> dict[str, dict[int, float]]:
        """What is worth remembering for the next time."""
        return {name: dict(kind.usual) for name, kind in self._kinds.items() if kind.usual}

    @property
    def current(self) -> int:
        """Threads of the batch that was last asked for."""
        return self._current.count

    def choose(self, tokens: int) -> int:
        """Threads for a batch of so many tokens."""
        self._current = self._kinds[kind_of(tokens)]
        return self._current.count

    def note(self, tokens: int, seconds: float) -> None:
        """How long that batch took."""
        self._current.note(tokens, max(seconds, 1e-9))


class FixedThreads:
    """As many as the settings say."""

    def __init__(self, count: int) -> None:
        self.current = count
        self.usual: dict[str, dict[int, float]] = {}

    def choose(self, tokens: int) -> int:
        return self.current

    def note(self, tokens: int, seconds: float) -> None:
        """Nothing is learnt from it."""


def candidates(most: int) -> list[int]:
    """The numbers of threads worth knowing about, ascending."""
    return sorted({1, min(2, most), max(1, most // 2), max(1, most - 1), most})


def kind_of(tokens: int) -> str:
    return next(kind for kind, least in reversed(SIZES.items()) if tokens >= least)


class _Kind:
    """The search among the counts for one kind of batch: hold one, try a neighbour when there is reason to."""

    def __init__(
        self,
        kind: str,
        counts: list[int],
        usual: Mapping[int, float],
        look: _Look,
        clock: Callable[[], float],
    ) -> None:
        self._counts, self._look, self._clock = counts, look, clock
        self._trial_length = TRIAL[kind]
        self.usual = {count: speed for count, speed in usual.items() if count in counts}
        best = max(self.usual, key=lambda count: self.usual[count], default=counts[-1])
        self._at = counts.index(best)
        self._recent: deque[tuple[int, float]] = deque(maxlen=self._trial_length + 1)
        self._slow = 0
        self._patience = min(2, self._trial_length)
        self._trial: _Trial | None = None
        self._waits = {-1: _Wait(DOWN_WAIT, clock), +1: _Wait(UP_WAIT, clock)}
        self._went_down = float("-inf")

    @property
    def count(self) -> int:
        return self._counts[self._trial.at if self._trial else self._at]

    def note(self, tokens: int, seconds: float) -> None:
        self._remember(tokens / seconds)
        if self._trial:
            self._go_on(self._trial, tokens, seconds)
            return
        self._recent.append((tokens, seconds))
        self._slow = self._slow + 1 if self._is_slow(tokens / seconds) else 0
        if self._slow == 1:
            self._look.restart()
        elif not self._slow and not self._is_slow(_speed(self._recent)):
            self._waits[-1].reset()
        if direction := self._reason():
            # What went before the cores were wanted by others says nothing about now.
            now = list(self._recent)[-self._slow :] if self._slow else self._recent
            self._trial = _Trial(self._at + direction, _speed(now))

    def _remember(self, speed: float) -> None:
        known = self.usual.get(self.count)
        if known is None:
            self.usual[self.count] = speed
            return
        # Quickly upwards and slowly downwards: what is remembered is the speed with the cores to oneself.
        rate = 0.2 if speed > known else 0.02 if speed > SLOW * known else 0.001
        self.usual[self.count] = known + rate * (speed - known)

    def _is_slow(self, speed: float) -> bool:
        if self._at == 0:
            return False
        fewer = self.usual.get(self._counts[self._at - 1], 0.0)
        return speed < SLOW * self.usual[self.count] or speed < WORSE_THAN_FEWER * fewer

    def _reason(self) -> int:
        """-1 to try fewer threads, +1 to try more, 0 to hold."""
        if self._at > 0 and self._waits[-1].over():
            unknown = self._counts[self._at - 1] not in self.usual
            if self._slow >= self._patience or (
                unknown and len(self._recent) >= self._trial_length
            ):
                return -1
        if self._at + 1 < len(self._counts) and self._waits[+1].over():
            return +1 if self._look.free_beside(self.count) else 0
        return 0

    def _go_on(self, trial: _Trial, tokens: int, seconds: float) -> None:
        trial.seen.append((tokens, seconds))
        speed = _speed(trial.seen)
        more = trial.at > self._at
        if len(trial.seen) < self._trial_length and not (more and speed < HOPELESS * trial.before):
            return
        self._trial = None
        wait = self._waits[+1 if more else -1]
        if speed >= trial.before * (BETTER_WITH_MORE if more else self._no_worse()):
            self._adopt(trial, more)
            wait.reset()
        else:
            wait.longer()
        self._recent.clear()
        self._slow = 0

    def _no_worse(self) -> float:
        taken = self._look.taken_of(self._counts[self._at])
        return NO_WORSE_BESIDE_OTHERS if taken else NO_WORSE_WITH_FEWER

    def _adopt(self, trial: _Trial, more: bool) -> None:
        now = self._clock()
        if not more:
            self._went_down = now
        elif now - self._went_down < FLAPPING:
            self._patience = min(8, self._patience * 2)
        else:
            self._patience = min(2, self._trial_length)
        self._at = trial.at


class _Trial:
    """Some batches at the count number `at`, to be compared with the speed `before`."""

    def __init__(self, at: int, before: float) -> None:
        self.at, self.before = at, before
        self.seen: list[tuple[int, float]] = []


class _Wait:
    """A pause that doubles with every trial that failed."""

    def __init__(self, first: float, clock: Callable[[], float]) -> None:
        self._first, self._clock = first, clock
        self._length, self._until = 0.0, float("-inf")

    def over(self) -> bool:
        return self._clock() >= self._until

    def longer(self) -> None:
        self._length = min(LONGEST_WAIT, max(self._first, self._length * 2))
        self._until = self._clock() + self._length

    def reset(self) -> None:
        self._length, self._until = 0.0, float("-inf")


class _Look:
    """What other programs leave of the cores, asked no more often than it costs nothing."""

    def __init__(self, left: Callable[[], float | None], clock: Callable[[], float]) -> None:
        self._ask, self._clock = left, clock
        self._left: float | None = None
        self._since = self._free_at = clock()

    def restart(self) -> None:
        """What was before says nothing of now."""
        self._ask()
        self._left, self._since = None, self._clock()

    def taken_of(self, threads: int) -> bool:
        """Whether others use so much that these threads have no core each."""
        left = self._latest()
        return left is None or left <= threads - TAKEN

    def free_beside(self, threads: int) -> bool:
        """Whether a core is idle beside those that these threads use; now and then True where nobody knows."""
        now = self._clock()
        if now - self._free_at < LOOK:
            return False
        self._free_at = now
        left = self._latest()
        return left is None or left - threads >= FREE

    def _latest(self) -> float | None:
        now = self._clock()
        if now - self._since >= GLANCE:
            self._left, self._since = self._ask(), now
        return self._left


def _speed(batches: Iterable[tuple[int, float]]) -> float:
    """Tokens/s over several batches, so that a stall weighs as much as it lasts."""
    seen = list(batches)
    return sum(tokens for tokens, _ in seen) / sum(seconds for _, seconds in seen)
