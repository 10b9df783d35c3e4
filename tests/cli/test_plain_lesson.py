"""A lesson as lines of text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cli.conftest import Tutor, write_course
from tests.content import sample
from tutor.content.loader import load_course
from tutor.paths import Places
from tutor.study import record as study_record
from tutor.study.store import Store


def test_headings_are_numbered_as_passages(tutor: Tutor) -> None:
    told = tutor("learn", "sample/one", "--plain")
    assert told.code == 0
    assert told.out.splitlines() == [
        "One",
        "",
        "[1] Basics",
        "",
        "Some **Markdown**: with a colon.",
        "",
        "To be quizzed on it: `tutor quiz sample/one --plain`",
    ]


def test_reading_is_recorded(tutor: Tutor, home: Places, record: Callable[[], Store]) -> None:
    tutor("learn", "sample/one", "--plain")
    course = load_course(home.courses / "sample").course
    assert course is not None
    with record() as store:
        one, two = study_record.course_progress(store, course)
        assert (one.opened, one.sections_read, two.opened) == (True, ("basics",), False)


def test_a_long_section_is_several_passages_and_is_read_once(
    tutor: Tutor, home: Places, record: Callable[[], Store]
) -> None:
    body = "\\n\\n".join(["All about clay. " * 30] * 4)
    write_course(
        home.courses / "long",
        course=sample.COURSE.replace("id: sample", "id: long"),
        two=sample.SECOND.replace("en: Body", f'en: "{body}"'),
    )
    told = tutor("learn", "long/two", "--plain")
    assert [line for line in told.out.splitlines() if line.startswith("[")] == [
        "[1] More",
        "[2] More",
    ]
    with record() as store:
        read = [event for event in store.events() if event.kind == "section_read"]
    assert len(read) == 1


def test_without_a_lesson_the_next_one_is_read(tutor: Tutor) -> None:
    titles = [
        tutor("learn", *place, "--plain").out.split("\n")[0] for place in ((), ("sample",), ())
    ]
    assert titles == ["One", "Two", "One"]


def test_a_course_cannot_move_the_cursor(tutor: Tutor, home: Places) -> None:
    write_course(
        home.courses / "odd",
        course=sample.COURSE.replace("id: sample", "id: odd"),
        two=sample.SECOND.replace("en: Body", 'en: "a\\eb\\u009bc"'),
    )
    told = tutor("learn", "odd/two", "--plain")
    assert not set(told.out + told.err) & set("\x1b\x9b")


@pytest.mark.parametrize("command", ["learn", "quiz"])
def test_without_any_course(tutor: Tutor, home: Places, command: str) -> None:
    home.courses.rename(home.courses.with_name("gone"))
    told = tutor(command, "--plain")
    assert (told.code, told.out) == (1, "")
    assert told.err == (
        "There is no course: add one with `tutor courses add PATH`,"
        " or begin one with `tutor courses new NAME`.\n"
    )
