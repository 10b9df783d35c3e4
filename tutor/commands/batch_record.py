"""What a file of verdicts says is done, so that a batch can go on where it was interrupted."""

from __future__ import annotations

import os
import shutil
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, BinaryIO

import msgspec
from msgspec import Meta, Struct

from tutor.commands.batch_keys import Keys, order_of
from tutor.grading.verdict import Versions

_BEGINNING = b'{"row":"'
"""Every line we write begins so, even one that was cut short."""


class Record(Struct, frozen=True):
    """`done`: keys of the rows that were graded; `versions`: what their verdicts depend on.

    `spoiled`: whether there are lines that have to go: rows that failed, for they are tried again, and one cut short.
    """

    done: Keys
    versions: frozenset[Versions] = frozenset()
    spoiled: bool = False


class NotVerdicts(ValueError):
    """The file has something else in it; `line` counts from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line} is no verdict")
        self.line = line


class _Verdict(Struct, frozen=True):
    """What matters here of a line; without `verdict` the row could not be graded at all."""

    row: Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
    verdict: str | None = None
    versions: Versions = Versions()

    @property
    def key(self) -> int:
        return int(self.row, 16)

    @property
    def stays(self) -> bool:
        return self.verdict not in (None, "ungraded")


def read_record(path: Path) -> Record:
    """What is done according to `path`, which need not exist. Raises NotVerdicts, OSError."""
    done, versions, spoiled = array("Q"), set(), False
    for number, line in _lines(path):
        verdict = _read(line)
        whole = line.endswith(b"\n")
        if verdict is None and (whole or not _cut_short(line)):
            raise NotVerdicts(number)
        if verdict is None or not verdict.stays or not whole:
            spoiled = True
        if verdict is not None and verdict.stays:
            done.append(verdict.key)
            versions.add(verdict.versions)
    return Record(Keys(done), frozenset(versions - {Versions()}), spoiled)


def drop_unfinished(path: Path) -> None:
    """Leave in `path` what is graded, in one step. Raises OSError."""
    _replace(path, (line for _, line in _lines(path) if (it := _read(line)) and it.stays))


def put_in_order(path: Path, keys: Iterable[str]) -> None:
    """Give the lines of `path` the order of `keys`, in one step; those of other rows go last. Raises OSError."""
    found, starts, at = array("Q"), array("Q"), 0
    with path.open("rb") as file:
        for line in file:
            if (verdict := _read(line)) is not None:
                found.append(verdict.key)
                starts.append(at)
            at += len(line)
    order = order_of(found, (int(key, 16) for key in keys))
    if order == list(range(len(found))):
        return
    with path.open("rb") as file:
        _replace(path, (_line_at(file, starts[index]) for index in order))


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Each line that is not blank with its number; none where there is no file."""
    try:
        with path.open("rb") as file:
            yield from ((n, line) for n, line in enumerate(file, start=1) if line.strip())
    except FileNotFoundError:
        return


def _line_at(file: BinaryIO, start: int) -> bytes:
    file.seek(start)
    return file.readline()


def _read(line: bytes) -> _Verdict | None:
    try:
        return msgspec.json.decode(line, type=_Verdict)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _cut_short(line: bytes) -> bool:
    """Whether a last line without an end is the beginning of one of ours."""
    return line.startswith(_BEGINNING) or _BEGINNING.startswith(line)


def _replace(path: Path, lines: Iterable[bytes]) -> None:
    """Put `lines` in the place of the file; whoever holds its lock is the only one to use the name of the draft."""
    draft = path.with_name(f".{path.name}.draft")
    try:
        with draft.open("wb") as file:
            file.writelines(line.rstrip(b"\n") + b"\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(path, draft)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
