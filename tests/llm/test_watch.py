from __future__ import annotations

from tutor.llm.watch import BEATING, DEAF, DISK, SILENT, STUCK, Watch
from tutor.llm.wire import Beat, Done, Piece


def ticks(watch: Watch, count: int, *, waits_for_disk: bool = False) -> list[bool]:
    return [watch.tick(waits_for_disk=waits_for_disk) for _ in range(count)]


def beat(cpu_ms: int = 0, steps: int = 0) -> Beat:
    return Beat(cpu_ms=cpu_ms, steps=steps)


def test_a_worker_that_says_nothing_hangs() -> None:
    assert ticks(Watch(), SILENT + 1) == [*[False] * SILENT, True]


def test_a_word_of_any_kind_gives_it_time_again() -> None:
    watch = Watch()
    for reply in (Piece(id=1, text="a"), beat(10), Done(id=1)):
        assert not any(ticks(watch, SILENT))
        watch.heard(reply)
    assert ticks(watch, SILENT + 1) == [*[False] * SILENT, True]


def test_a_request_after_a_rest_gives_it_time_again() -> None:
    watch = Watch()
    ticks(watch, SILENT)
    watch.asked()
    assert not any(ticks(watch, SILENT))


def test_a_worker_that_beats_but_neither_computes_nor_gets_on_hangs() -> None:
    watch = Watch()
    watch.heard(beat(100))
    for count in range(STUCK):
        watch.heard(beat(100 + count % BEATING))
        assert ticks(watch, 1) == [False]
    watch.heard(beat(100))
    assert ticks(watch, 1) == [True]


def test_a_worker_that_computes_or_gets_on_does_not_hang() -> None:
    watch = Watch()
    for count in range(1, 20 * STUCK):
        watch.heard(beat(cpu_ms=count * BEATING))
        assert ticks(watch, 1) == [False]
    for steps in range(1, 20 * STUCK):
        watch.heard(beat(cpu_ms=0, steps=steps))
        assert ticks(watch, 1) == [False]


def test_a_slow_disk_is_waited_for_longer_but_not_for_ever() -> None:
    assert ticks(Watch(), DISK + 1, waits_for_disk=True) == [*[False] * DISK, True]


def test_a_worker_that_computes_on_after_a_cancel_hangs() -> None:
    watch = Watch()
    watch.cancelled(7)
    assert watch.owed
    said = []
    for count in range(1, DEAF + 2):
        watch.heard(beat(cpu_ms=count * 50))
        said += ticks(watch, 1)
    assert said == [*[False] * DEAF, True]


def test_the_end_of_a_cancelled_request_is_enough() -> None:
    watch = Watch()
    watch.cancelled(7)
    watch.heard(Done(id=8))
    assert watch.owed
    watch.heard(Done(id=7))
    assert not watch.owed


def test_a_cancel_waits_for_a_slow_disk_too() -> None:
    watch = Watch()
    watch.cancelled(7)
    for count in range(1, DEAF + 10):
        watch.heard(beat(cpu_ms=count * 50))
        assert ticks(watch, 1, waits_for_disk=True) == [False]
