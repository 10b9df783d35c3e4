"""Prompts that begin alike, packed into one sequence in which what they share stands once.

A question, its answers and the claims about each are a tree: a token sees only the tokens on its way to the root, at the
positions they would have in a prompt of their own, so that every leaf is computed as if it stood alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Labelled(NamedTuple):
    """The tokens of a prompt, and whether Yes comes next."""

    tokens: tuple[int, ...]
    label: bool


class Pack(NamedTuple):
    """`tokens`, `positions`: n numbers; `sees`: n x n, row sees column; `leaves`: where each prompt ends."""

    tokens: npt.NDArray[np.int64]
    positions: npt.NDArray[np.int64]
    sees: npt.NDArray[np.bool_]
    leaves: npt.NDArray[np.int64]
    labels: npt.NDArray[np.float32]


def packs(prompts: Iterable[Labelled], room: int) -> Iterator[Pack]:
    """Fill packs of at most `room` tokens, in the order given. A prompt longer than that is left out."""
    builder = _Builder(room)
    for prompt in prompts:
        if not builder.add(prompt):
            if builder.leaves:
                yield builder.pack()
            builder = _Builder(room)
            builder.add(prompt)
    if builder.leaves:
        yield builder.pack()


def filled_up(pack: Pack, room: int) -> Pack:
    """The same with tokens at the end that nothing sees, `room` in all: one shape for every pack of a training."""
    size = len(pack.tokens)
    sees = np.eye(max(room, size), dtype=bool)
    sees[:size, :size] = pack.sees
    empty = np.zeros(len(sees) - size, np.int64)
    return pack._replace(
        tokens=np.concatenate((pack.tokens, empty)),
        positions=np.concatenate((pack.positions, empty)),
        sees=sees,
    )


class _Builder:
    def __init__(self, room: int) -> None:
        self.room = room
        self.leaves: list[int] = []
        self._tokens: list[int] = []
        self._parents: list[int] = []
        self._children: dict[tuple[int, int], int] = {}
        self._prompts: list[Labelled] = []

    def add(self, prompt: Labelled) -> bool:
        """False, and nothing has changed, when there is no room for it."""
        at, new = self._follow(prompt.tokens)
        if len(self._tokens) + len(prompt.tokens) - new > self.room:
            return False
        for token in prompt.tokens[new:]:
            self._children[at, token] = len(self._tokens)
            self._parents.append(at)
            self._tokens.append(token)
            at = len(self._tokens) - 1
        self.leaves.append(at)
        self._prompts.append(prompt)
        return True

    def _follow(self, tokens: Sequence[int]) -> tuple[int, int]:
        """The node that the longest known beginning of `tokens` ends at, -1 for none, and its length."""
        at = -1
        for depth, token in enumerate(tokens):
            child = self._children.get((at, token))
            if child is None:
                return at, depth
            at = child
        return at, len(tokens)

    def pack(self) -> Pack:
        size = len(self._tokens)
        sees = np.zeros((size, size), bool)
        positions = np.zeros(size, np.int64)
        for node, parent in enumerate(self._parents):
            if parent >= 0:
                sees[node] = sees[parent]
                positions[node] = positions[parent] + 1
            sees[node, node] = True
        return Pack(
            tokens=np.array(self._tokens, np.int64),
            positions=positions,
            sees=sees,
            leaves=np.array(self.leaves, np.int64),
            labels=np.array([p.label for p in self._prompts], np.float32),
        )
