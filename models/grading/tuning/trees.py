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


class Shape(NamedTuple):
    """`tokens`, `positions`: n numbers; `sees`: n x n, row sees column."""

    tokens: npt.NDArray[np.int64]
    positions: npt.NDArray[np.int64]
    sees: npt.NDArray[np.bool_]


class Pack(NamedTuple):
    """`shape` of a tree; `leaves`: where in it each prompt ends."""

    shape: Shape
    leaves: npt.NDArray[np.int64]
    labels: npt.NDArray[np.float32]


class Tree:
    """Sequences of tokens as one tree of at most `room` tokens."""

    def __init__(self, room: int) -> None:
        self.room = room
        self._tokens: list[int] = []
        self._parents: list[int] = []
        self._children: dict[tuple[int, int], int] = {}

    def add(self, tokens: Sequence[int]) -> list[int] | None:
        """The nodes of a sequence, from the root on; None, and nothing has changed, when there is no room for it."""
        path, at = [], -1
        for token in tokens:
            child = self._children.get((at, token))
            if child is None:
                break
            path.append(at := child)
        new = tokens[len(path) :]
        if len(self._tokens) + len(new) > self.room:
            return None
        for token in new:
            self._children[at, token] = len(self._tokens)
            self._parents.append(at)
            self._tokens.append(token)
            path.append(at := len(self._tokens) - 1)
        return path

    def shape(self) -> Shape:
        size = len(self._tokens)
        sees = np.zeros((size, size), bool)
        positions = np.zeros(size, np.int64)
        for node, parent in enumerate(self._parents):
            if parent >= 0:
                sees[node] = sees[parent]
                positions[node] = positions[parent] + 1
            sees[node, node] = True
        return Shape(np.array(self._tokens, np.int64), positions, sees)


def packs(prompts: Iterable[Labelled], room: int) -> Iterator[Pack]:
    """Fill packs of at most `room` tokens, in the order given. A prompt longer than that is left out."""
    tree, leaves, labels = Tree(room), list[int](), list[bool]()
    for prompt in prompts:
        path = tree.add(prompt.tokens)
        if path is None:
            if leaves:
                yield _pack(tree, leaves, labels)
            tree, leaves, labels = Tree(room), [], []
            path = tree.add(prompt.tokens)
        if path is not None:
            leaves.append(path[-1])
            labels.append(prompt.label)
    if leaves:
        yield _pack(tree, leaves, labels)


def filled_up(shape: Shape, room: int) -> Shape:
    """The same with tokens at the end that nothing sees, `room` in all: one shape for every pack of a training."""
    size = len(shape.tokens)
    sees = np.eye(max(room, size), dtype=bool)
    sees[:size, :size] = shape.sees
    empty = np.zeros(len(sees) - size, np.int64)
    return Shape(
        tokens=np.concatenate((shape.tokens, empty)),
        positions=np.concatenate((shape.positions, empty)),
        sees=sees,
    )


def _pack(tree: Tree, leaves: Sequence[int], labels: Sequence[bool]) -> Pack:
    return Pack(tree.shape(), np.array(leaves, np.int64), np.array(labels, np.float32))
