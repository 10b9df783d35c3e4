"""Talks on their way out: what is in the file, and what is never written over."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Record, Tutor
from tutor.study import record as study
from tutor.study.talk import EVERYWHERE


@pytest.fixture
def talked(record: Record) -> None:
    """About a lesson, an item, all courses, and a course that is no longer there."""
    with record() as store:
        for scope, question, reply in (
            ("gone/lesson", "What was it?", "# Gone"),
            ("sample/one", "What is basic?", "A colon \x1b[2J[1]."),
            ("sample/choice-item", "왜요?", None),
            (EVERYWHERE, "Anything?", "Everything."),
        ):
            asked = study.asked(store, scope, question)
            if reply:
                cited = [{"n": 1, "lesson": "one", "section": "basics", "text": "Basics"}]
                study.replied(store, asked, reply, cited if "[1]" in reply else ())


def test_all_talks_the_newest_first(tutor: Tutor, talked: None) -> None:
    told = tutor("export", "talks", "talks.md")
    assert (told.code, told.out, told.err) == (0, "4 talks were written: talks.md\n", "")
    text = Path("talks.md").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith(("# ", "## "))] == [
        "# Talks with the tutor",
        "## Asked about all courses",
        "## Sample · One · Which one",
        "## Sample · One",
        "## gone/lesson",
    ]
    assert "> What is basic?\n\nA colon [2J[1].\n\nPassages:\n\n- \\[1\\] Basics\n" in text
    assert "> 왜요?\n\n*There was no reply.*\n" in text
    assert "#### Gone" in text
    assert "\x1b" not in text
    assert [path.name for path in Path().glob("*talks*")] == ["talks.md"]


def test_in_korean_on_standard_output(tutor: Tutor, talked: None) -> None:
    told = tutor("export", "talks", "-", "--language", "ko")
    assert told.code == 0
    assert told.out.startswith("# 튜터와 나눈 대화\n\n## 모든 코스에 물어본 것\n")
    assert "## 견본 · 하나\n" in told.out
    assert "근거:\n\n- \\[1\\] Basics\n" in told.out
    assert list(Path().glob("-*")) == []


def test_only_one_course(tutor: Tutor, talked: None) -> None:
    text = tutor("export", "talks", "-", "--course", "sample").out
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## Sample · One · Which one",
        "## Sample · One",
    ]


def test_a_file_is_written_over_only_when_told(tutor: Tutor, talked: None) -> None:
    out = Path("talks.md")
    out.write_text("mine")
    told = tutor("export", "talks", "talks.md")
    assert (told.code, told.out) == (1, "")
    assert told.err == (
        "talks.md is there already: give another name, or add --force to write over it.\n"
    )
    assert out.read_text() == "mine"
    assert tutor("export", "talks", "talks.md", "--force").code == 0
    assert out.read_text(encoding="utf-8").startswith("# Talks")


@pytest.mark.parametrize(
    ("argv", "code", "line"),
    [
        (("--course", "sampel"), 2, "nothing is called 'sampel': did you mean 'sample'?"),
        (
            ("--course", "sample/one"),
            2,
            "sample/one is not a course: `tutor courses list` shows them.",
        ),
    ],
)
def test_wrong_courses(
    tutor: Tutor, talked: None, argv: tuple[str, ...], code: int, line: str
) -> None:
    told = tutor("export", "talks", "talks.md", *argv)
    assert (told.code, told.out, told.err) == (code, "", f"{line}\n")
    assert not Path("talks.md").exists()


def test_a_folder_that_is_not_there_is_named(tutor: Tutor, talked: None) -> None:
    told = tutor("export", "talks", "nowhere/talks.md")
    assert told.code == 1
    assert told.err.startswith("A file cannot be used (")
    assert "nowhere" in told.err
    assert told.err.count("\n") == 1


def test_without_a_talk_nothing_is_written(tutor: Tutor) -> None:
    told = tutor("export", "talks", "talks.md")
    assert (told.code, told.out) == (1, "")
    assert told.err == (
        "There is no talk to export: ask in a lesson, beside a graded answer or with `tutor ask` first.\n"
    )
    assert not Path("talks.md").exists()
