"""Opening a study record's SQLite file, and one transaction on it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tutor.study import backup, migrations
from tutor.study.folding import folded_field


def connect(path: Path, *, wait: float) -> sqlite3.Connection:
    """Open or create the database at `path` and bring it up to date; `wait` seconds for another program's lock.

    Raises sqlite3.Error, OSError, StoreTooNew.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(path, timeout=wait, isolation_level=None, check_same_thread=False)
    try:
        migrations.refuse_newer(db, path)
        _log_ahead(db, wait)
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        db.create_function("folded_field", 2, folded_field, deterministic=True)
        migrations.migrate(
            db, keep=lambda version: backup.copy(path, path.with_name(f"{path.name}.bak-{version}"))
        )
    except BaseException:
        db.close()
        raise
    return db


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Take the write lock; commit at the end, or leave no trace when anything is raised."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _log_ahead(db: sqlite3.Connection, wait: float) -> None:
    # Two programs that create the same file meet here, and SQLite's own busy timeout does not cover this step.
    deadline = time.monotonic() + wait
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
