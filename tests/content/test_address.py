"""Addresses lead to a course, a lesson or an item, or say what was probably meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.content.address import AddressError, find
from tutor.content.loader import LoadedCourse, load_course


@pytest.fixture
def courses(root: Path) -> list[LoadedCourse]:
    course = load_course(root).course
    assert course is not None
    return [course]


@pytest.mark.parametrize(
    ("address", "lesson", "item"),
    [
        ("sample", None, None),
        ("sample/", None, None),
        (" sample/two ", "two", None),
        ("sample/true-item", "one", "true-item"),
        ("sample/one/true-item", "one", "true-item"),
        ("sample/old-choice", "one", "choice-item"),
        ("sample/one/old-choice", "one", "choice-item"),
    ],
)
def test_what_an_address_leads_to(
    courses: list[LoadedCourse], address: str, lesson: str | None, item: str | None
) -> None:
    found = find(address, courses)
    assert found.course is courses[0]
    assert (found.lesson.id if found.lesson else None) == lesson
    assert (found.item.id if found.item else None) == item


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("sampel", "nothing is called 'sampel': did you mean 'sample'?"),
        ("sample/onee", "nothing is called 'sample/onee': did you mean 'sample/one'?"),
        (
            "sample/tru-item",
            "nothing is called 'sample/tru-item': did you mean 'sample/true-item'?",
        ),
        ("true-item", "nothing is called 'true-item': did you mean 'sample/true-item'?"),
        (
            "sample/two/true-item",
            "nothing is called 'sample/two/true-item': did you mean 'sample/true-item'?",
        ),
        ("", "nothing is called '': see 'tutor courses list'"),
        ("///", "nothing is called '///': see 'tutor courses list'"),
        ("한국어", "nothing is called '한국어': see 'tutor courses list'"),
        ("\x1b[2J", r"nothing is called '\x1b[2J': see 'tutor courses list'"),
        ("a/b/c/d", "nothing is called 'a/b/c/d': see 'tutor courses list'"),
    ],
)
def test_an_address_that_leads_nowhere(
    courses: list[LoadedCourse], address: str, message: str
) -> None:
    with pytest.raises(AddressError) as caught:
        find(address, courses)
    assert str(caught.value) == message


def test_without_courses() -> None:
    with pytest.raises(AddressError, match="no course is installed"):
        find("sample", [])
