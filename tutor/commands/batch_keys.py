"""Many keys of rows in little memory: which are taken, and in which order they are wanted."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable


class Keys:
    """A multiset of keys in 16 bytes each, out of which they are taken one by one."""

    def __init__(self, keys: Iterable[int]) -> None:
        self._sorted = array("Q", sorted(keys))
        # How many of several equal keys are gone, at the place of the first.
        self._taken = array("Q", bytes(8 * len(self._sorted)))

    def __len__(self) -> int:
        return len(self._sorted)

    def take(self, key: int) -> int | None:
        """The place of one that equals `key` among all keys in order; None when there is none left."""
        first = bisect_left(self._sorted, key)
        if first == len(self._sorted):
            return None
        place = first + self._taken[first]
        if place == len(self._sorted) or self._sorted[place] != key:
            return None
        self._taken[first] += 1
        return place


def order_of(found: array[int], wanted: Iterable[int]) -> list[int]:
    """The indexes of `found` in the order of the keys `wanted`, then those that nobody wants."""
    by_key = sorted(range(len(found)), key=found.__getitem__)
    places = Keys(found)
    order = [by_key[place] for key in wanted if (place := places.take(key)) is not None]
    rest = bytearray(b"\1") * len(found)
    for index in order:
        rest[index] = 0
    return order + [index for index, left in enumerate(rest) if left]
