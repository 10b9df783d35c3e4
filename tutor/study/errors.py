"""Everything the study record can refuse, each in one line that says what to do."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar


class StoreError(Exception):
    """Base of everything a Store raises. `code` names the case for a screen that has its own words; `path` the file."""

    code: ClassVar[str] = "failed"
    advice: ClassVar[str] = "The study record {path} failed ({reason}): run `tutor doctor`."

    def __init__(self, path: Path, reason: str = "") -> None:
        super().__init__(self.advice.format(path=path, reason=reason))
        self.path, self.reason = path, reason


class StoreLocked(StoreError):
    code = "locked"
    advice = "Another program is writing to the study record {path}: close it and try again."


class StoreFull(StoreError):
    code = "full"
    advice = "There is no room left to save {path}: free some disk space and try again."


class StoreReadOnly(StoreError):
    code = "read-only"
    advice = "The study record {path} cannot be written: allow writing to it and its folder, or set TUTOR_HOME."


class StoreUnreachable(StoreError):
    code = "unreachable"
    advice = (
        "The study record {path} cannot be opened ({reason}): check its folder, or set TUTOR_HOME."
    )


class StoreCorrupt(StoreError):
    code = "corrupt"
    advice = "The study record {path} is damaged ({reason}): run `tutor doctor`, then `tutor restore` a backup."


class NotAStore(StoreError):
    code = "not-a-store"
    advice = "{path} is not a study record: move it away, or `tutor restore` a backup; `tutor doctor` lists them."


class StoreTooNew(StoreError):
    code = "too-new"
    advice = "The study record {path} was written by a newer Tutor ({reason}): update with `pip install -U llm-tutor`."


class StoreClosed(StoreError):
    code = "closed"
    advice = "The study record {path} is closed already: start Tutor again."


_BY_RESULT_CODE: dict[int, type[StoreError]] = {
    sqlite3.SQLITE_BUSY: StoreLocked,
    sqlite3.SQLITE_LOCKED: StoreLocked,
    sqlite3.SQLITE_FULL: StoreFull,
    sqlite3.SQLITE_READONLY: StoreReadOnly,
    sqlite3.SQLITE_PERM: StoreReadOnly,
    sqlite3.SQLITE_CANTOPEN: StoreUnreachable,
    sqlite3.SQLITE_IOERR: StoreUnreachable,
    sqlite3.SQLITE_CORRUPT: StoreCorrupt,
    sqlite3.SQLITE_NOTADB: NotAStore,
}


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what SQLite or the file system raises about `path` into a StoreError."""
    try:
        yield
    except sqlite3.Error as error:
        primary = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        raise _BY_RESULT_CODE.get(primary, StoreError)(path, str(error)) from error
    except PermissionError as error:
        raise StoreReadOnly(path) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StoreFull(path) from error
        raise StoreUnreachable(path, error.strerror or str(error)) from error
