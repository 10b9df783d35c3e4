"""`tutor check` takes a course, a folder of courses or one file; counts and the schema go with it."""

from __future__ import annotations

from pathlib import Path

from tutor.content.check import check, counts, json_schema
from tutor.content.loader import load_course
from tutor.content.schema import KINDS


def test_a_course_and_the_folder_around_it(root: Path) -> None:
    assert check(root, strict=True) == []
    (root / "two.yaml").write_text("id: two\n", encoding="utf-8")
    assert check(root, strict=True) == check(root.parent, strict=True) != []


def test_a_folder_without_courses(tmp_path: Path) -> None:
    [problem] = check(tmp_path, strict=False)
    assert problem.message == "no course here: a course is a folder with a course.yaml"


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    [problem] = check(tmp_path / "missing", strict=False)
    assert str(problem) == f"{tmp_path}/missing/course.yaml:1:1: there is no such file"


def test_one_file_of_a_course(root: Path) -> None:
    (root / "one.yaml").write_text("", encoding="utf-8")
    (root / "two.yaml").write_text("", encoding="utf-8")
    assert [problem.file.name for problem in check(root / "two.yaml", strict=True)] == ["two.yaml"]


def test_a_file_that_no_course_lists(root: Path) -> None:
    (root / "draft.yaml").write_text("", encoding="utf-8")
    [problem] = check(root / "draft.yaml", strict=True)
    assert problem.message == "no course.yaml beside it lists this file: only listed lessons load"


def test_problems_come_file_by_file_from_top_to_bottom(root: Path) -> None:
    (root / "glossary.yaml").write_text("terms: 1\n", encoding="utf-8")
    for name in ("one.yaml", "two.yaml"):
        text = (root / name).read_text(encoding="utf-8")
        (root / name).write_text(text.replace("answer: ", "anwser: "), encoding="utf-8")
    places = [(it.file.name, it.line) for it in check(root, strict=True)]
    assert places == [
        ("one.yaml", 22),
        ("one.yaml", 27),
        ("two.yaml", 5),
        ("two.yaml", 5),
        ("glossary.yaml", 1),
    ]


def test_counts_are_by_lesson_and_kind(root: Path) -> None:
    course = load_course(root).course
    assert course is not None
    table = counts(course)
    assert list(table) == ["one", "two"]
    assert table["one"] == dict.fromkeys(KINDS, 1)
    assert table["two"] == {**dict.fromkeys(KINDS, 0), "true_false": 1}


def test_the_schema_names_every_kind() -> None:
    schema = json_schema()
    assert schema["anyOf"] == [
        {"$ref": "#/$defs/Course"},
        {"$ref": "#/$defs/Lesson"},
        {"$ref": "#/$defs/Glossary"},
    ]
    items = schema["$defs"]["Lesson"]["properties"]["items"]["items"]
    assert sorted(items["discriminator"]["mapping"]) == sorted(KINDS)
