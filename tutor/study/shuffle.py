"""Orders that look random and are the same again for the same seed, in every process and version of Python."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256


def shuffled(seed: int, names: Sequence[str]) -> list[str]:
    """`names` in an order of the seed's; adding or taking one away leaves the others as they were."""
    return sorted(names, key=lambda name: (_digest(seed, name), name))


def option_order(seed: int, item_id: str, n: int, *, scrambled: bool = False) -> list[int]:
    """The indexes 0..n-1 in the order to show them.

    With `scrambled` (the steps of an `order` item) it is never 0, 1, 2, ... for n >= 2, which would be the answer.
    """
    straight = list(range(n))
    order = _order(seed, item_id, n, 0)
    attempt = 0
    while scrambled and n >= 2 and order == straight:
        attempt += 1
        order = _order(seed, item_id, n, attempt)
    return order


def _order(seed: int, item_id: str, n: int, attempt: int) -> list[int]:
    return sorted(range(n), key=lambda index: _digest(seed, item_id, attempt, index))


def _digest(*parts: object) -> bytes:
    return sha256("\0".join(map(str, parts)).encode()).digest()
