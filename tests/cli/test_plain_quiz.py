"""A quiz line by line: every closed kind, both languages, and nothing lost however it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import SEED, Quiz, Record, Script, Tutor, after, left
from tutor.content.schema import Language
from tutor.paths import Places
from tutor.study import record as study_record
from tutor.study import session

ROOT = Path(__file__).parents[2]


def test_a_quiz_from_beginning_to_end(tutor: Tutor, record: Record) -> None:
    told = tutor("quiz", "sample/two", "--plain", stdin="yes\n")
    assert told.code == 0
    assert told.err == ""
    assert told.out.splitlines() == [
        "Two",
        "On a line of its own: :h hint, :p passage of the lesson, :s skip, :q stop, :? this list.",
        "",
        "Question 1 of 1",
        "So be it",
        "Give true or false (yes or no, o or x).",
        "Score: 100 %",
        "Right.",
        "",
        "1 of 1 fully right",
        "✓ 100 % So be it",
    ]
    assert left(record) is None


def test_the_same_in_korean(tutor: Tutor) -> None:
    told = tutor("--language", "ko", "quiz", "sample/two", "--plain", stdin="아니요\n")
    assert told.out.splitlines() == [
        "둘",
        "한 줄에 따로 적기: :h 힌트, :p 레슨 본문, :s 건너뛰기, :q 멈추기, :? 이 목록",
        "",
        "문제 1/1",
        "그렇다",
        "참 또는 거짓으로 적으세요(예/아니요, o/x).",
        "점수: 0 %",
        "아쉽지만 아니에요.",
        "정답: 맞다",
        "",
        "1문제 중 0문제를 다 맞혔습니다",
        "✗ 0 % 그렇다",
    ]


CLOSED = {
    "choice": {"en": "{right}", "ko": "{right}"},
    "true": {"en": "no", "ko": "거짓"},
    "cloze": {"en": "one; two", "ko": "둘; 하나"},
    "short": {"en": "token", "ko": "토큰"},
    "numeric": {"en": "12", "ko": "12"},
    "order": {"en": "2,1", "ko": "2,1"},
    "match": {"en": "{pairs}", "ko": "{pairs}"},
}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_closed_kind_answered_right(
    tutor: Tutor, quiz: Quiz, record: Record, language: Language
) -> None:
    quiz(*CLOSED)
    options = session.option_order(SEED, "choice-item", 2)
    rights = session.option_order(SEED, "match-item", 2)
    shown = {
        "right": str(options.index(0) + 1),
        "pairs": f"1-{rights.index(0) + 1},2-{rights.index(1) + 1}",
    }
    lines = [answer[language].format(**shown) for answer in CLOSED.values()]
    told = tutor("--language", language, "quiz", "--plain", stdin="\n".join(lines))
    assert told.code == 0
    assert told.out.count("100 %") == 2 * len(CLOSED)
    assert left(record) is None


def test_what_there_is_to_choose_from_is_numbered(tutor: Tutor, quiz: Quiz) -> None:
    quiz("order", "match", "cloze")
    told = tutor("quiz", "--plain", stdin=":s\n:s\n:q\n")
    assert after(told, 1)[:3] == ["Sort", "  1. Second", "  2. First"]
    assert after(told, 2)[:5] == ["Match", "Left:", "  1. L1", "  2. L2", "Right:"]
    assert after(told, 3)[:2] == ["Fill in", "A ____ (first) and a ____ (second)"]


def test_what_was_wrong_is_put_right(tutor: Tutor, quiz: Quiz) -> None:
    quiz("order", "choice")
    wrong = session.option_order(SEED, "choice-item", 2).index(1) + 1
    told = tutor("quiz", "--plain", stdin=f"1,2\n{wrong}\n")
    assert after(told, 1)[-3:] == ["The right answer:", "  1. First", "  2. Second"]
    assert "Not quite. Look again\nThe right answer: Right\nA note\n" in told.out


def test_an_answer_that_cannot_be_read_is_asked_for_again(
    tutor: Tutor, quiz: Quiz, record: Record
) -> None:
    quiz("numeric")
    told = tutor("quiz", "--plain", stdin="\nmany\n12\n")
    assert told.out.count("Give a number, such as 1,500 or 1.5.\n") == 3
    with record() as store:
        assert len(list(store.events("answer"))) == 1


def test_hints_the_passage_and_the_list(tutor: Tutor, quiz: Quiz, record: Record) -> None:
    quiz("short")
    told = tutor("quiz", "--plain", stdin=":h\n:ㅗ\n:p\n:x\ntoken\n")
    assert after(told, 1)[2:7] == [
        "Hint 1 of 1",
        "Think",
        "There are no more hints.",
        "[1] Basics",
        "Some **Markdown**: with a colon.",
    ]
    assert told.out.count("On a line of its own") == 2
    with record() as store:
        (attempt,) = study_record.history(store, "sample/short-item")
        assert attempt.hints_used == 1


def test_skipped_items_stay_unanswered(tutor: Tutor, quiz: Quiz, record: Record) -> None:
    quiz("short", "true")
    told = tutor("quiz", "--plain", stdin=":s\nno\n")
    assert "○ Name it (not answered)" in told.out
    assert left(record) is None


@pytest.mark.parametrize("ending", [":q\n", ":ㅂ\n", ""])
def test_stopping_keeps_the_place(tutor: Tutor, quiz: Quiz, record: Record, ending: str) -> None:
    quiz("true", "short", "numeric")
    told = tutor("quiz", "--plain", stdin=f"no\n{ending}")
    assert told.code == 0
    assert told.out.endswith("Stopped. Everything is kept: `tutor quiz --plain` goes on here.\n")
    told = tutor("quiz", "--plain", stdin="token\n12\n")
    assert told.out.startswith("Going on with the quiz you left.\n")
    assert "\nQuestion 2 of 3\n" in told.out
    assert "Question 1" not in told.out
    assert "3 of 3 fully right" in told.out
    assert left(record) is None


def test_another_place_begins_a_new_quiz(tutor: Tutor, quiz: Quiz, record: Record) -> None:
    before = quiz("true")
    tutor("quiz", "sample/one", "--count", "3", "--plain")
    now = left(record)
    assert now is not None
    assert (now.lesson, len(now.items)) == ("one", 3)
    assert now.id != before.id


def test_a_quiz_of_closed_items_opens_no_model(tutor: Tutor, quiz: Quiz, client: Script) -> None:
    quiz("true")
    tutor("quiz", "--plain", stdin="no\n")
    assert client.requests == []


def test_killed_in_the_middle_it_resumes_there(
    tutor: Tutor, home: Places, quiz: Quiz, record: Record
) -> None:
    quiz("true", "explain", "short")
    code = "import sys; from tutor.cli import main; sys.exit(main(['quiz', 'sample', '--plain']))"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "TUTOR_CONTENT": str(home.courses)},
        cwd=ROOT,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("no\nIt is half written\n:?\n")
        process.stdin.flush()
        lists = 0
        while lists < 2:  # the list at the start, and the one asked for after the draft
            line = process.stdout.readline()
            assert line, "the quiz ended by itself"
            lists += "On a line of its own" in line
        process.kill()
    told = tutor("quiz", "sample", "--plain", stdin="\ntoken\n")
    assert "\nQuestion 2 of 3\n" in told.out
    assert "\nIt is half written\n" in told.out
    assert "✓ 100 % It is so" in told.out
    assert left(record) is None


def test_an_item_that_left_the_course_is_passed_over(
    tutor: Tutor, quiz: Quiz, record: Record
) -> None:
    quiz("gone", "true")
    told = tutor("quiz", "--plain", stdin="no\n")
    assert told.code == 0
    assert "Question 1 of 1" in told.out
