"""Whether a study record is sound: what `tutor doctor` asks."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tutor.study import backup, projections
from tutor.study.errors import StoreError, told
from tutor.study.store import Store


def inspect(store: Store) -> list[str]:
    """What is wrong with a record, one line each that says what to do; empty when all is well. Changes nothing."""
    try:
        with told(store.path), closing(sqlite3.connect(":memory:")) as copy:
            with closing(sqlite3.connect(store.path)) as source:
                source.backup(copy)
            return list(_findings(copy, store.path))
    except StoreError as error:
        return [str(error)]


def examine(path: Path) -> list[str]:
    """`inspect` for a file that may not even open: the reason why not, then the backups that could take its place."""
    try:
        with Store(path) as store:
            return inspect(store)
    except StoreError as error:
        return [
            str(error),
            *(f"A backup is there: `tutor restore {file}`." for file in backup.backups(path)),
        ]


def counts(store: Store) -> dict[str, int]:
    """How many events there are of each kind, known or not."""
    return dict(store.query("SELECT kind, count(*) FROM events GROUP BY kind ORDER BY kind"))


def _findings(db: sqlite3.Connection, path: Path) -> Iterator[str]:
    for (line,) in db.execute("PRAGMA integrity_check").fetchall():
        if line != "ok":
            yield f"The study record {path} is damaged ({line}): `tutor restore` a backup."
            return
    if db.execute("PRAGMA foreign_key_check").fetchall():
        yield "A result refers to an event that is not in the log: run `tutor doctor --rebuild`."
    unreadable = sum(
        projections.read_event(row) is None
        for row in db.execute(f"SELECT {projections.COLUMNS} FROM events")
    )
    if unreadable:
        yield f"{unreadable} events cannot be read and are left out: `tutor restore` a backup if answers are missing."
    before = projections.dump(db)
    projections.replay(db)
    after = projections.dump(db)
    for table in sorted(before):
        if before[table] != after[table]:
            yield f"The table {table} differs from what the log says: run `tutor doctor --rebuild`."
