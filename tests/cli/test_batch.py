"""Many answers from a file: each row in turn, the bad ones told and passed over."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Result, Script, Tutor
from tests.cli.test_grade import NO_MODEL
from tutor.commands import model_session
from tutor.commands.batch_rows import BadRow, read_row
from tutor.llm.protocol import Message, PromptTooLong

ROW: dict[str, Any] = {
    "id": "Row 1!",
    "question": "Why does the kettle whistle?",
    "reference": "Steam is the cause",
    "answer": "Steam, it is the cause",
}


def batch(*rows: dict[str, Any] | str) -> str:
    return "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)


def rows_of(told: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in told.out.splitlines()]


def test_a_row_is_the_verdict_with_its_id_and_expected_score(tutor: Tutor, client: Script) -> None:
    told = tutor("grade", "--batch", "-", stdin=batch(ROW))
    assert told.code == 0
    assert told.err == "1 graded, 0 not.\n"
    (row,) = rows_of(told)
    assert row["id"] == "Row 1!"
    assert row["item"] == "row-1"
    assert (row["score"], row["verdict"], row["language"]) == (1.0, "full", "en")
    assert [point["id"] for point in row["points"]] == ["reference"]
    assert row["expected"] == pytest.approx(row["points"][0]["probability"])
    assert client.closed


def test_points_and_their_weights(tutor: Tutor, client: Script) -> None:
    points = [
        {"id": "a", "text": "It is the cause", "weight": 3},
        {"id": "b", "text": "It is the weather"},
    ]
    (row,) = rows_of(tutor("grade", "--batch", "-", stdin=batch(ROW | {"points": points})))
    assert (row["score"], row["verdict"]) == (0.75, "partial")
    assert row["expected"] == pytest.approx(0.75, abs=0.01)


def test_an_empty_answer_scores_nothing(tutor: Tutor, client: Script) -> None:
    (row,) = rows_of(tutor("grade", "--batch", "-", stdin=batch(ROW | {"answer": " "})))
    assert (row["score"], row["expected"]) == (0.0, 0.0)


def test_the_language_is_the_rows_or_asked_for_or_that_of_the_question(
    tutor: Tutor, client: Script
) -> None:
    korean = ROW | {"question": "주전자는 왜 소리를 내나요?"}
    stdin = batch(ROW, korean, ROW | {"language": "ko"})
    told = tutor("grade", "--batch", "-", stdin=stdin)
    assert [row["language"] for row in rows_of(told)] == ["en", "ko", "ko"]
    told = tutor("grade", "--batch", "-", "--language", "ko", stdin=batch(ROW))
    assert rows_of(told)[0]["language"] == "ko"


def test_bad_rows_are_told_and_the_others_graded(tutor: Tutor, client: Script) -> None:
    stdin = batch(
        "not json",
        "",
        {"id": 7, "question": "?"},
        ROW | {"points": [{"id": "a", "text": "x"}, {"id": "a", "text": "y"}]},
        ROW | {"points": [{"id": "a", "text": "x", "weight": 0}]},
        "[" * 5000,
        ROW,
    )
    told = tutor("grade", "--batch", "-", stdin=stdin)
    assert told.code == 1
    assert told.err == "1 graded, 5 not.\n"
    *bad, good = rows_of(told)
    assert good["verdict"] == "full"
    assert [row.get("id") for row in bad] == [None, 7, "Row 1!", "Row 1!", None]
    assert [row["error"].partition(":")[0] for row in bad] == [
        "line 1", "line 3", "line 4", "line 5", "line 6",
    ]  # fmt: skip
    assert bad[1]["error"] == "line 3: Object missing required field `reference`"
    assert bad[2]["error"] == "line 4: two points have the id 'a'"


def test_bytes_that_are_no_text_are_a_bad_row() -> None:
    with pytest.raises(BadRow):
        read_row(b'{"id": "\xff\xfe", "question": "", "reference": "", "answer": ""}')


def test_a_byte_order_mark_is_passed_over(tutor: Tutor, client: Script) -> None:
    told = tutor("grade", "--batch", "-", stdin=b"\xef\xbb\xbf" + batch(ROW, ROW).encode())
    first, second = rows_of(told)
    assert first["verdict"] == "full"
    assert first["row"] == second["row"]


def test_a_row_is_known_by_the_sum_of_its_line(tutor: Tutor, client: Script) -> None:
    line = json.dumps(ROW)
    told = tutor("grade", "--batch", "-", stdin=f"  {line}\t\r\nnot json\n{line}")
    keys = [hashlib.sha256(text.encode()).hexdigest()[:16] for text in (line, "not json", line)]
    assert [row["row"] for row in rows_of(told)] == keys


def test_a_row_the_model_refuses_stays_ungraded(
    tutor: Tutor, client: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(messages: Sequence[Message], continuations: Sequence[str]) -> Sequence[float]:
        if "long" in messages[-1].content:
            raise PromptTooLong("that is too long: shorten it")
        return [-0.1, -8.0]

    refusing = Script(choices=refuse)
    monkeypatch.setattr(model_session, "make_client", lambda context: refusing)
    told = tutor("grade", "--batch", "-", stdin=batch(ROW | {"answer": "so long"}, ROW))
    assert told.code == 1
    refused, graded = rows_of(told)
    assert (refused["verdict"], refused["score"], refused["expected"]) == ("ungraded", None, None)
    assert refused["feedback"] == "Not graded: that is too long: shorten it"
    assert graded["score"] is not None


def test_from_a_file_into_a_file(tutor: Tutor, client: Script, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(batch(ROW, ROW))
    told = tutor("grade", "--batch", "in.jsonl", "--out", "out.jsonl")
    assert (told.code, told.out) == (0, "")
    lines = (tmp_path / "out.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["Row 1!"] * 2


def test_each_row_is_out_before_the_next_is_graded(
    tutor: Tutor, client: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out.jsonl"
    seen: list[int] = []

    def count(messages: Sequence[Message], continuations: Sequence[str]) -> Sequence[float]:
        seen.append(len(out.read_text().splitlines()))
        return [-0.1, -8.0]

    counting = Script(choices=count)
    monkeypatch.setattr(model_session, "make_client", lambda context: counting)
    (tmp_path / "in.jsonl").write_text(batch(ROW, ROW, ROW))
    tutor("grade", "--batch", "in.jsonl", "--out", "out.jsonl")
    assert sorted(set(seen)) == [0, 1, 2]


def test_the_input_is_never_written_over(tutor: Tutor, client: Script, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(batch(ROW))
    told = tutor("grade", "--batch", "in.jsonl", "--out", "./in.jsonl")
    assert told.code == 2
    assert told.err == "--out names the file that is read: give it another name.\n"
    assert (tmp_path / "in.jsonl").read_text() == batch(ROW)


def test_what_is_no_file_is_written_to_as_it_is(tutor: Tutor, client: Script) -> None:
    for _ in range(2):
        told = tutor("grade", "--batch", "-", "--out", os.devnull, stdin=batch(ROW))
        assert (told.code, told.out, told.err) == (0, "", "1 graded, 0 not.\n")


@pytest.mark.parametrize(
    "argv",
    [
        ("--batch", "-", "--fresh"),
        ("--fresh", "sample/short-item", "x"),
        ("--jobs", "2", "sample/short-item", "x"),
        ("--out", "out.jsonl"),
    ],
)
def test_what_does_not_go_together(tutor: Tutor, argv: tuple[str, ...]) -> None:
    told = tutor("grade", *argv)
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("Give an ITEM and an ANSWER, or --batch IN.jsonl")


@pytest.mark.parametrize(
    ("jobs", "line"),
    [("0", "from 1 to 64 jobs"), ("65", "from 1 to 64 jobs"), ("x", "invalid number value: 'x'")],
)
def test_jobs_are_a_few(tutor: Tutor, jobs: str, line: str) -> None:
    told = tutor("grade", "--batch", "-", "--jobs", jobs)
    assert (told.code, told.err) == (
        2,
        f"tutor grade: argument --jobs: {line}: see `tutor grade --help`\n",
    )


def test_without_a_model(tutor: Tutor) -> None:
    told = tutor("grade", "--batch", "-", stdin=batch(ROW))
    assert (told.code, told.out, told.err) == (1, "", NO_MODEL)
