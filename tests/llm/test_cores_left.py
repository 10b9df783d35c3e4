"""The cores that others leave, measured on this machine."""

from __future__ import annotations

import time
from types import SimpleNamespace

import psutil
import pytest

from tutor.llm.cores_left import CoresLeft


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A machine of four cores whose clocks are set by the test."""
    clocks = SimpleNamespace(idle=100.0, iowait=5.0, ours=3.0, now=50.0)
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    monkeypatch.setattr(time, "monotonic", lambda: clocks.now)
    monkeypatch.setattr(time, "process_time", lambda: clocks.ours)
    monkeypatch.setattr(psutil, "cpu_times", lambda: clocks)
    return clocks


def test_what_is_idle_and_what_is_ours_is_left(system: SimpleNamespace) -> None:
    left = CoresLeft()
    system.now += 2.0
    system.idle += 3.0
    system.ours += 2.0
    assert left() == pytest.approx(2.5)
    system.now += 1.0
    system.iowait += 1.0
    assert left() == pytest.approx(1.0)


def test_ticks_that_come_late_make_no_more_cores_than_there_are(system: SimpleNamespace) -> None:
    left = CoresLeft()
    system.now += 0.1
    system.idle += 3.0
    assert left() == 4


def test_nothing_is_known_of_no_time_nor_without_the_system_s_word(
    system: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = CoresLeft()
    assert left() is None

    def refused() -> None:
        raise OSError("not here")

    system.now += 1.0
    monkeypatch.setattr(psutil, "cpu_times", refused)
    assert left() is None
