"""Copies of a study record: made before every upgrade and on request, listed, and put back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tutor.study import migrations
from tutor.study.errors import NotAStore, StoreCorrupt, told


def copy(path: Path, to: Path) -> None:
    """Copy the database at `path`, as last committed, to the file `to`, which is there whole or not at all.

    Raises sqlite3.Error, OSError.
    """
    part = to.with_name(f"{to.name}.part")
    part.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(part)) as target:
        source.backup(target)
    part.replace(to)


def backups(path: Path) -> list[Path]:
    """The copies that lie beside the study record at `path`, newest first."""
    found = [
        *path.parent.glob(f"{path.name}.bak-*"),
        *path.parent.glob(f"{path.name}.before-restore"),
    ]
    whole = [file for file in found if not file.name.endswith((".part", "-wal", "-shm"))]
    return sorted(whole, key=lambda file: file.stat().st_mtime, reverse=True)


def restore(source: Path, path: Path) -> None:
    """Put a copy of `source` in the place of the study record at `path`, which no Store may have open.

    What was there stays as `<name>.before-restore`. Raises StoreError, and then nothing has changed.
    """
    with told(source):
        _refuse_unsound(source)
    incoming = path.with_name(f"{path.name}.incoming")
    with told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        copy(source, incoming)
        for suffix in ("-wal", "-shm", ""):
            _set_aside(path, suffix)
        incoming.replace(path)


def _refuse_unsound(source: Path) -> None:
    if not source.is_file():
        raise NotAStore(source)
    with closing(sqlite3.connect(source)) as db:
        migrations.refuse_newer(db, source)
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'events'").fetchone():
            raise NotAStore(source)
        verdict = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if verdict != "ok":
            raise StoreCorrupt(source, str(verdict).splitlines()[0])


def _set_aside(path: Path, suffix: str) -> None:
    there, aside = Path(f"{path}{suffix}"), Path(f"{path}.before-restore{suffix}")
    aside.unlink(missing_ok=True)
    if there.exists():
        there.replace(aside)
