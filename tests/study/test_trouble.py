"""Every way in which the file can fail is one line that says what to do."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.study.sample import answer, graded
from tutor.study import errors, integrity, record
from tutor.study.errors import StoreError
from tutor.study.store import Store


@contextmanager
def refused(error: type[StoreError], *words: str) -> Iterator[None]:
    with pytest.raises(StoreError) as caught:
        yield
    assert type(caught.value) is error
    line = str(caught.value)
    assert "\n" not in line
    for word in words:
        assert word in line


def written(path: Path, answers: int = 40) -> None:
    with Store(path) as store:
        for n in range(answers):
            graded(store, f"llm/{n}", 1.0, first="met")


def spoil(path: Path, change: str) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript(change)
    db.close()


def test_locked_by_another_program(path: Path) -> None:
    with Store(path, wait=0.05) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with refused(errors.StoreLocked, str(path), "close it and try again"):
            answer(store, "llm/a")
        assert list(store.events()) == []
        other.execute("COMMIT")
        other.close()
        answer(store, "llm/a")


def test_opening_waits_for_no_writer_when_nothing_is_to_be_written(path: Path) -> None:
    written(path, 1)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with Store(path, wait=0) as store:
        assert len(list(store.events())) == 2
    other.close()


def test_a_new_file_that_another_program_holds(path: Path) -> None:
    path.parent.mkdir(parents=True)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with refused(errors.StoreLocked):
        Store(path, wait=0.05)
    other.close()


def test_disk_full(store: Store) -> None:
    (pages,) = store.query("PRAGMA page_count")[0]
    store.query(f"PRAGMA max_page_count = {pages}")
    with refused(errors.StoreFull, "free some disk space"):
        answer(store, "llm/a", text="x" * 50_000)
    assert list(store.events()) == []
    store.query("PRAGMA max_page_count = 100000")
    answer(store, "llm/a", text="x" * 50_000)


def test_disk_full_while_a_backup_is_made(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tutor.study.backup.copy", no_room)
    with refused(errors.StoreFull):
        store.backup(store.path.with_name("copy.db"))


def test_a_file_that_is_no_database(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text("My diary, in which no table was ever created.")
    with refused(errors.NotAStore, "move it away", "`tutor doctor`"):
        Store(path)
    assert path.read_text().startswith("My diary")


def test_a_record_that_may_not_be_written(store: Store) -> None:
    store.query("PRAGMA query_only = ON")
    with refused(errors.StoreReadOnly, "allow writing"):
        answer(store, "llm/a")


def test_a_file_and_a_folder_without_permission(path: Path) -> None:
    written(path, 1)
    path.chmod(0o444)
    if os.access(path, os.W_OK):
        pytest.skip("this user may write anywhere")
    with Store(path) as store:
        assert len(list(store.events())) == 2
        with refused(errors.StoreReadOnly):
            answer(store, "llm/a")
    path.parent.chmod(0o555)
    try:
        with refused(errors.StoreReadOnly):
            Store(path.parent / "new" / "study.db")
    finally:
        path.parent.chmod(0o755)


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with refused(errors.StoreUnreachable, "check its folder"):
        Store(tmp_path / "file" / "study.db")
    with refused(errors.StoreUnreachable, "check its folder"):
        Store(tmp_path)


def test_a_damaged_file(path: Path) -> None:
    written(path)
    whole = bytearray(path.read_bytes())
    whole[4096 * 2 : -4096] = b"\xa5" * (len(whole) - 4096 * 3)
    path.write_bytes(bytes(whole))
    with refused(errors.StoreCorrupt, "`tutor doctor`"), Store(path) as store:
        list(store.events())
    assert any("damaged" in line for line in integrity.examine(path))


def test_a_file_cut_short(path: Path) -> None:
    written(path)
    path.write_bytes(path.read_bytes()[: 4096 * 3])
    with refused(errors.StoreCorrupt), Store(path) as store:
        answer(store, "llm/a")


def test_a_closed_store(path: Path) -> None:
    store = Store(path)
    store.close()
    store.close()
    with refused(errors.StoreClosed):
        store.draft("llm/a")
    with refused(errors.StoreClosed):
        answer(store, "llm/a")


def test_a_sound_record_has_nothing_to_report(store: Store) -> None:
    graded(store, "llm/a", 1.0, first="met")
    record.asked(store, "llm/a", "?")
    assert integrity.inspect(store) == []
    assert integrity.examine(store.path) == []
    assert integrity.counts(store) == {"answer": 1, "question": 1, "verdict": 1}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE progress SET attempts = 9", "The table progress differs"),
        ("DELETE FROM points", "The table points differs"),
        ("UPDATE answers SET verdict = 'gone'", "not in the log"),
    ],
)
def test_projections_that_differ_from_the_log_are_found_and_made_again(
    store: Store, change: str, said: str
) -> None:
    graded(store, "llm/a", 1.0, first="met")
    spoil(store.path, change)
    found = integrity.inspect(store)
    assert any(said in line and "`tutor doctor --rebuild`" in line for line in found)
    store.rebuild()
    assert integrity.inspect(store) == []


def test_events_that_cannot_be_read_are_counted_and_passed_over(store: Store) -> None:
    graded(store, "llm/a", 1.0)
    spoil(
        store.path,
        """
        INSERT INTO events VALUES ('ff', 'd', '', 0, NULL, NULL, 'answer', 'not json', '{}');
        INSERT INTO events VALUES ('fg', 'd', '', 0, NULL, NULL, 'answer', '[1]', '{}');
        """,
    )
    assert len(list(store.events())) == 2
    assert store.rebuild() == 4
    (line,) = integrity.inspect(store)
    assert line.startswith("2 events cannot be read")


def test_a_record_that_does_not_open_has_its_backups_listed(path: Path) -> None:
    written(path, 1)
    with Store(path) as store:
        store.backup(path.with_name("study.db.bak-1"))
    path.write_text("no database any more, since something else wrote here")
    why, there = integrity.examine(path)
    assert "is not a study record" in why
    assert there == f"A backup is there: `tutor restore {path}.bak-1`."
