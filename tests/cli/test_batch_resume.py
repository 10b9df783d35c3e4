"""A batch that was interrupted, and what an output file may hold before it begins."""

from __future__ import annotations

import errno
import json
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from tests.cli.conftest import Result, Script, Tutor, judge
from tests.cli.test_batch import ROW, batch
from tutor.commands import model_session
from tutor.llm.protocol import Message, PromptTooLong, WorkerDied

Choose = Callable[[Sequence[Message], Sequence[str]], Sequence[float]]
Use = Callable[[Choose], Script]

ROWS = [
    ROW | {"id": n, "question": f"Why {n % 2}?", "answer": f"Steam {n}, it is the cause"}
    for n in range(6)
]


@pytest.fixture
def use(client: Script, monkeypatch: pytest.MonkeyPatch) -> Use:
    """Have the model answer by this function."""

    def change(choose: Choose) -> Script:
        scripted = Script(choices=choose)
        monkeypatch.setattr(model_session, "make_client", lambda context: scripted)
        return scripted

    return change


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    path.write_text(batch(*ROWS))
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out.jsonl"


def go(tutor: Tutor, *more: str) -> Result:
    return tutor("grade", "--batch", "in.jsonl", "--out", "out.jsonl", *more)


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def ids(path: Path) -> list[Any]:
    return [row["id"] for row in read(path)]


def asked(client: Script) -> set[int]:
    """The rows that the model was asked about."""
    texts = [it.messages[-1].content for it in client.requests if it.call == "choose"]
    return {n for n in range(9) for text in texts if f"Steam {n}," in text}


def at(answer: str, act: Callable[[], object]) -> Choose:
    """Judges; at this answer something happens first."""

    def choose(messages: Sequence[Message], continuations: Sequence[str]) -> Sequence[float]:
        if answer in messages[-1].content:
            act()
        return judge(messages, continuations)

    return choose


def raises(error: Exception) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


def ctrl_c() -> None:
    signal.raise_signal(signal.SIGINT)


def test_after_ctrl_c_the_same_command_goes_on(
    tutor: Tutor, use: Use, rows: Path, out: Path
) -> None:
    client = use(at("Steam 4,", ctrl_c))
    told = go(tutor)
    assert (told.code, told.out) == (130, "")
    assert told.err == "Stopped: 3 graded, 0 not. The same command goes on from there.\n"
    assert ids(out) == [0, 2, 4]
    assert client.closed
    first = out.read_text()

    again = use(judge)
    told = go(tutor)
    assert told.code == 0
    assert told.err == (
        "3 rows were graded before and stay; the others are graded now.\n3 graded, 0 not.\n"
    )
    assert ids(out) == [0, 1, 2, 3, 4, 5]
    assert set(first.splitlines()) < set(out.read_text().splitlines())
    assert asked(again) == {1, 3, 5}
    assert sorted(path.name for path in out.parent.glob("*out*")) == ["out.jsonl"]


def test_ctrl_c_without_a_file(tutor: Tutor, use: Use, rows: Path) -> None:
    use(at("Steam 1,", ctrl_c))
    told = tutor("grade", "--batch", "in.jsonl")
    assert (told.code, told.err) == (130, "Stopped: 2 graded, 0 not.\n")
    assert [json.loads(line)["id"] for line in told.out.splitlines()] == [0, 1]


def test_what_is_done_is_left_as_it_is(tutor: Tutor, client: Script, rows: Path, out: Path) -> None:
    go(tutor)
    before, seen = out.read_bytes(), out.stat().st_ino
    client.requests.clear()
    told = go(tutor)
    assert told.err.endswith("\n0 graded, 0 not.\n")
    assert (out.read_bytes(), out.stat().st_ino) == (before, seen)
    assert [it.call for it in client.requests] == ["load"]


def test_fresh_grades_all_anew(tutor: Tutor, client: Script, rows: Path, out: Path) -> None:
    go(tutor)
    told = go(tutor, "--fresh")
    assert told.err == "6 graded, 0 not.\n"
    assert ids(out) == [0, 1, 2, 3, 4, 5]


def test_the_same_line_twice_has_two_verdicts(
    tutor: Tutor, use: Use, rows: Path, out: Path
) -> None:
    rows.write_text(batch(ROWS[0], ROWS[0]))
    use(judge)
    go(tutor)
    rows.write_text(batch(ROWS[0], ROWS[1], ROWS[0], ROWS[0]))
    assert go(tutor).err.endswith("2 graded, 0 not.\n")
    assert ids(out) == [0, 1, 0, 0]


def test_rows_that_failed_are_tried_again(tutor: Tutor, use: Use, rows: Path, out: Path) -> None:
    use(at("Steam 3,", raises(PromptTooLong("too long: shorten it"))))
    told = go(tutor)
    assert (told.code, told.err) == (1, "5 graded, 1 not.\n")
    assert [row["verdict"] == "ungraded" for row in read(out)] == [n == 3 for n in range(6)]
    again = use(judge)
    told = go(tutor)
    assert (told.code, told.err.splitlines()[-1]) == (0, "1 graded, 0 not.")
    assert ids(out) == [0, 1, 2, 3, 4, 5]
    assert {row["verdict"] for row in read(out)} == {"full"}
    assert asked(again) == {3}


def test_a_row_that_was_corrected_takes_its_place(
    tutor: Tutor, client: Script, rows: Path, out: Path
) -> None:
    bad = {"id": 7, "question": "?"}
    rows.write_text(batch(ROWS[0], bad, ROWS[1]))
    for _ in range(2):
        assert go(tutor).code == 1
        assert ids(out) == [0, 7, 1]
        assert read(out)[1]["error"].startswith("line 2: ")
    rows.write_text(batch(ROWS[0], ROWS[2], ROWS[1]))
    assert go(tutor).code == 0
    assert ids(out) == [0, 2, 1]


def test_verdicts_of_rows_that_are_gone_stay_at_the_end(
    tutor: Tutor, client: Script, rows: Path, out: Path
) -> None:
    go(tutor)
    rows.write_text(batch(ROWS[5], ROWS[2]))
    assert go(tutor).code == 0
    assert ids(out) == [5, 2, 0, 1, 3, 4]


def test_standard_input_goes_on_too(tutor: Tutor, use: Use, out: Path) -> None:
    use(at("Steam 4,", ctrl_c))
    argv = ("grade", "--batch", "-", "--out", "out.jsonl")
    assert tutor(*argv, stdin=batch(*ROWS)).code == 130
    again = use(judge)
    assert tutor(*argv, stdin=batch(*ROWS)).code == 0
    assert ids(out) == [0, 1, 2, 3, 4, 5]
    assert 0 not in asked(again)


def test_a_model_that_is_gone_ends_it(tutor: Tutor, use: Use, rows: Path, out: Path) -> None:
    dead = use(at("", raises(WorkerDied("it died: try again"))))
    told = go(tutor)
    assert told.code == 1
    assert told.err == (
        "The model answers no more (it died: try again): 0 graded, 1 not."
        " The same command goes on from there.\n"
    )
    assert [row["verdict"] for row in read(out)] == ["ungraded"]
    assert asked(dead) <= {0}
    use(judge)
    assert go(tutor).code == 0
    assert ids(out) == [0, 1, 2, 3, 4, 5]


def test_a_model_that_died_once_goes_on(tutor: Tutor, use: Use, rows: Path, out: Path) -> None:
    deaths = [WorkerDied("it died")]

    def die_once() -> None:
        if deaths:
            raise deaths.pop()

    use(at("Steam 0,", die_once))
    assert go(tutor).err == "5 graded, 1 not.\n"
    assert [row["verdict"] for row in read(out)] == ["ungraded", *["full"] * 5]


def test_verdicts_of_another_model_are_not_mixed(
    tutor: Tutor, client: Script, rows: Path, out: Path, model: Path
) -> None:
    go(tutor)
    before = out.read_bytes()
    other = model.rename(model.with_name("other.gguf"))
    told = go(tutor, "--model", str(other))
    assert (told.code, told.out) == (2, "")
    assert told.err == (
        "The verdicts there are of tiny, rubric-1, unfitted, now it would be other, rubric-1, unfitted:"
        " name another --out, or add --fresh to grade all anew.\n"
    )
    assert out.read_bytes() == before
    assert go(tutor, "--model", str(other), "--fresh").code == 0
    assert {row["versions"]["model"] for row in read(out)} == {"other"}


def test_a_file_of_something_else_is_never_written_over(
    tutor: Tutor, client: Script, rows: Path, out: Path
) -> None:
    out.write_text("what I meant to keep\n")
    told = go(tutor)
    assert (told.code, told.out) == (2, "")
    assert told.err == (
        "out.jsonl has something else than verdicts in it (line 1): name another file,"
        " or add --fresh to write it anew.\n"
    )
    assert out.read_text() == "what I meant to keep\n"
    assert client.requests == []
    assert go(tutor, "--fresh").code == 0
    assert len(read(out)) == 6


def test_fresh_keeps_what_is_there_until_the_model_is_loaded(
    tutor: Tutor, client: Script, rows: Path, out: Path
) -> None:
    go(tutor)
    before = out.read_bytes()
    client.fail_next(WorkerDied("it died"))
    assert go(tutor, "--fresh").code == 1
    assert out.read_bytes() == before


def test_two_at_the_same_file(tutor: Tutor, client: Script, rows: Path, out: Path) -> None:
    with FileLock(f"{out}.lock"):
        told = go(tutor)
    assert (told.code, told.out) == (1, "")
    assert told.err == (
        "out.jsonl is being written by another `tutor grade`: wait for it, or name another file.\n"
    )
    assert client.requests == []


def test_a_folder_that_is_not_there_is_not_made(
    tutor: Tutor, client: Script, rows: Path, tmp_path: Path
) -> None:
    told = tutor("grade", "--batch", "in.jsonl", "--out", "new/out.jsonl")
    assert told.code == 1
    assert "No such file or directory" in told.err
    assert not (tmp_path / "new").exists()


@pytest.mark.skipif(os.name == "nt", reason="needs links and modes")
def test_the_file_stays_a_link_with_its_mode(
    tutor: Tutor, use: Use, rows: Path, out: Path, tmp_path: Path
) -> None:
    target = tmp_path / "kept" / "verdicts"
    target.parent.mkdir()
    target.touch(0o600)
    out.symlink_to(target)
    use(at("Steam 3,", raises(PromptTooLong("too long"))))
    go(tutor)
    use(judge)
    assert go(tutor).code == 0
    assert out.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o600
    assert ids(target) == [0, 1, 2, 3, 4, 5]


def test_a_full_disk_leaves_whole_lines(
    tutor: Tutor, use: Use, rows: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, real = [700], os.write

    def write(descriptor: int, data: bytes) -> int:
        if not data.startswith(b"{") and room[0] > 0:
            return real(descriptor, data)
        part = data[: room[0]]
        room[0] -= len(part)
        if not part:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(descriptor, part)

    use(judge)
    monkeypatch.setattr(os, "write", write)
    told = go(tutor)
    assert told.code == 1
    assert "No space left on device" in told.err
    assert 0 < len(read(out)) < 6


def test_the_order_is_that_of_the_rows_however_they_were_graded(
    tutor: Tutor, client: Script, rows: Path, out: Path
) -> None:
    """Graded were first the rows of one question, then those of the other."""
    go(tutor)
    graded = [
        n for it in client.requests for n in range(6) if f"Steam {n}," in it.messages[-1].content
    ]
    assert list(dict.fromkeys(graded)) == [0, 2, 4, 1, 3, 5]
    assert ids(out) == [0, 1, 2, 3, 4, 5]
    told = tutor("grade", "--batch", "in.jsonl")
    assert [json.loads(line)["id"] for line in told.out.splitlines()] == [0, 1, 2, 3, 4, 5]
