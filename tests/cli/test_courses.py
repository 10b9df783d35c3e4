"""Courses: the list, taking one in without writing over anything, and a template that passes the check."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Tutor, write_course
from tests.content import sample
from tutor.content.check import check
from tutor.paths import Places

OTHER = sample.COURSE.replace("id: sample", "id: other")


def test_the_list(tutor: Tutor, home: Places) -> None:
    told = tutor("courses", "list")
    assert told.out == (
        f"sample Sample · 2 lessons · 9 questions · en, ko · {home.courses / 'sample'}\n"
    )
    assert tutor("courses", "list", "--json").json == [
        {
            "id": "sample",
            "title": "Sample",
            "languages": ["en", "ko"],
            "licence": "CC-BY-4.0",
            "lessons": ["one", "two"],
            "items": 9,
            "path": str(home.courses / "sample"),
        }
    ]


def test_a_course_with_mistakes_is_told_beside_the_list(tutor: Tutor, home: Places) -> None:
    folder = write_course(home.courses / "broken", course="id: broken\n")
    told = tutor("courses", "list")
    assert told.code == 0
    assert told.out.startswith("sample ")
    assert f"`tutor check {folder}`" in told.err


def test_a_new_course_passes_the_strict_check(tutor: Tutor) -> None:
    told = tutor("courses", "new", "my-course")
    assert told.code == 0
    assert told.out.startswith("my-course is ready to be changed")
    assert check(Path("my-course"), strict=True) == []
    assert tutor("check", "my-course", "--strict").code == 0


def test_a_new_course_can_be_taken_in_and_studied(tutor: Tutor) -> None:
    tutor("courses", "new", "my-course")
    told = tutor("courses", "add", "my-course")
    assert told.out == "my-course was added: `tutor learn my-course` opens it.\n"
    assert tutor("learn", "my-course", "--plain").out.startswith("First lesson\n")


def test_a_course_is_copied_whole(tutor: Tutor, home: Places) -> None:
    folder = write_course(Path("mine"), course=OTHER)
    (folder / "LICENSE").write_text("CC0")
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("secret")
    told = tutor("courses", "add", "mine", "--json")
    target = home.courses / "other"
    assert told.json == {"id": "other", "path": str(target)}
    assert sorted(path.name for path in target.iterdir()) == [
        "LICENSE", "course.yaml", "glossary.yaml", "one.yaml", "two.yaml",
    ]  # fmt: skip
    assert sorted(path.name for path in home.courses.iterdir()) == ["other", "sample"]


def test_an_id_that_exists_is_refused(tutor: Tutor, home: Places) -> None:
    write_course(Path("mine"))
    told = tutor("courses", "add", "mine")
    assert told.code == 1
    assert told.err.startswith(f"There is a course sample already ({home.courses / 'sample'})")


def test_a_folder_in_the_way_is_never_written_over(tutor: Tutor, home: Places) -> None:
    write_course(Path("mine"), course=OTHER)
    (home.courses / "other").mkdir()
    (home.courses / "other" / "notes.txt").write_text("mine")
    assert tutor("courses", "add", "mine").code == 1
    assert [path.name for path in (home.courses / "other").iterdir()] == ["notes.txt"]


def test_links_are_not_followed(tutor: Tutor, home: Places, tmp_path: Path) -> None:
    folder = write_course(Path("mine"), course=OTHER)
    (tmp_path / "secret").write_text("secret")
    (folder / "more").symlink_to(tmp_path / "secret")
    told = tutor("courses", "add", "mine")
    assert told.code == 1
    assert told.err.endswith("is a link: put the file itself there and add the course again.\n")
    assert not (home.courses / "other").exists()


def test_a_course_with_mistakes_is_not_taken_in(tutor: Tutor, home: Places) -> None:
    write_course(Path("mine"), course=OTHER, two="id: two\n")
    told = tutor("courses", "add", "mine")
    assert told.code == 1
    assert told.err == "mine has mistakes and was not added: `tutor check mine` lists them.\n"
    assert not (home.courses / "other").exists()


@pytest.mark.parametrize(
    ("argv", "code", "line"),
    [
        (("add", "nowhere"), 2, "nowhere is no course: name a folder with a course.yaml."),
        (
            ("new", "../My Course"),
            2,
            "../My Course can't be the id of a course: use lower-case letters, digits and single"
            " hyphens, such as my-course.",
        ),
        (
            ("new", "here"),
            1,
            "here is there already: give another name, or work in that folder.",
        ),
    ],
)
def test_refusals(tutor: Tutor, argv: tuple[str, ...], code: int, line: str) -> None:
    Path("here").mkdir(exist_ok=True)
    told = tutor("courses", *argv)
    assert (told.code, told.out, told.err) == (code, "", f"{line}\n")
