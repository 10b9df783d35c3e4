"""From item to item: forward, back, later, away and back again, to the end and once more."""

from __future__ import annotations

from tests.ui.quiz import sample
from tests.ui.quiz.conftest import Open
from tutor.study import session
from tutor.ui.screens.quiz import QuizScreen
from tutor.ui.screens.quiz_summary import QuizSummary


async def test_resumes_at_the_item_where_it_was_left(sit: Open) -> None:
    items = (sample.TRUTH, sample.SHORT, sample.NUMERIC)
    async with sit(*items) as sitting:
        await sitting.press("f", "enter", "enter")
        assert "2 of 3" in sitting.screen
        await sitting.press("s", "h", "escape")
        assert not any(isinstance(each, QuizScreen) for each in sitting.app.screen_stack)
    async with sit(*items) as again:
        assert "2 of 3" in again.screen
        assert again.quiz.card.answering.draft() == "sh"


async def test_back_to_an_answered_item_and_on(sit: Open) -> None:
    async with sit(sample.TRUTH, sample.SHORT) as sitting:
        await sitting.press("f", "enter", "n", "f4")
        assert isinstance(sitting.app.screen, QuizSummary)
    async with sit(sample.TRUTH, sample.CHOICE) as sitting:
        await sitting.press("f", "enter", "enter", "ㅠ")
        assert "1 of 2" in sitting.screen
        assert "✓ This is right." not in sitting.screen
        assert "✓ Only training does." in sitting.words


async def test_the_end_sums_up_and_repeats_what_was_missed(sit: Open) -> None:
    async with sit(sample.TRUTH, sample.SHORT, sample.SHOTS, sample.NUMERIC) as sitting:
        await sitting.press("f", "enter", "enter", "x", "enter", "enter")
        await sitting.write(sample.HALF)
        await sitting.press("ctrl+s", "enter", "f4")
        assert isinstance(sitting.app.screen, QuizSummary)
        for shown in (
            "1 of 4 fully right",
            "Enter: the 3 missed ones again",
            "✓ 100 % Examples in a prompt",
            "✗ 0 % One word",
            "◐ 67 % What is the difference between zero-shot and few-shot",
            "not answered",
            "Worth another look ✗ The weights do not change.",
        ):
            assert shown in sitting.words
        assert session.unfinished(sitting.store) is None
        await sitting.press("f2")
        assert "4문제 중 1문제를 다 맞혔습니다" in sitting.words
        await sitting.press("enter")
        assert sitting.quiz.desk.state.items == ["short", "shots", "numeric"]
        assert session.unfinished(sitting.store) is not None


async def test_all_right_leads_home(sit: Open) -> None:
    async with sit(sample.TRUTH) as sitting:
        await sitting.press("f", "enter", "enter")
        assert "Nothing left to repeat" in sitting.screen
        await sitting.press("enter")
        assert len(sitting.app.screen_stack) == 2


async def test_the_question_speaks_the_other_language_at_once(sit: Open) -> None:
    async with sit(sample.CHOICE) as sitting:
        await sitting.press("1", "f2")
        assert "제로샷 프롬프트는 어느 것인가요?" in sitting.words
        assert "제로샷과 퓨샷 · 1/1" in sitting.words
        await sitting.press("enter", "f2")
        assert "Which prompt is zero-shot?" in sitting.words


async def test_nothing_is_wider_than_the_screen(sit: Open) -> None:
    async with sit(*sample.ITEMS, size=(80, 24)) as sitting:
        for _ in sample.ITEMS:
            body = sitting.quiz.query_one(".quiz-body")
            assert body.max_scroll_x == 0
            assert all(widget.region.right <= 80 for widget in body.query("*") if widget.display)
            await sitting.press("f4")
