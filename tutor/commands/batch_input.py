"""Rows in: read as they are needed, known by their content, those of one question next to each other."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from tutor.commands.batch_rows import BadRow, Row, id_of, read_row
from tutor.llm.transfer import abandonable

LOOK_AHEAD = 256
"""How many rows are gathered by question at a time. On 350 answers to 50 questions in any order that leaves a sixth
fewer tokens to evaluate; gathering all of them, a fifth."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Waiting(Struct, frozen=True):
    """A row that is to be graded, from line `number`; `row` None: it can't be, and `error` says why."""

    number: int
    key: str
    row: Row | None = None
    id: str | int | None = None
    error: str = ""


@contextmanager
def reading(source: str) -> Iterator[BinaryIO]:
    """The lines of the file `source`; "-": of stdin.

    A pipe that was not read to its end stays open: closing it would wait for the thread that still reads from it.
    """
    if source == "-":
        yield _stdin()
    elif Path(source).is_file():
        with Path(source).open("rb") as file:
            yield file
    else:
        pipe = Path(source).open("rb")  # noqa: SIM115
        yield pipe
        pipe.close()


def _stdin() -> BinaryIO:
    """A reader of our own, because Python aborts at its end when a thread still waits in `sys.stdin`."""
    try:
        return os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    except OSError:  # a stdin that is no file
        return sys.stdin.buffer


def key_of(text: bytes) -> str:
    """What a row is known by: the first 16 hexadecimal digits of the SHA-256 of its line without space around it."""
    return hashlib.sha256(text).hexdigest()[:16]


def _texts(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """The number and the text of each line that has any."""
    for number, line in enumerate(lines, start=1):
        if text := line.removeprefix(_BYTE_ORDER_MARK).strip():
            yield number, text


def keys(lines: Iterable[bytes]) -> Iterator[str]:
    """The keys of all rows."""
    return (key_of(text) for _, text in _texts(lines))


def waiting(lines: Iterable[bytes], is_done: Callable[[str], bool]) -> Iterator[Waiting]:
    """The rows whose key is not done yet; `is_done` hears each row once."""
    for number, text in _texts(lines):
        key = key_of(text)
        if is_done(key):
            continue
        try:
            yield Waiting(number, key, read_row(text))
        except BadRow as error:
            yield Waiting(number, key, id=id_of(text), error=str(error))


def by_question(rows: Iterable[Waiting], look_ahead: int = LOOK_AHEAD) -> Iterator[Waiting]:
    """The rows, those of one question next to each other within every `look_ahead`, else in the order they came."""
    coming = iter(rows)
    while chunk := list(islice(coming, look_ahead)):
        first: dict[str | None, int] = {}
        for row in chunk:
            first.setdefault(_question(row), row.number)
        yield from sorted(chunk, key=lambda row: first[_question(row)])


def _question(row: Waiting) -> str | None:
    return row.row.question if row.row is not None else None


class Source:
    """Hands out rows to whoever is free. A thread reads them, so that a slow pipe holds up nothing else."""

    def __init__(self, rows: Iterator[Waiting]) -> None:
        self._rows = rows
        self._turn = asyncio.Lock()

    async def next(self) -> Waiting | None:
        """The next row; None when there are no more. Raises what reading raises."""
        async with self._turn:
            return await abandonable(lambda: next(self._rows, None))
