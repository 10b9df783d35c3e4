"""Evaluated prefixes set aside for when they come back, in no more memory than was allowed."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from tutor.llm.protocol import Lane
from tutor.llm.segments import common_prefix


class Kept(Struct, frozen=True):
    """`state`: what the KV cache of `lane` held for `tokens`."""

    lane: Lane
    tokens: list[int]
    state: bytes


class Shelf:
    """At most `limit` bytes of states; what was not wanted for the longest time goes first."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._kept: list[Kept] = []

    @property
    def bytes(self) -> int:
        return sum(len(kept.state) for kept in self._kept)

    def put(self, kept: Kept) -> None:
        """Beginnings of it that are there already make room."""
        if len(kept.state) > self.limit:
            return
        self._kept = [
            other
            for other in self._kept
            if other.lane != kept.lane
            or common_prefix(other.tokens, kept.tokens) < len(other.tokens)
        ]
        self._kept.append(kept)
        while self.bytes > self.limit:
            self._kept.pop(0)

    def best(self, lane: Lane, tokens: Sequence[int], *, whole: bool) -> tuple[Kept | None, int]:
        """What shares the most leading tokens with `tokens`, and how many; with `whole` only what all of it begins."""
        found, longest = None, 0
        for kept in self._kept:
            if kept.lane != lane:
                continue
            shared = common_prefix(kept.tokens, tokens)
            if shared > longest and not (whole and shared < len(kept.tokens)):
                found, longest = kept, shared
        return found, longest

    def take(self, kept: Kept, *, leave: bool) -> None:
        """It is wanted: taken from the shelf, or with `leave` put where it goes last."""
        self._kept.remove(kept)
        if leave:
            self._kept.append(kept)

    def drop(self, lane: Lane) -> None:
        """The lane's states are worth nothing any more."""
        self._kept = [kept for kept in self._kept if kept.lane != lane]
