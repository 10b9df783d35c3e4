"""How often something is tried again, and how long it is waited in between."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from tutor.llm.protocol import Unreachable
from tutor.llm.remote_backoff import BackOff, Temporary

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class Waits:
    """Sleeps at once, and remembers how long it should have been."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def back_off(waits: Waits, *, chance: float = 1.0, total: float = 60.0) -> BackOff:
    return BackOff(sleep=waits, chance=lambda: chance, now=lambda: NOW, total=total)


def failing(*errors: Exception) -> Callable[[], Awaitable[str]]:
    """Raises these in turn, and then works."""
    left = list(errors)

    async def attempt() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return attempt


@pytest.mark.parametrize(("chance", "waited"), [(1.0, [0.5, 1.0, 2.0]), (0.0, [0.25, 0.5, 1.0])])
async def test_waits_double_and_are_scattered(chance: float, waited: list[float]) -> None:
    waits = Waits()
    attempt = failing(*[Temporary("busy")] * 3)
    assert await back_off(waits, chance=chance).run(attempt) == "done"
    assert waits.seconds == waited


async def test_the_fourth_failure_is_the_last() -> None:
    waits = Waits()
    with pytest.raises(Temporary, match=r"^4$"):
        await back_off(waits).run(failing(*(Temporary(str(n)) for n in range(1, 6))))
    assert len(waits.seconds) == 3


async def test_what_is_not_temporary_is_not_tried_again() -> None:
    waits = Waits()
    with pytest.raises(Unreachable, match="no key"):
        await back_off(waits).run(failing(Unreachable("no key")))
    assert waits.seconds == []


async def test_a_server_is_left_alone_as_long_as_it_asks() -> None:
    waits = Waits()
    assert await back_off(waits, chance=0.5).run(failing(Temporary("busy", 7.0))) == "done"
    assert waits.seconds == [7.25]


async def test_nobody_waits_longer_than_a_minute_in_all() -> None:
    waits = Waits()
    with pytest.raises(Temporary, match="second"):
        await back_off(waits).run(failing(Temporary("first", 40.0), Temporary("second", 40.0)))
    assert waits.seconds == [40.5]
    with pytest.raises(Temporary, match="an hour"):
        await back_off(Waits()).run(failing(Temporary("an hour", 3600.0)))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        (" 0 ", 0.0),
        ("Tue, 24 Nov 2026 12:00:30 GMT", 30.0),
        ("Tue, 24 Nov 2026 11:00:00 GMT", 0.0),
        ("Tue, 24 Nov 2026 12:00:30 -0000", 30.0),
        ("soon", None),
        ("-3", None),
        ("", None),
        ("²", None),
    ],
)
def test_what_retry_after_means(header: str | None, seconds: float | None) -> None:
    assert back_off(Waits()).seconds(header) == seconds
