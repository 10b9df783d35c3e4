"""What the bookkeeping of a batch promises, for any rows, any order and any interruptions."""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.commands.batch_input import Source, Waiting, by_question, key_of, keys, waiting
from tutor.commands.batch_keys import Keys, order_of
from tutor.commands.batch_output import Kept, OtherVersions, kept
from tutor.commands.batch_record import NotVerdicts, drop_unfinished, read_record
from tutor.commands.batch_rows import Row
from tutor.commands.batch_run import run
from tutor.grading.verdict import Versions

NOW = Versions(model="tiny", prompt="p", calibration="c")
KEYS = st.integers(0, 2**64 - 1) | st.integers(0, 3)


def line(question: int, answer: int) -> bytes:
    row = {"id": answer, "question": f"Q{question}", "reference": "R", "answer": f"A{answer}"}
    return json.dumps(row).encode() + b"\n"


LINES = st.lists(
    st.builds(line, st.integers(0, 2), st.integers(0, 3)) | st.sampled_from([b"bad\n", b" \n"]),
    max_size=12,
)


class Interrupted(Exception):
    """The run ends here."""


def result(row: Waiting, verdict: str) -> dict[str, Any]:
    if row.row is None:
        return {"row": row.key, "error": row.error}
    versions = {"model": "tiny", "prompt": "p", "calibration": "c"} if verdict == "full" else {}
    return {"row": row.key, "id": row.row.id, "verdict": verdict, "versions": versions}


async def one_run(
    path: Path, lines: Sequence[bytes], ends_after: int, *, cut: int, jobs: int
) -> None:
    """Grade what is not graded yet; after `ends_after` rows, of which every third fails, it ends by `cut` bytes of a line."""
    written = 0

    async def grade(row: Waiting) -> dict[str, Any]:
        return result(row, "ungraded" if written % 3 == 2 and ends_after < 100 else "full")

    async def check() -> None:
        pass

    with kept(path, fresh=False) as output:
        output.begin(NOW)

        def write(row: dict[str, Any]) -> None:
            nonlocal written
            if written == ends_after:
                with path.open("ab") as file:
                    file.write(json.dumps(row, separators=(",", ":")).encode()[:cut])
                raise Interrupted
            output.write(row)
            written += 1

        await run(Source(by_question(waiting(lines, output.is_done), 4)), grade, write, check, jobs)
        output.put_in_order(keys(lines))


@settings(max_examples=40)
@given(
    lines=LINES,
    ends=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 200)), max_size=4),
    jobs=st.integers(1, 3),
)
async def test_however_it_is_interrupted_each_row_is_there_once_and_in_order(
    lines: list[bytes], ends: list[tuple[int, int]], jobs: int, tmp_path_factory: Any
) -> None:
    path = tmp_path_factory.mktemp("batch") / "out.jsonl"
    graded: Counter[bytes] = Counter()
    for after, cut in ends:
        with suppress(Interrupted):
            await one_run(path, lines, after, cut=cut, jobs=jobs)
        now = Counter(it for it in path.read_bytes().split(b"\n")[:-1] if b'"full"' in it)
        assert graded <= now
        graded = now
    await one_run(path, lines, 1000, cut=0, jobs=jobs)
    rows = [json.loads(it) for it in path.read_bytes().splitlines()]
    assert [row["row"] for row in rows] == list(keys(lines))
    assert {row.get("verdict") for row in rows} <= {"full", None}


@given(have=st.lists(KEYS), asked=st.lists(KEYS))
def test_keys_are_a_multiset(have: list[int], asked: list[int]) -> None:
    keys, left, places = Keys(have), Counter(have), []
    assert len(keys) == len(have)
    for key in have[: len(have) // 2] + asked:
        place = keys.take(key)
        assert (place is not None) == (left[key] > 0)
        left[key] -= 1
        if place is not None:
            assert sorted(have)[place] == key
            places.append(place)
    assert len(set(places)) == len(places)


@given(found=st.lists(KEYS), wanted=st.lists(KEYS))
def test_the_order_is_that_of_the_wanted_with_the_others_last(
    found: list[int], wanted: list[int]
) -> None:
    wanted = wanted + found[::2]
    order = order_of(array("Q", found), wanted)
    assert sorted(order) == list(range(len(found)))
    left, expected = Counter(found), []
    for key in wanted:
        if left[key]:
            left[key] -= 1
            expected.append(key)
    assert [found[i] for i in order][: len(expected)] == expected
    assert order[len(expected) :] == sorted(order[len(expected) :])


@given(questions=st.lists(st.sampled_from("abc") | st.none(), max_size=20))
def test_rows_of_a_question_stand_together_within_the_look_ahead(
    questions: list[str | None],
) -> None:
    rows = [
        Waiting(n, "", None if q is None else Row(id=n, question=q, reference="", answer=""))
        for n, q in enumerate(questions, start=1)
    ]
    grouped = list(by_question(rows, 5))
    for start in range(0, len(rows), 5):
        chunk = [questions[row.number - 1] for row in grouped[start : start + 5]]
        assert Counter(chunk) == Counter(questions[start : start + 5])
        assert sum(a != b for a, b in pairwise(chunk)) == max(0, len(set(chunk)) - 1)
    for question in set(questions):
        numbers = [row.number for row in grouped if questions[row.number - 1] == question]
        assert numbers == sorted(numbers)


def test_no_more_rows_are_read_than_looked_ahead() -> None:
    read = 0

    def endless() -> Any:
        nonlocal read
        while True:
            read += 1
            yield line(read % 2, read)

    rows = by_question(waiting(endless(), lambda key: False))
    first = [next(rows) for _ in range(128)]
    assert read == 256
    assert {row.row.question for row in first if row.row} == {"Q1"}


def written(path: Path, *lines: str) -> Path:
    path.write_text("".join(lines))
    return path


KEY = key_of(b"x")
GRADED = f'{{"row":"{KEY}","verdict":"full","versions":{{"model":"m"}}}}\n'
FAILED = f'{{"row":"{KEY}","verdict":"ungraded"}}\n'
ERROR = f'{{"row":"{KEY}","error":"line 1: no"}}\n'


def test_what_is_there_is_read(tmp_path: Path) -> None:
    record = read_record(written(tmp_path / "x", GRADED, "\n", GRADED))
    assert (len(record.done), record.spoiled) == (2, False)
    assert record.versions == {Versions(model="m")}
    assert len(read_record(tmp_path / "none").done) == 0


@pytest.mark.parametrize(
    "last", [FAILED, ERROR, GRADED[:-1], *(GRADED[:n] for n in range(1, len(GRADED) - 1))]
)
def test_what_is_not_finished_goes(tmp_path: Path, last: str) -> None:
    path = written(tmp_path / "x", GRADED, last)
    assert read_record(path).spoiled
    drop_unfinished(path)
    record = read_record(path)
    assert not record.spoiled
    assert path.read_text() == GRADED * len(record.done)
    assert len(record.done) == 1 + (last == GRADED[:-1])
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("a note of mine", 1),
        (GRADED + "\n# a note\n", 3),
        ('{"id":"old","verdict":"full"}\n', 1),
        ('{"row":"12","verdict":"full"}\n', 1),
        ('{"row":7,"verdict":"full"}', 1),
        ("[1]\n", 1),
        ('{"row":"\n', 1),
        ("[" * 5000, 1),
    ],
)
def test_what_is_no_verdict_is_left_alone(tmp_path: Path, text: str, number: int) -> None:
    with pytest.raises(NotVerdicts) as told:
        read_record(written(tmp_path / "x", text))
    assert told.value.line == number


def test_verdicts_that_need_no_model_fit_every_model(tmp_path: Path) -> None:
    empty = f'{{"row":"{KEY}","verdict":"none","versions":{{"model":null}}}}\n'
    path = written(tmp_path / "x", empty)
    Kept(path, read_record(path)).begin(NOW)
    written(path, empty, GRADED)
    with pytest.raises(OtherVersions):
        Kept(path, read_record(path)).begin(NOW)
    assert path.read_text() == empty + GRADED
