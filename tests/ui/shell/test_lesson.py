"""The lesson reader."""

from __future__ import annotations

import dataclasses

import pytest
from msgspec.structs import replace
from textual.widgets import Input

from tests.ui.conftest import MakeApp, fill, gguf, plain, press, settle
from tests.waiting import until
from tutor.llm.scripted import ScriptedClient
from tutor.study import record
from tutor.study.store import Store
from tutor.ui.lesson_place import pack, unpack
from tutor.ui.screens.glossary import GlossaryDialog, matching
from tutor.ui.screens.home import HomeScreen
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.quiz import QuizScreen
from tutor.ui.widgets.lesson.contents import ContentsList
from tutor.ui.widgets.tutor_panel import TutorPanel
from tutor.ui.workspace import Start, Workspace

NARROW, WIDE = (80, 24), (120, 40)


def start(lesson: str = "tokens", section: str | None = None) -> Start:
    return Start("learn", "tiny", lesson, section)


def read_sections(workspace: Workspace) -> tuple[str, ...]:
    return record.course_progress(workspace.store, workspace.courses[0])[0].sections_read


async def test_it_shows_numbered_sections_and_is_recorded_as_opened(
    make_app: MakeApp, workspace: Workspace
) -> None:
    app = make_app(start=start())
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        shown = plain(pilot)
        assert "[1] Text in pieces" in shown
        assert "[2] Counting them" in shown
        assert "What a model reads" in shown
        assert record.course_progress(workspace.store, workspace.courses[0])[0].opened
        assert read_sections(workspace) == ()


async def test_text_is_never_wider_than_the_measure(make_app: MakeApp) -> None:
    app = make_app(start=start())
    async with app.run_test(size=(160, 40)) as pilot:
        await settle(pilot)
        assert isinstance(app.screen, LessonScreen)
        assert all(view.size.width <= 76 for view in app.screen.reader.views)
        assert app.screen.reader.max_scroll_x == 0


async def test_brackets_and_links_are_plain_text(make_app: MakeApp) -> None:
    app = make_app(start=start())
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        shown = plain(pilot)
        assert "[/b] is nothing special" in shown
        assert "[/i] 안녕하세요" in shown
        assert "original paper (https://example.org/bpe)" in shown
        assert all(cell.tooltip is None for cell in app.screen.query("MarkdownTableCellContents"))


async def test_n_and_p_go_from_section_to_section(make_app: MakeApp, workspace: Workspace) -> None:
    app = make_app(start=start())
    async with app.run_test(size=NARROW) as pilot:
        await settle(pilot)
        assert isinstance(app.screen, LessonScreen)
        await press(pilot, "n")
        assert app.screen.reader.current == 1
        assert plain(pilot).splitlines()[2].strip() == "[2] Counting them"
        assert read_sections(workspace) == ("pieces",)
        await press(pilot, "ㅜ", "n", "n")
        assert app.screen.reader.current == 2
        await press(pilot, "p", "p")
        assert app.screen.reader.current == 0


async def test_scrolling_to_the_end_reads_it_all(make_app: MakeApp, workspace: Workspace) -> None:
    app = make_app(start=start())
    async with app.run_test(size=NARROW) as pilot:
        await settle(pilot)
        await press(pilot, "j")
        assert read_sections(workspace) == ("pieces",)
        await press(pilot, "end")
        assert read_sections(workspace) == ("pieces", "counting", "next")
        assert "Press q for 8 questions about it." in plain(pilot)


async def test_a_page_key_at_the_end_reads_a_short_lesson(
    make_app: MakeApp, workspace: Workspace
) -> None:
    app = make_app(start=start("shots"))
    async with app.run_test(size=NARROW) as pilot:
        await settle(pilot)
        await press(pilot, "space")
        standing = record.course_progress(workspace.store, workspace.courses[0])[1]
        assert standing.sections_read == ("examples",)


async def test_it_opens_where_it_was_left(make_app: MakeApp, workspace: Workspace) -> None:
    app = make_app(start=start())
    async with app.run_test(size=NARROW) as pilot:
        await settle(pilot)
        await press(pilot, "n", "j", "j", "j")
        assert isinstance(app.screen, LessonScreen)
        left = app.screen.reader.place
        await press(pilot, "escape")
        assert isinstance(app.screen, HomeScreen)
        await press(pilot, "enter")
        assert isinstance(app.screen, LessonScreen)
        assert app.screen.reader.place.section == left.section == 1
        assert app.screen.reader.place.share == pytest.approx(left.share, abs=0.01)


async def test_a_section_asked_for_is_shown_and_set_off(make_app: MakeApp) -> None:
    app = make_app(start=start(section="counting"))
    async with app.run_test(size=NARROW) as pilot:
        await settle(pilot)
        assert "[2] ▶ Counting them" in plain(pilot)
        await press(pilot, "n")
        assert "▶" not in plain(pilot)


async def test_another_language_keeps_the_place(make_app: MakeApp) -> None:
    app = make_app(start=start())
    async with app.run_test(size=NARROW) as pilot:
        await settle(pilot)
        await press(pilot, "n", "j", "j")
        assert isinstance(app.screen, LessonScreen)
        before = app.screen.reader.place
        await press(pilot, "f2")
        assert "모델이 한 번에" in plain(pilot)
        after = app.screen.reader.place
        assert after.section == before.section
        assert after.share == pytest.approx(before.share, abs=0.05)


async def test_another_width_keeps_the_place(make_app: MakeApp) -> None:
    app = make_app(start=start())
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        assert isinstance(app.screen, LessonScreen)
        await press(pilot, "n")
        for size in ((60, 20), (120, 40), NARROW):
            await pilot.resize_terminal(*size)
            await settle(pilot)
            assert app.screen.reader.place.section == 1
        await press(pilot, "t")
        assert app.screen.reader.place.section == 1


async def test_contents_stand_at_the_left_where_there_is_room(make_app: MakeApp) -> None:
    app = make_app(start=start())
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        contents = app.screen.query_one(ContentsList)
        assert contents.display
        await press(pilot, "n")
        shown = plain(pilot)
        assert "✓ Text in pieces" in shown
        assert "▸ Counting them" in shown
        await press(pilot, "c")
        assert not contents.display


async def test_contents_come_over_the_text_where_there_is_none(make_app: MakeApp) -> None:
    app = make_app(start=start())
    async with app.run_test(size=NARROW) as pilot:
        await settle(pilot)
        contents = app.screen.query_one(ContentsList)
        assert not contents.display
        await press(pilot, "c")
        assert contents.has_focus
        await press(pilot, "down", "down", "enter")
        assert isinstance(app.screen, LessonScreen)
        assert app.screen.reader.current == 2
        assert not contents.display
        await press(pilot, "c", "escape")
        assert not contents.display
        assert isinstance(app.screen, LessonScreen)


async def test_q_quizzes_the_lesson(make_app: MakeApp) -> None:
    app = make_app(start=start())
    async with app.run_test(size=NARROW) as pilot:
        await settle(pilot)
        await press(pilot, "q")
        assert isinstance(app.screen, QuizScreen)


async def test_the_glossary_finds_a_term_in_either_language(make_app: MakeApp) -> None:
    app = make_app(start=start())
    async with app.run_test(size=NARROW) as pilot:
        await settle(pilot)
        await press(pilot, "g")
        assert isinstance(app.screen, GlossaryDialog)
        await press(pilot, *"토큰")
        assert "A piece of text, often shorter than a word" in plain(pilot)
        await press(pilot, "f2")
        assert app.screen.query_one(Input).value == "토큰"
        assert "모델이 읽고 쓰는 글의 조각" in plain(pilot)
        await fill(pilot, "없음")
        assert "그런 용어가 없습니다" in plain(pilot)
        await press(pilot, "escape")
        assert isinstance(app.screen, LessonScreen)


def test_terms_that_begin_with_the_query_come_first(workspace: Workspace) -> None:
    glossary = workspace.courses[0].glossary
    assert [term.id for term in matching(glossary, "t", "en")] == [
        "temperature",
        "token",
        "prompt",
    ]
    assert [term.id for term in matching(glossary, "SUBWORD", "ko")] == ["token"]


async def test_the_tutor_answers_and_its_citation_leads_to_the_passage(
    make_app: MakeApp, workspace: Workspace
) -> None:
    gguf(workspace.places.models / "middle.gguf", 491_000_000)
    app = make_app(start=start(), model="middle")
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await press(pilot, "end", "t")
        await fill(pilot, "What is read?")
        await press(pilot, "enter")
        assert "Tokens are pieces of text" in plain(pilot)
        assert record.talk(workspace.store, "tiny/tokens")[0].question == "What is read?"
        app.screen.query_one(TutorPanel).post_message(TutorPanel.PassageChosen("tokens/pieces"))
        await settle(pilot)
        assert "[1] ▶ Text in pieces" in plain(pilot)
        await press(pilot, "escape")
        assert isinstance(app.screen, LessonScreen)
        assert not app.screen.query(TutorPanel)
        assert app.screen.reader.has_focus


async def test_of_a_long_lesson_the_tutor_reads_what_the_glossary_says_is_meant(
    make_app: MakeApp, workspace: Workspace
) -> None:
    gguf(workspace.places.models / "middle.gguf", 491_000_000)
    [course] = workspace.courses
    counting = course.lessons[0].sections[1]
    texts = {"clay": "Clay is dug. ", "pieces": "A token is read. ", "fire": "Fire is lit. "}
    sections = [
        replace(counting, id=id, body={"en": "\n\n".join([text * 30] * 4)})
        for id, text in texts.items()
    ]
    lesson = replace(course.lessons[0], sections=sections)
    course = dataclasses.replace(course, lessons=(lesson,))
    app = make_app(start=start(), model="middle")
    async with app.run_test(size=WIDE) as pilot:
        await app.push_screen(LessonScreen(course, lesson))
        await settle(pilot)
        await press(pilot, "t")
        await fill(pilot, "What about subwords?")
        await press(pilot, "enter")
        assert isinstance(app.client, ScriptedClient)
        asked = app.client.requests[-1].messages[0].content
        assert "A token is read." in asked
        assert "Clay is dug." not in asked


async def test_without_a_model_the_tutor_says_how_to_get_one(make_app: MakeApp) -> None:
    app = make_app(start=start())
    async with app.run_test(size=NARROW) as pilot:
        await settle(pilot)
        await press(pilot, "t")
        assert "Answers need a model" in plain(pilot)


async def test_a_place_kept_for_a_section_that_is_gone_is_the_beginning(
    make_app: MakeApp, workspace: Workspace
) -> None:
    workspace.store.keep("lesson:tiny/tokens", "gone:0.5000")
    app = make_app(start=start())
    async with app.run_test(size=NARROW) as pilot:
        await settle(pilot)
        assert isinstance(app.screen, LessonScreen)
        assert app.screen.reader.place == (0, 0.0)
        await until(lambda: kept_place(workspace) == "pieces:0.0000")


def kept_place(workspace: Workspace) -> str | None:
    return Store.kept(workspace.store, "lesson:tiny/tokens")


@pytest.mark.parametrize("kept", [None, "", "next", "next:x", "next:nan", "gone:0.1"])
def test_a_place_that_cannot_be_read_is_the_beginning(
    kept: str | None, workspace: Workspace
) -> None:
    lesson = workspace.courses[0].lessons[0]
    assert unpack(kept, lesson) == (0, 0.0)


def test_a_place_survives_packing(workspace: Workspace) -> None:
    lesson = workspace.courses[0].lessons[0]
    assert unpack(pack("next", 0.25), lesson) == (2, 0.25)


async def test_a_long_section_has_the_numbers_of_all_its_passages(
    make_app: MakeApp, workspace: Workspace
) -> None:
    [course] = workspace.courses
    pieces, *others = course.lessons[0].sections
    long = replace(pieces, body={"en": "\n\n".join(["All about clay. " * 30] * 6), "ko": "짧다."})
    lesson = replace(course.lessons[0], sections=[long, *others])
    app = make_app(start=start())
    async with app.run_test(size=WIDE) as pilot:
        await app.push_screen(LessonScreen(course, lesson))
        await settle(pilot)
        assert "[1–3] Text in pieces" in plain(pilot)
        app.language = "ko"
        await settle(pilot)
        assert "[1] " in plain(pilot)
