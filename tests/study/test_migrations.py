from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.study.sample import graded, verdict
from tutor.study import migrations, record
from tutor.study.backup import backups, restore
from tutor.study.errors import NotAStore, StoreCorrupt, StoreError, StoreTooNew, StoreUnreachable
from tutor.study.migrations import Migration, migrate, shipped
from tutor.study.store import Store


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as db:
        return {
            name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }


def by_hand(path: Path, *statements: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statement in statements:
            db.executescript(statement)


def test_versions_count_up_without_gaps() -> None:
    assert [step.version for step in shipped()] == list(range(1, len(shipped()) + 1))


def test_a_new_record_needs_no_backup(path: Path) -> None:
    with Store(path) as store:
        assert store.query("PRAGMA user_version") == [(shipped()[-1].version,)]
    assert backups(path) == []


def test_no_other_program_meets_a_new_record_half_made(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    done: list[str] = []
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.set_trace_callback(done.append)
        migrate(db, keep=lambda version: done.append("kept"))
    assert [each for each in done if each in ("COMMIT", "kept")] == ["COMMIT"]


def test_a_database_from_before_versions_is_kept_and_brought_up_to_date(path: Path) -> None:
    by_hand(path, "CREATE TABLE notes (text); INSERT INTO notes VALUES ('mine');")
    with Store(path) as store:
        assert store.query("SELECT text FROM notes") == [("mine",)]
        graded(store, "llm/a", 1.0)
    old = path.with_name("study.db.bak-0")
    assert tables(old) == {"notes"}
    assert {"events", "notes"} <= tables(path.with_name("study.db.bak-1"))


def test_projections_are_made_for_a_log_that_is_older_than_they_are(path: Path) -> None:
    with Store(path) as store:
        id = graded(store, "llm/a", 0.5)
        log = list(store.events())
        rows = store.query("SELECT * FROM events")
    path.unlink()
    by_hand(path, shipped()[0].sql, "PRAGMA user_version = 1")
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    with Store(path) as store:
        assert list(store.events()) == log
        assert record.attempt(store, id) is not None
        found = record.progress(store, "llm/a")
        assert found is not None
        assert found.last_score == 0.5
    assert [file.name for file in backups(path)] == ["study.db.bak-1"]


def test_a_record_of_an_older_program_is_projected_anew(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(path) as store:
        graded(store, "llm/a", 0.5)
    by_hand(path, "DELETE FROM progress")
    with Store(path) as store:
        assert record.progress(store, "llm/a") is None
    monkeypatch.setattr("tutor.study.projections.VERSION", 999)
    with Store(path) as store:
        assert record.progress(store, "llm/a") is not None


def test_a_step_that_fails_leaves_the_version_before(path: Path) -> None:
    by_hand(path, "CREATE TABLE notes (text)")
    steps = [
        Migration(1, "CREATE TABLE one (x);\nCREATE TABLE two (x);\n"),
        Migration(2, "CREATE TABLE three (x);\nCREATE TABLE one (x);\n"),
    ]
    kept: list[int] = []
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        with pytest.raises(sqlite3.OperationalError, match="one already exists"):
            migrate(db, kept.append, steps)
        assert migrations.version(db) == 1
    assert tables(path) == {"notes", "one", "two"}
    assert kept == [0, 1]


def test_a_newer_record_is_refused_untouched(path: Path) -> None:
    by_hand(path, "CREATE TABLE events (id)", "PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(StoreTooNew, match=r"newer Tutor \(version 99.*update") as refused:
        Store(path)
    assert "\n" not in str(refused.value)
    assert path.read_bytes() == before
    assert backups(path) == []


def test_a_backup_can_be_put_back(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "safe" / "copy.db"
    with Store(path) as store:
        first = graded(store, "llm/a", 1.0)
        store.backup(copy)
        record.judged(store, first, verdict(0.0))
    restore(copy, path)
    with Store(path) as store:
        found = record.progress(store, "llm/a")
        assert found is not None
        assert found.last_score == 1.0
    aside = path.with_name("study.db.before-restore")
    assert backups(path) == [aside]
    with Store(aside) as store:
        assert len(list(store.events("verdict"))) == 2


def test_a_backup_may_be_put_where_nothing_or_rubbish_is(path: Path, tmp_path: Path) -> None:
    with Store(tmp_path / "other.db") as store:
        graded(store, "llm/a", 1.0)
        store.backup(tmp_path / "copy.db")
    restore(tmp_path / "copy.db", path)
    path.write_bytes(b"rubbish" * 1000)
    restore(tmp_path / "copy.db", path)
    with Store(path) as store:
        assert len(list(store.events())) == 2


def test_only_a_sound_record_is_put_back(path: Path, tmp_path: Path) -> None:
    with Store(path) as store:
        graded(store, "llm/a", 1.0)
    bad: dict[str, type[StoreError]] = {}
    (tmp_path / "text").write_text("hello, this is no database at all")
    bad["text"] = NotAStore
    by_hand(tmp_path / "foreign", "CREATE TABLE notes (text)")
    bad["foreign"] = NotAStore
    by_hand(tmp_path / "newer", "CREATE TABLE events (id)", "PRAGMA user_version = 99")
    bad["newer"] = StoreTooNew
    bad["missing"] = NotAStore
    whole = path.read_bytes()
    (tmp_path / "cut").write_bytes(whole[: len(whole) // 2])
    bad["cut"] = StoreCorrupt
    for name, error in bad.items():
        with pytest.raises(error):
            restore(tmp_path / name, path)
    assert path.read_bytes() == whole


def test_a_record_is_not_copied_onto_itself(store: Store) -> None:
    with pytest.raises(StoreUnreachable, match="a name of its own"):
        store.backup(store.path.parent / "." / store.path.name)
