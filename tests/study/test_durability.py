"""What the disk holds after a kill, and two programs on one file."""

from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.study.sample import answer
from tutor.study import integrity
from tutor.study.payloads import Asked
from tutor.study.store import Store

ROOT = Path(__file__).parents[2]
OPEN = """
import os, signal, sys
from pathlib import Path
from tutor.study.payloads import Asked
from tutor.study.store import Store
store = Store(Path(sys.argv[1]))
"""
DIE = "os.kill(os.getpid(), signal.SIGKILL)\n"


def run(script: str, path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", OPEN + script, str(path)]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_an_event_survives_a_kill_right_after_it_was_written(path: Path) -> None:
    written = "print(store.append('question', Asked(scope='a', question='?')).id, flush=True)\n"
    ended = run(written + DIE, path)
    assert ended.returncode < 0
    with Store(path) as store:
        assert [event.id for event in store.events()] == [ended.stdout.strip()]
        assert integrity.inspect(store) == []


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_an_event_killed_before_its_commit_leaves_no_trace(path: Path) -> None:
    half = f"""
from tutor.study import projections
projections.project = lambda db, event: {DIE.strip()}
store.append("question", Asked(scope="a", question="?"))
"""
    assert run(half, path).returncode < 0
    with Store(path) as store:
        assert list(store.events()) == []
        assert integrity.inspect(store) == []


def test_the_disk_is_asked_to_have_it_before_append_returns(store: Store) -> None:
    assert store.query("PRAGMA synchronous") == [(2,)]
    assert store.query("PRAGMA journal_mode") == [("wal",)]
    assert store.query("PRAGMA foreign_keys") == [(1,)]


def test_one_store_serves_many_threads(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda n: answer(store, f"llm/{n % 3}"), range(60)))
    assert len(set(ids)) == 60
    assert integrity.inspect(store) == []


def test_two_stores_and_another_process_write_to_one_file(path: Path) -> None:
    many = "for n in range(40): store.append('question', Asked(scope='p', question=str(n)))"
    with Store(path, wait=20) as one, Store(path, wait=20) as two, ThreadPoolExecutor(3) as pool:

        def write(store: Store) -> None:
            for n in range(40):
                store.append("question", Asked(scope="t", question=str(n)))
                store.save_draft("llm/a", str(n))

        outside = pool.submit(run, many, path)
        inside = [pool.submit(write, store) for store in (one, two)]
        for future in inside:
            future.result()
        assert outside.result().stderr == ""
        ids = [event.id for event in one.events()]
        assert len(ids) == 120
        assert ids == [row[0] for row in two.query("SELECT id FROM events ORDER BY rowid")]
        assert integrity.inspect(two) == []


def test_several_programs_may_create_the_file_at_once(path: Path) -> None:
    def open_and_write(n: int) -> str:
        with Store(path, wait=20) as store:
            store.append("question", Asked(scope="t", question=str(n)))
            return store.device

    with ThreadPoolExecutor(6) as pool:
        devices = set(pool.map(open_and_write, range(6)))
    assert len(devices) == 1
    with Store(path) as store:
        assert len(list(store.events())) == 6
    assert list(path.parent.glob("*.bak-*")) == []
