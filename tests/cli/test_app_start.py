"""Where the app opens for `tutor`, `tutor learn` and `tutor quiz`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cli.conftest import Tutor
from tutor.commands import app
from tutor.commands.context import Context
from tutor.paths import Places
from tutor.study import record as study_record
from tutor.study import session
from tutor.study.store import Store
from tutor.ui.workspace import Start


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Start | None]:
    """What the app was started for, instead of the app."""
    starts: list[Start | None] = []

    def open_app(context: Context, start: Start | None) -> int:
        starts.append(start)
        return 0

    monkeypatch.setattr(app, "open_app", open_app)
    return starts


@pytest.mark.parametrize(
    ("argv", "start"),
    [
        ((), None),
        (("learn", "sample/two"), Start("learn", "sample", "two")),
        (("learn", "sample"), Start("learn", "sample")),
        (("learn", "sample/last-item"), Start("learn", "sample", "two", "more")),
        (("learn",), Start("learn", "sample", "one")),
        (("quiz", "sample/one", "--count", "3"), Start("quiz", "sample", "one", count=3)),
        (("quiz",), Start("quiz", "sample")),
    ],
)
def test_a_place_to_start_at(
    tutor: Tutor, opened: list[Start | None], argv: tuple[str, ...], start: Start | None
) -> None:
    assert tutor(*argv).code == 0
    assert opened == [start]


def test_without_a_place_it_is_where_one_left_off(
    tutor: Tutor, opened: list[Start | None], record: Callable[[], Store]
) -> None:
    with record() as store:
        study_record.opened(store, "sample", "one")
        items = ["last-item"]
        session.start(
            store, mode="quiz", course="sample", lesson="two", items=items, seed=1, title="Two"
        )
    tutor("learn")
    tutor("quiz")
    assert opened == [Start("learn", "sample", "two"), Start("quiz", "sample", "two")]


def test_a_place_that_is_none_opens_nothing(
    tutor: Tutor, opened: list[Start | None], home: Places
) -> None:
    assert tutor("learn", "sample/three").code == 2
    assert opened == []
    assert not home.profiles.exists()
