"""What the log is made of: one event, its id and its moment."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from msgspec import Meta, Struct

EventKind = Literal[
    "answer",
    "verdict",
    "overrule",
    "hint",
    "session_started",
    "session_moved",
    "session_ended",
    "lesson_opened",
    "section_read",
    "question",
    "reply",
    "thresholds_reset",
]
KINDS: tuple[EventKind, ...] = get_args(EventKind)

Clock = Callable[[], datetime]
"""The moment it is, with the learner's offset from UTC."""

RandomBits = Callable[[int], int]
"""A random integer of that many bits."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_TAIL_BITS = 74
_LAST_MILLISECOND = 1 << 47


class Event(Struct, frozen=True, kw_only=True):
    """One thing that happened, as it stands in the log for ever.

    `id` is a UUIDv7, so ids sort by time; `at_utc` is ISO 8601 with milliseconds and `utc_offset` the learner's offset
    in minutes; `item` is "course/item"; `kind` is one of KINDS, or one that only a newer program knows.
    """

    id: str
    device: str
    at_utc: str
    utc_offset: Annotated[int, Meta(ge=-1440, le=1440)]
    item: str | None
    item_hash: str | None
    kind: str
    payload: dict[str, Any]
    versions: dict[str, str | None]


def now() -> datetime:
    """The present moment in the time zone of this machine."""
    return datetime.now(UTC).astimezone()


def stamp(moment: datetime) -> tuple[str, int]:
    """A moment as `at_utc` and `utc_offset`; a naive one is taken as local time."""
    local = moment if moment.tzinfo else moment.astimezone()
    offset = local.utcoffset() or timedelta()
    at_utc = local.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
    return at_utc, offset // timedelta(minutes=1)


def is_event_id(text: str) -> bool:
    """Whether `text` is a UUIDv7 in lower-case canonical form, of a year before 6429."""
    try:
        parsed = UUID(text)
    except ValueError:
        return False
    return str(parsed) == text and parsed.version == 7 and parsed.int >> 80 < _LAST_MILLISECOND


class Ids:
    """Makes UUIDv7s (RFC 9562, method 2): each is greater than the one before, whatever the clock does."""

    def __init__(self, random_bits: RandomBits = secrets.randbits) -> None:
        self._random_bits = random_bits
        self._last = (-1, 0)

    def next(self, moment: datetime, *, after: str | None = None) -> str:
        """The id of an event at `moment`, greater than `after` and than any id made here."""
        if after is not None:
            self._last = max(self._last, _unpack(after))
        millisecond = max(0, (moment.astimezone(UTC) - _EPOCH) // _MILLISECOND)
        if millisecond > self._last[0]:
            self._last = (millisecond, self._fresh_tail())
        else:
            self._last = self._step()
        return _pack(*self._last)

    def _step(self) -> tuple[int, int]:
        millisecond, tail = self._last
        tail += 1 + self._random_bits(32)
        if tail >> _TAIL_BITS:
            return millisecond + 1, self._fresh_tail()
        return millisecond, tail

    def _fresh_tail(self) -> int:
        return self._random_bits(_TAIL_BITS - 1)


def _pack(millisecond: int, tail: int) -> str:
    high, low = tail >> 62, tail & ((1 << 62) - 1)
    return str(UUID(int=millisecond << 80 | 7 << 76 | high << 64 | 0b10 << 62 | low))


def _unpack(id: str) -> tuple[int, int]:
    number = UUID(id).int
    return number >> 80, (number >> 64 & 0xFFF) << 62 | number & ((1 << 62) - 1)
