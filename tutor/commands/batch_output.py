"""Verdicts out: into a file that a later run goes on with, or printed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from errno import ENOENT
from pathlib import Path
from typing import Protocol, TextIO

from tutor.commands.batch_record import Record, drop_unfinished, put_in_order, read_record
from tutor.commands.terminal import json_text
from tutor.grading.verdict import Versions


class Busy(Exception):
    """Another process writes this file."""


class OtherVersions(Exception):
    """The file has verdicts of `found`, which those to come would not fit."""

    def __init__(self, found: Versions) -> None:
        super().__init__("verdicts of another model or version")
        self.found = found


class Output(Protocol):
    kept: int
    """How many verdicts of earlier runs stay."""

    def is_done(self, key: str) -> bool:
        """Whether an earlier run graded this row; each verdict answers for one row."""
        ...

    def begin(self, versions: Versions) -> None:
        """Make ready for verdicts of these versions. Raises OtherVersions, OSError."""
        ...

    def write(self, row: object) -> None:
        """Add one row, all of it or nothing. Raises OSError."""
        ...


class Printed:
    """For a pipe or a terminal: nothing to go on with."""

    kept = 0

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def is_done(self, key: str) -> bool:
        return False

    def begin(self, versions: Versions) -> None:
        pass

    def write(self, row: object) -> None:
        print(json_text(row), file=self._stream, flush=True)


class Kept:
    """A file that is ours alone until `close`; nothing in it changes before `begin`."""

    def __init__(self, path: Path, record: Record | None) -> None:
        """`record` None: whatever is there is written over."""
        self._path, self._record = path, record
        self._file: int | None = None
        self.kept = len(record.done) if record is not None else 0

    def is_done(self, key: str) -> bool:
        return self._record is not None and self._record.done.take(int(key, 16)) is not None

    def begin(self, versions: Versions) -> None:
        other = self._record.versions - {versions} if self._record is not None else None
        if other:
            raise OtherVersions(min(other, key=str))
        if self._record is not None and self._record.spoiled:
            drop_unfinished(self._path)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
        self._file = os.open(self._path, flags | (os.O_TRUNC if self._record is None else 0), 0o666)

    def write(self, row: object) -> None:
        """In one call where the system allows it: killed at any moment, it leaves whole lines and at most one cut short."""
        if self._file is None:
            raise RuntimeError("begin() comes first")
        start, left = os.fstat(self._file).st_size, json_text(row).encode() + b"\n"
        try:
            while left:
                left = left[os.write(self._file, left) :]
        except OSError:
            os.ftruncate(self._file, start)
            raise

    def put_in_order(self, keys: Iterable[str]) -> None:
        """The lines in the order of the rows with these keys; nothing is written after this."""
        self.close()
        put_in_order(self._path, keys)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
        self._file = None


@contextmanager
def kept(path: Path, *, fresh: bool) -> Iterator[Kept]:
    """The file of verdicts at `path`, with what earlier runs left there or `fresh`. Raises Busy, NotVerdicts, OSError."""
    with _alone(path):
        output = Kept(path, None if fresh else read_record(path))
        try:
            yield output
        finally:
            output.close()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the lock of this file, which ends with the process whatever becomes of it."""
    from filelock import FileLock, Timeout

    if not path.parent.is_dir():  # or else the lock would make the folder
        raise FileNotFoundError(ENOENT, os.strerror(ENOENT), str(path))
    name = path.with_name(f"{path.name}.lock")
    lock = FileLock(name, timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise Busy from None
    try:
        yield
    finally:
        with suppress(OSError):
            name.unlink()
        lock.release()
