"""The course that comes with the program, for tests over real items."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tutor.content.loader import LoadedCourse, load_course
from tutor.content.schema import Explain, Lesson

FOLDER = Path(__file__).parents[2] / "content" / "llm-basics"


@cache
def llm_basics() -> LoadedCourse:
    loaded = load_course(FOLDER).course
    assert loaded is not None
    return loaded


def explains() -> list[tuple[Lesson, Explain]]:
    """Every item that asks for an explanation, with its lesson."""
    return [
        (lesson, item)
        for lesson in llm_basics().lessons
        for item in lesson.items
        if isinstance(item, Explain)
    ]


def explain(id: str) -> tuple[Lesson, Explain]:
    return next(found for found in explains() if found[1].id == id)
