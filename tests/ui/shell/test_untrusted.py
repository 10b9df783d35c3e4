"""Courses, models and errors may say anything: none of it becomes markup, an escape or a link."""

from __future__ import annotations

import dataclasses

import pytest
from msgspec.structs import replace
from rich.segment import Segment
from textual.color import Color

from tests.ui.conftest import MakeApp, fill, gguf, plain, press, settle
from tutor.content.schema import Glossary, Language, Section
from tutor.ui.filters import SafeText
from tutor.ui.workspace import Start, Workspace


@pytest.fixture
def hostile(workspace: Workspace) -> Workspace:
    """The course with markup and escapes in its titles, headings and terms."""
    [loaded] = workspace.courses
    lesson, *others = loaded.lessons
    section, *rest = lesson.sections
    lesson = replace(lesson, title=evil("Lesson"), sections=[evil_section(section), *rest])
    term = replace(loaded.glossary.terms[0], term=evil("Term"))
    workspace.courses[:] = [
        dataclasses.replace(
            loaded,
            course=replace(loaded.course, title=evil("Course")),
            lessons=(lesson, *others),
            glossary=Glossary(terms=[term]),
        )
    ]
    return workspace


def evil_section(section: Section) -> Section:
    return replace(section, heading=evil("Heading"), body=evil("Body"))


def evil(word: str) -> dict[Language, str]:
    return {"en": f"\x1b]0;title\x07\x1b[2J\u202e[/b] [bold]{word}"}


async def test_hostile_titles_are_shown_as_they_are(make_app: MakeApp, hostile: Workspace) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        shown = plain(pilot)
        assert "[/b] [bold]Course" in shown
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        await press(pilot, "ctrl+p")
        assert "Read: ]0;title[2J[/b] [bold]Lesson" in plain(pilot)
        await fill(pilot, "bold Lesson")
        assert "[bold]Lesson" in plain(pilot)
        await press(pilot, "escape", "escape")
        await press(pilot, "enter")
        assert "[/b] [bold]Heading" in plain(pilot)
        assert "[/b] [bold]Body" in plain(pilot)
        assert "\x1b" not in plain(pilot)
        await press(pilot, "g")
        assert "[/b] [bold]Term" in plain(pilot)


async def test_a_hostile_file_name_is_shown_as_it_is(
    make_app: MakeApp, workspace: Workspace
) -> None:
    gguf(workspace.places.models / "[red]evil[b].gguf")
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "m")
        assert "red-evil-b" in plain(pilot)
        assert "[red]evil[b].gguf" in plain(pilot)


async def test_a_click_on_a_link_opens_nothing(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    app = make_app(start=Start("learn", "tiny", "tokens"))
    monkeypatch.setattr(app, "open_url", lambda url, **_: opened.append(url))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        row = next(at for at, line in enumerate(plain(pilot).splitlines()) if "original" in line)
        column = plain(pilot).splitlines()[row].index("original")
        await pilot.click(offset=(column + 2, row))
        await settle(pilot)
        assert opened == []


def test_control_and_direction_characters_are_taken_out() -> None:
    line = [Segment("a\x1b[31mb\x9bc\u202ed"), Segment("한글 ok")]
    filtered = SafeText().apply(line, Color(0, 0, 0))
    assert [segment.text for segment in filtered] == ["a[31mbcd", "한글 ok"]


def test_a_clean_line_is_left_alone() -> None:
    line = [Segment("한글 ok")]
    assert SafeText().apply(line, Color(0, 0, 0)) is line
