"""Versioned upgrades of the database: `NNNN_name.sql`, each applied once and in order."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from tutor.study.errors import StoreTooNew


class Migration(NamedTuple):
    version: int
    sql: str


@cache
def shipped() -> tuple[Migration, ...]:
    """The migrations of this program, oldest first."""
    files = [file for file in resources.files(__name__).iterdir() if file.name.endswith(".sql")]
    found = (
        Migration(int(file.name.split("_")[0]), file.read_text(encoding="utf-8")) for file in files
    )
    return tuple(sorted(found))


def version(db: sqlite3.Connection) -> int:
    """The version the database is at; 0 for one that was never migrated."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def refuse_newer(db: sqlite3.Connection, path: Path) -> None:
    """Raise StoreTooNew for a database that a newer program has migrated."""
    found, known = version(db), shipped()[-1].version
    if found > known:
        raise StoreTooNew(path, f"version {found}, this one reads up to {known}")


def migrate(
    db: sqlite3.Connection, keep: Callable[[int], None], steps: Sequence[Migration] | None = None
) -> None:
    """Bring a database up to date: a new one in one transaction, so that no other program meets it half made; else one a step.

    One that had anything in it is first handed to `keep`, before each step, with the version it is at.
    """
    known = shipped() if steps is None else steps
    if not db.execute("SELECT EXISTS (SELECT 1 FROM sqlite_master)").fetchone()[0]:
        _apply(db, known, None)
    for step in known:
        if version(db) < step.version:
            _apply(db, [step], keep)


def _apply(
    db: sqlite3.Connection, steps: Sequence[Migration], keep: Callable[[int], None] | None
) -> None:
    db.execute("BEGIN IMMEDIATE")
    try:
        before = version(db)
        # Another process may have been here while this one waited for the lock.
        for step in (each for each in steps if each.version > before):
            if keep:
                keep(before)
            for statement in _statements(step.sql):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {step.version:d}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _statements(sql: str) -> Iterator[str]:
    # executescript would commit first, and half a migration is worse than none.
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
