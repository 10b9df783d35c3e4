"""Home: what is next, how far one is, and the keys from there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.conftest import MakeApp, plain, press, settle
from tests.ui.shell.steps import answer, read_all
from tutor.content.problem import Problem
from tutor.study import record, session
from tutor.ui.home_model import Quiz, Read, Resume, greeting_key, home_view
from tutor.ui.screens.home import HomeScreen
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.models import ModelsScreen
from tutor.ui.screens.quiz import QuizScreen
from tutor.ui.widgets.home.lesson_list import LessonList
from tutor.ui.widgets.home.next_card import NextCard
from tutor.ui.workspace import Workspace


def step(workspace: Workspace) -> object:
    return home_view(workspace.store, workspace.courses, "en").next


def test_first_comes_the_first_lesson(workspace: Workspace) -> None:
    found = step(workspace)
    assert isinstance(found, Read)
    assert found.lesson.id == "tokens"


def test_a_lesson_begun_is_read_on_before_another(workspace: Workspace) -> None:
    record.opened(workspace.store, "tiny", "shots")
    found = step(workspace)
    assert isinstance(found, Read)
    assert found.lesson.id == "shots"


def test_a_lesson_read_asks_for_its_quiz(workspace: Workspace) -> None:
    read_all(workspace, "tokens")
    found = step(workspace)
    assert isinstance(found, Quiz)
    assert found.lesson.id == "tokens"


def test_then_comes_the_next_lesson(workspace: Workspace) -> None:
    read_all(workspace, "tokens")
    answer(workspace, "reads", 0.0)
    found = step(workspace)
    assert isinstance(found, Read)
    assert found.lesson.id == "shots"


def test_when_all_is_read_the_least_mastered_is_asked(workspace: Workspace) -> None:
    read_all(workspace, "tokens")
    read_all(workspace, "shots")
    answer(workspace, "reads", 1.0)
    answer(workspace, "weights", 1.0)
    found = step(workspace)
    assert isinstance(found, Quiz)
    assert found.lesson.id == "tokens"


def test_an_unfinished_quiz_comes_before_all(workspace: Workspace) -> None:
    state = session.start(
        workspace.store,
        mode="quiz",
        course="tiny",
        lesson="tokens",
        items=["reads", "name"],
        seed=1,
        title="What a model reads",
    )
    session.move(workspace.store, state, 1)
    found = step(workspace)
    assert isinstance(found, Resume)
    assert found.state.position == 1
    assert found.lesson is not None


def test_a_quiz_of_a_course_that_is_gone_is_passed_over(workspace: Workspace) -> None:
    session.start(
        workspace.store,
        mode="quiz",
        course="gone",
        lesson=None,
        items=["x"],
        seed=1,
        title="Gone",
    )
    assert isinstance(step(workspace), Read)


@pytest.mark.parametrize(
    ("hour", "part"),
    [(4, "evening"), (5, "morning"), (11, "morning"), (12, "afternoon"), (18, "evening")],
)
def test_greeting_by_time_of_day(hour: int, part: str) -> None:
    assert greeting_key(hour) == f"home.greeting.{part}"


async def test_home_says_the_next_thing_and_enter_does_it(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = plain(pilot)
        assert "Good evening." in shown
        assert "Next lesson: What a model reads" in shown
        assert "○ Zero-shot, few-shot" in shown
        await press(pilot, "enter")
        assert isinstance(app.screen, LessonScreen)
        assert app.screen.lesson.id == "tokens"


async def test_rows_say_how_far_one_is(make_app: MakeApp, workspace: Workspace) -> None:
    read_all(workspace, "tokens")
    answer(workspace, "explain-next", 0.5, unmet="repeats")
    read_all(workspace, "shots")
    answer(workspace, "weights", 1.0)
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        shown = plain(pilot)
        assert "0 of 8 · weak: It repeats the step token by token" in shown
        assert "mastered · 1 of 1" in shown
        assert "1 of 2 mastered" in shown


async def test_a_lesson_of_the_list_is_opened_and_home_looks_again(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "down", "down", "enter")
        assert isinstance(app.screen, LessonScreen)
        assert app.screen.lesson.id == "shots"
        await press(pilot, "escape")
        assert isinstance(app.screen, HomeScreen)
        assert "Go on reading: Zero-shot, few-shot" in plain(pilot)
        assert app.screen.query_one(LessonList).has_focus


async def test_up_from_the_first_lesson_returns_to_the_card(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "down", "up")
        assert app.screen.query_one(NextCard).has_focus


@pytest.mark.parametrize("keys", [("q",), ("ㅂ",), ("down", "q")])
async def test_q_quizzes_the_lesson(make_app: MakeApp, keys: tuple[str, ...]) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, *keys)
        assert isinstance(app.screen, QuizScreen)


async def test_m_opens_models(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "ㅡ")
        assert isinstance(app.screen, ModelsScreen)


async def test_an_unfinished_quiz_is_resumed_at_its_question(
    make_app: MakeApp, workspace: Workspace
) -> None:
    state = session.start(
        workspace.store,
        mode="quiz",
        course="tiny",
        lesson="tokens",
        items=["reads", "name", "steps"],
        seed=1,
        title="What a model reads",
    )
    session.move(workspace.store, state, 1)
    app = make_app(language="ko")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "퀴즈 이어서 풀기: 모델이 읽는 것" in plain(pilot)
        assert "문제 2/3" in plain(pilot)
        await press(pilot, "enter")
        assert isinstance(app.screen, QuizScreen)
        assert "글의 조각을 무엇이라 합니까?" in plain(pilot)


async def test_without_a_course_it_says_where_to_put_one(
    make_app: MakeApp, workspace: Workspace
) -> None:
    workspace.courses.clear()
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "There is no course to learn from" in plain(pilot)
        await press(pilot, "enter", "l", "q")
        assert isinstance(app.screen, HomeScreen)


async def test_a_course_with_mistakes_is_one_line(make_app: MakeApp, workspace: Workspace) -> None:
    broken = Path("/courses/broken")
    workspace.problems.extend(
        [
            Problem(broken / "course.yaml", 1, 1, "missing title"),
            Problem(broken / "one.yaml", 7, 3, "missing prompt"),
            Problem(Path("/courses/fine/one.yaml"), 7, 3, "no hints", severity="warning"),
        ]
    )
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        shown = plain(pilot)
        assert "! /courses/broken has 2 mistakes and is left out" in shown
        assert "/courses/fine" not in shown
