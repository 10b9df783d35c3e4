"""Courses load whole, or say why not; what is not listed is not read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.content.sample import COURSE
from tutor.content.loader import LoadedCourse, load_course, load_courses
from tutor.content.schema import KINDS, kind_of


def loaded(root: Path) -> LoadedCourse:
    result = load_course(root)
    assert result.course is not None, [str(problem) for problem in result.problems]
    return result.course


def lines(root: Path) -> list[str]:
    result = load_course(root)
    assert (result.course is None) == any(it.severity == "error" for it in result.problems)
    return [str(problem).removeprefix(f"{root}/") for problem in result.problems]


def edit(root: Path, name: str, old: str, new: str) -> None:
    text = (root / name).read_text(encoding="utf-8")
    assert old in text
    (root / name).write_text(text.replace(old, new), encoding="utf-8")


def test_a_course_without_problems(root: Path) -> None:
    course = loaded(root)
    assert load_course(root).problems == ()
    assert [lesson.id for lesson in course.lessons] == ["one", "two"]
    assert {kind_of(item) for item in course.lessons[0].items} == set(KINDS)
    assert [term.id for term in course.glossary.terms] == ["token"]
    assert course.root == root


def test_lessons_come_in_the_order_of_the_course(root: Path) -> None:
    edit(root, "course.yaml", "[one, two]", "[two, one]")
    assert [lesson.id for lesson in loaded(root).lessons] == ["two", "one"]


def test_items_are_found_by_their_id_and_by_the_id_they_had(root: Path) -> None:
    course = loaded(root)
    found = course.find("choice-item")
    assert found is not None
    assert found[0].id == "one"
    assert course.find("old-choice") == found
    assert course.find("never") is None
    assert course.address("old-choice") == course.address("choice-item") == "sample/choice-item"
    lesson = course.lesson("two")
    assert lesson is not None
    assert lesson.id == "two"
    assert course.lesson("three") is None


def test_renamed_twice(root: Path) -> None:
    edit(root, "course.yaml", "{old-choice: choice-item}", "{older: old, old: choice-item}")
    assert loaded(root).address("older") == "sample/choice-item"


def test_a_course_needs_no_glossary(root: Path) -> None:
    (root / "glossary.yaml").unlink()
    assert loaded(root).glossary.terms == []


def test_other_files_are_left_alone(root: Path) -> None:
    (root / "gold.yaml").write_text("{{{", encoding="utf-8")
    (root / "draft.yaml").write_text("\x00", encoding="utf-8")
    assert lines(root) == []


def test_a_course_with_warnings_loads(root: Path) -> None:
    edit(root, "two.yaml", "hints: [{en: H, ko: 힌}]", "hints: []")
    assert [problem.severity for problem in load_course(root).problems] == ["warning"]
    assert loaded(root).lessons[1].items[0].hints == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "[one, two]",
            "[one, two, three]",
            "course.yaml:5:21: lessons: lesson 'three' has no file: there is no three.yaml in this "
            "folder",
        ),
        (
            "[one, two]",
            "[one, ../../etc/passwd, two]",
            "course.yaml:5:16: lessons: expected an id of at most 64 lower-case letters, digits and "
            "single hyphens, got '../../etc/passwd'",
        ),
        (
            "[one, two]",
            '[one, two, "one\\n"]',
            "course.yaml:5:21: lessons: expected an id of at most 64 lower-case letters, digits and "
            "single hyphens, got 'one\\n'",
        ),
        (
            "[one, two]",
            "[one, two, glossary]",
            "course.yaml:5:21: lessons: 'glossary' cannot be a lesson: glossary.yaml has another use",
        ),
        (
            "[one, two]",
            "[one, two, one]",
            "course.yaml:5:21: lessons: duplicate lesson 'one': already on line 5",
        ),
        (
            "[en, ko]",
            "[en, ko, fr]",
            "course.yaml:4:21: languages: expected one of en, ko, got 'fr'",
        ),
        (
            "[en, ko]",
            "[en, ko, en]",
            "course.yaml:4:21: languages: duplicate language 'en': already on line 4",
        ),
        ("licence: CC-BY-4.0\n", "", "course.yaml:1:1: missing field 'licence' (text)"),
        ("licence: CC-BY-4.0", "licence: ''", "course.yaml:6:10: licence: empty text"),
        ("2017", "around", "course.yaml:8:42: year: expected a whole number, got text"),
        (
            "choice-item}",
            "choise-item}",
            "course.yaml:9:23: aliases.old-choice: no item 'choise-item' in this course (did you "
            "mean 'choice-item'?)",
        ),
        (
            "{old-choice",
            "{true-item",
            "course.yaml:9:11: aliases: 'true-item' is the id of an item: an alias is an id no "
            "longer in use",
        ),
    ],
)
def test_mistakes_in_course_yaml(root: Path, old: str, new: str, told: str) -> None:
    edit(root, "course.yaml", old, new)
    assert lines(root) == [told]


def test_aliases_in_a_circle(root: Path) -> None:
    edit(root, "course.yaml", "{old-choice: choice-item}", "{a: b, b: a}")
    assert lines(root) == [
        "course.yaml:9:14: aliases.a: leads in a circle: name the item's id of today",
        "course.yaml:9:20: aliases.b: leads in a circle: name the item's id of today",
    ]


def test_an_item_id_used_in_two_lessons(root: Path) -> None:
    edit(root, "two.yaml", "id: last-item", "id: true-item")
    assert lines(root) == [
        "two.yaml:5:10: item true-item: id: duplicate item id 'true-item': already in one.yaml on "
        "line 22"
    ]


def test_mistakes_in_the_glossary(root: Path) -> None:
    term = "  - {id: token, term: {en: t, ko: 토}, definition: {en: D}, note: x}\n"
    with (root / "glossary.yaml").open("a", encoding="utf-8") as glossary:
        glossary.write(term)
    assert lines(root) == [
        "glossary.yaml:6:10: id: duplicate term id 'token': already on line 2",
        "glossary.yaml:6:51: definition: missing language 'ko'",
        "glossary.yaml:6:60: unknown field 'note' (fields: id, term, definition, also)",
    ]


def test_sections_with_one_id(root: Path) -> None:
    edit(
        root,
        "two.yaml",
        "본문}}]",
        "본문}}, {id: more, heading: {en: M, ko: 더}, body: {en: B, ko: 본}}]",
    )
    assert lines(root) == ["two.yaml:3:83: id: duplicate section id 'more': already on line 3"]


def test_an_unreadable_lesson_does_not_blame_the_aliases(root: Path) -> None:
    (root / "one.yaml").write_text("a: [", encoding="utf-8")
    assert [line.split(":")[0] for line in lines(root)] == ["one.yaml"]


def test_a_folder_without_a_course(tmp_path: Path) -> None:
    assert lines(tmp_path) == ["course.yaml:1:1: there is no such file"]
    assert lines(tmp_path / "nowhere") == ["course.yaml:1:1: there is no such file"]


def test_a_lesson_that_is_no_file(root: Path) -> None:
    (root / "two.yaml").unlink()
    (root / "two.yaml").mkdir()
    assert lines(root) == ["two.yaml:1:1: this is not a file"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for(root: Path) -> None:
    (root / "two.yaml").unlink()
    os.mkfifo(root / "two.yaml")
    assert lines(root) == ["two.yaml:1:1: this is not a file"]


def test_a_file_that_may_not_be_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def refuse(path: Path, *args: str) -> object:
        if path.name == "two.yaml":
            raise PermissionError(13, "Permission denied")
        return opened(path, *args)

    monkeypatch.setattr(Path, "open", refuse)
    assert lines(root) == ["two.yaml:1:1: cannot be read: Permission denied"]


def test_a_folder_that_may_not_be_entered(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", refuse)
    assert load_course(root).problems[0].message == "cannot be read: Permission denied"
    assert [it.course for it in load_courses([root])] == [None]


def test_roots_are_courses_or_folders_of_courses(root: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for roots in ([root], [tmp_path], [tmp_path / "missing", tmp_path, root]):
        found = load_courses(roots)
        assert [it.course.course.id for it in found if it.course] == ["sample"]
        assert len(found) == 1


def test_the_first_course_of_an_id_wins(root: Path, tmp_path: Path) -> None:
    twin = tmp_path / "twin"
    twin.mkdir()
    (twin / "course.yaml").write_text(COURSE.replace("[one, two]", "[two]"), encoding="utf-8")
    (twin / "two.yaml").write_bytes((root / "two.yaml").read_bytes())
    edit(twin, "course.yaml", "aliases: {old-choice: choice-item}\n", "")
    first, second = load_courses([root, twin])
    assert first.course is not None
    assert second.course is None
    assert [str(problem) for problem in second.problems] == [
        f"{twin}/course.yaml:1:1: course id 'sample' is taken by {root}: give this one another id"
    ]


def test_a_problem_is_one_line_without_control_characters(root: Path) -> None:
    edit(root, "two.yaml", "id: last-item", r'id: "\e[2J\n"')
    [line] = lines(root)
    assert line.isprintable()
    assert r"item \x1b[2J\n: id: expected an id" in line
