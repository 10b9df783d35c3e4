from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.study.sample import FrozenClock
from tutor.study.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "profiles" / "default" / "study.db"


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def store(path: Path, clock: FrozenClock) -> Iterator[Store]:
    with Store(path, clock=clock) as opened:
        yield opened
