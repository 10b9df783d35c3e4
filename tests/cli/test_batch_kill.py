"""A batch in a process of its own: killed again and again, stopped while it waits for a row, several rows at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.batch_child import MOMENTS
from tests.cli.test_batch import ROW, batch
from tests.waiting import PATIENCE

ROWS = [
    ROW | {"id": n, "question": f"Why {n % 3}?", "answer": f"Steam {n}, it is the cause"}
    for n in range(9)
]


def command(moment: str, count: int, *argv: str) -> list[str]:
    return [sys.executable, "-m", "tests.cli.batch_child", moment, str(count), "grade", *argv]


@pytest.fixture
def environ() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_killed_at_any_moment_no_row_is_lost_or_graded_twice(
    model: Path, tmp_path: Path, environ: dict[str, str], jobs: str
) -> None:
    rows = [*ROWS, ROWS[4], {"id": "bad"}]
    (tmp_path / "in.jsonl").write_text(batch(*rows))
    out = tmp_path / "out.jsonl"
    argv = ("--batch", "in.jsonl", "--out", "out.jsonl", "--jobs", jobs)

    def go(moment: str, count: int = 1) -> int:
        return subprocess.run(
            command(moment, count, *argv),
            env=environ,
            cwd=tmp_path,
            capture_output=True,
            timeout=PATIENCE,
        ).returncode

    graded: Counter[bytes] = Counter()
    plan = [("choose", 9), ("half", 2), ("draft", 1), ("written", 2), ("load", 1), ("half", 1)]
    plan += [("replaced", 1), ("draft", 1)]  # that of the lines that stay, and that of the order
    assert {moment for moment, _ in plan} == set(MOMENTS)
    for moment, count in plan:
        assert go(moment, count) not in (0, 1, 2)
        lines = out.read_bytes().split(b"\n")[:-1] if out.exists() else []
        now = Counter(line for line in lines if b'"score"' in line)
        assert graded <= now, moment
        graded = now
    assert go("") == 1  # one row is bad
    results = [json.loads(line) for line in out.read_text().splitlines()]
    assert [row["id"] for row in results] == [row["id"] for row in rows]
    assert ["error" in row for row in results] == [False] * 10 + [True]
    assert graded <= Counter(out.read_bytes().splitlines())


@contextmanager
def talking(environ: dict[str, str], cwd: Path, *argv: str) -> Iterator[subprocess.Popen[bytes]]:
    """A batch that reads its rows from us and writes its verdicts to us."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        command("", 0, *argv), env=environ, cwd=cwd, stdin=pipe, stdout=pipe, stderr=pipe
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def tell(process: subprocess.Popen[bytes], *rows: dict[str, object]) -> None:
    assert process.stdin is not None
    process.stdin.write(batch(*rows).encode())
    process.stdin.flush()


@pytest.mark.parametrize("jobs", ["1", "4"])
def test_whoever_waits_for_a_verdict_before_the_next_row_gets_it(
    model: Path, tmp_path: Path, environ: dict[str, str], jobs: str
) -> None:
    with talking(environ, tmp_path, "--batch", "-", "--jobs", jobs) as process:
        assert process.stdout is not None
        for row in ROWS[:3]:
            tell(process, row)
            assert json.loads(process.stdout.readline())["id"] == row["id"]
        out, err = process.communicate(timeout=PATIENCE)
        assert (process.returncode, out, err) == (0, b"", b"3 graded, 0 not.\n")


@pytest.mark.skipif(os.name == "nt", reason="needs SIGINT")
@pytest.mark.parametrize("source", ["-", "/dev/stdin"])
def test_ctrl_c_is_heard_while_it_waits_for_a_row(
    model: Path, tmp_path: Path, environ: dict[str, str], source: str
) -> None:
    with talking(environ, tmp_path, "--batch", source) as process:
        tell(process, ROWS[0])
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
        assert process.stderr is not None
        assert process.stderr.read() == b"Stopped: 1 graded, 0 not.\n"
