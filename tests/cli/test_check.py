"""Mistakes in courses: where, how many, and how bad."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Tutor, write_course
from tests.content import sample
from tutor.commands import check
from tutor.paths import Places, bundled

UNHINTED = sample.SECOND.replace("hints: [{en: H, ko: 힌}]", "hints: []")
WRONG = sample.SECOND.replace("section: more,", "section: mroe,")


def test_every_course_is_checked_without_a_path(tutor: Tutor, home: Places) -> None:
    write_course(home.courses / "other", course=sample.COURSE.replace("id: sample", "id: other"))
    told = tutor("check")
    assert (told.code, told.out, told.err) == (0, "2 courses checked: no problems\n", "")


def test_our_own_courses_are_clean(tutor: Tutor) -> None:
    told = tutor("check", str(bundled("content")), "--json")
    assert told.json == {"problems": [], "errors": 0, "warnings": 0}


def test_an_error_has_its_place(tutor: Tutor) -> None:
    write_course(Path("mine"), two=WRONG)
    told = tutor("check", "mine")
    assert told.code == 1
    assert told.out.splitlines() == [
        "mine/two.yaml:5:48: item last-item: section: no section 'mroe' in this lesson"
        " (did you mean 'more'?)",
        "1 course checked: 1 error",
    ]


def test_a_warning_is_an_error_only_when_strict(tutor: Tutor) -> None:
    write_course(Path("mine"), two=UNHINTED)
    told = tutor("check", "mine")
    assert told.code == 0
    assert told.out.splitlines()[0].endswith("from a nudge to nearly the answer (warning)")
    assert told.out.splitlines()[1] == "1 course checked: 1 warning"
    told = tutor("check", "mine", "--strict")
    assert told.code == 1
    assert told.out.splitlines()[1] == "1 course checked: 1 error"


def test_our_own_courses_are_checked_strictly(
    tutor: Tutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_course(tmp_path / "ours" / "sample", two=UNHINTED)
    monkeypatch.setattr(check, "bundled", lambda kind: tmp_path / "ours")
    assert tutor("check", "ours").code == 1
    assert tutor("check", "ours/sample/two.yaml").code == 1


def test_one_file_of_a_course(tutor: Tutor) -> None:
    write_course(Path("mine"), one=sample.LESSON.replace("answer: false", "answer: no"), two=WRONG)
    told = tutor("check", "mine/two.yaml", "--json")
    assert {Path(problem["file"]).name for problem in told.json["problems"]} == {"two.yaml"}


def test_the_object_for_scripts(tutor: Tutor) -> None:
    write_course(Path("mine"), two=WRONG)
    told = tutor("check", "mine", "--json")
    assert told.code == 1
    assert told.json == {
        "problems": [
            {
                "file": "mine/two.yaml",
                "line": 5,
                "column": 48,
                "severity": "error",
                "item": "last-item",
                "message": "section: no section 'mroe' in this lesson (did you mean 'more'?)",
            }
        ],
        "errors": 1,
        "warnings": 0,
    }


def test_an_id_that_is_taken_shows_when_all_are_checked(tutor: Tutor, home: Places) -> None:
    write_course(home.courses / "twin")
    told = tutor("check")
    assert told.code == 1
    assert "course id 'sample' is taken by" in told.out
    assert told.out.endswith("2 courses checked: 1 error\n")


def test_counts(tutor: Tutor) -> None:
    told = tutor("check", "--counts")
    assert told.out.splitlines()[1] == "sample/two: 1 (true_false 1)"
    counted = tutor("check", "--counts", "--json").json["counts"]
    assert counted["sample"]["one"]["choice"] == 1


def test_the_schema(tutor: Tutor) -> None:
    told = tutor("check", "--schema")
    assert json.loads(told.out)["$schema"].startswith("https://json-schema.org/")


def test_a_path_that_is_not_there(tutor: Tutor) -> None:
    told = tutor("check", "nowhere")
    assert (told.code, told.out) == (2, "")
    assert told.err == (
        "There is no nowhere: name a course folder, a folder of courses, or a file of a course.\n"
    )


def test_in_korean(tutor: Tutor) -> None:
    assert tutor("--language", "ko", "check").out == "코스 1개 검사: 문제 없음\n"
