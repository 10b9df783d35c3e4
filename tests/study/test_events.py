from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.study.sample import NOON, CountingBits
from tutor.study.events import Ids, is_event_id, stamp

moments = st.datetimes(datetime(1960, 1, 1), datetime(2400, 1, 1), timezones=st.just(UTC))


def test_an_id_is_a_uuid_of_version_7_that_begins_with_the_millisecond() -> None:
    id = UUID(Ids().next(NOON))
    assert id.version == 7
    assert id.variant == "specified in RFC 4122"
    assert id.int >> 80 == int(NOON.timestamp() * 1000)


def test_the_example_of_rfc_9562() -> None:
    bits = iter([0xCC3 << 62 | 0x18C4DC0C0C07398F])
    moment = datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)
    assert Ids(lambda _: next(bits)).next(moment) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


def test_ids_repeat_with_the_same_clock_and_randomness() -> None:
    first, second = Ids(CountingBits()), Ids(CountingBits())
    assert [first.next(NOON) for _ in range(5)] == [second.next(NOON) for _ in range(5)]


@settings(derandomize=True, deadline=None)
@given(st.lists(moments, min_size=2, max_size=30))
def test_ids_only_ever_grow_whatever_the_clock_does(at: list[datetime]) -> None:
    ids = Ids()
    made = [ids.next(moment) for moment in at]
    assert made == sorted(set(made))
    assert all(map(is_event_id, made))


def test_an_id_that_fills_its_millisecond_goes_on_in_the_next() -> None:
    full = "017f22e2-79b0-7fff-bfff-ffffffffffff"
    following = Ids(CountingBits()).next(datetime(2022, 2, 22, tzinfo=UTC), after=full)
    assert following > full
    assert following.startswith("017f22e2-79b1-7")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
        "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
        "017f22e2-79b0-4cc3-98c4-dc0c0c07398f",
        "ffffffff-ffff-7fff-bfff-ffffffffffff",
    ],
)
def test_what_is_no_event_id(text: str) -> None:
    assert not is_event_id(text)


def test_a_moment_is_kept_in_utc_with_the_offset_beside_it() -> None:
    assert stamp(NOON) == ("2026-03-01T03:00:00.250Z", 540)
    west = datetime(2026, 1, 1, tzinfo=timezone(-timedelta(hours=3, minutes=30)))
    assert stamp(west) == ("2026-01-01T03:30:00.000Z", -210)
