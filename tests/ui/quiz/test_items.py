"""Each kind of item: answered by keyboard, right and wrong, and found again as it was left."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.ui.quiz import sample
from tests.ui.quiz.conftest import Open
from tutor.content.schema import Item
from tutor.grading.answer import (
    Answer,
    ChoiceAnswer,
    ClozeAnswer,
    MatchAnswer,
    NumericAnswer,
    OrderAnswer,
    ShortAnswer,
    TrueFalseAnswer,
)
from tutor.study import record
from tutor.study.session import option_order
from tutor.ui.screens.quiz_keys import Phase

SEED = 7


def places(item: Item, count: int) -> list[int]:
    """Where each of `count` options is shown, by its index in the course."""
    order = option_order(SEED, item.id, count)
    return [order.index(index) for index in range(count)]


def digit(place: int) -> str:
    return str(place + 1)


def sorting() -> list[str]:
    """Keys that put the steps of the order item right, by sending each to its place."""
    order = option_order(SEED, sample.ORDER.id, 3, scrambled=True)
    keys: list[str] = []
    cursor = 0
    for step in range(3):
        at = order.index(step)
        keys += ["down" if at > cursor else "up"] * abs(at - cursor) + [digit(step)]
        order.insert(step, order.pop(at))
        cursor = step
    return keys


CHOICES = places(sample.CHOICE, 3)
SEVERAL = places(sample.SEVERAL, 3)
RIGHTS = places(sample.MATCH, 3)


@dataclass
class Case:
    item: Item
    right: list[str]
    right_answer: Answer
    wrong: list[str]
    score: float
    says: str


CASES = [
    Case(
        sample.CHOICE,
        [digit(CHOICES[0])],
        ChoiceAnswer(options=("task",)),
        [digit(CHOICES[1])],
        0,
        "✗ That is one-shot.",
    ),
    Case(
        sample.SEVERAL,
        [digit(SEVERAL[1]), digit(SEVERAL[2])],
        ChoiceAnswer(
            options=tuple(
                sorted(
                    ("one-shot", "few-shot"), key=lambda id: SEVERAL[1 if id == "one-shot" else 2]
                )
            )
        ),
        [digit(SEVERAL[1])],
        0,
        "✓ This is right.",
    ),
    Case(sample.TRUTH, ["f"], TrueFalseAnswer(value=False), ["o"], 0, "✗ Not this one."),
    Case(
        sample.CLOZE,
        ["n", "o", "enter", "o", "n", "e"],
        ClozeAnswer(gaps={"none": "no", "single": "one"}),
        ["n", "o", "enter", "t", "w", "o"],
        0.5,
        "✗ one",
    ),
    Case(
        sample.SHORT,
        ["s", "h", "o", "t"],
        ShortAnswer(text="shot"),
        ["x"],
        0,
        "The answer is shot.",
    ),
    Case(sample.NUMERIC, ["1"], NumericAnswer(text="1"), ["9"], 0, "The answer is 1 examples."),
    Case(
        sample.ORDER,
        sorting(),
        OrderAnswer(order=(0, 1, 2)),
        [*sorting(), "1"],
        0,
        "belongs in place",
    ),
    Case(
        sample.MATCH,
        [digit(place) for place in RIGHTS],
        MatchAnswer(rights=(0, 1, 2)),
        [digit(RIGHTS[1]), digit(RIGHTS[0]), digit(RIGHTS[2])],
        1 / 3,
        "Right: none",
    ),
]
ids = [case.item.id for case in CASES]


@pytest.mark.parametrize("case", CASES, ids=ids)
async def test_wrong_is_marked_and_found_again(sit: Open, case: Case) -> None:
    other = sample.SEVERAL if case.item is sample.CHOICE else sample.CHOICE
    async with sit(case.item, other) as sitting:
        await sitting.press(*case.wrong, "enter")
        given = record.last_answer(sitting.store, f"basics/{case.item.id}")
        assert given is not None
        assert given[1] is not None
        assert given[1].score == pytest.approx(case.score)
        assert case.says in sitting.words
        before = sitting.screen
        await sitting.press("enter")
        assert "2 of 2" in sitting.screen
        await sitting.press("b")
        assert sitting.quiz.phase is Phase.GRADED
        assert sitting.screen == before


@pytest.mark.parametrize("case", CASES, ids=ids)
async def test_a_draft_survives_quitting_and_the_language_and_is_right(
    sit: Open, case: Case
) -> None:
    async with sit(case.item) as sitting:
        await sitting.press(*case.right)
    async with sit(case.item) as again:
        assert record.last_answer(again.store, f"basics/{case.item.id}") is None
        await again.press("f2", "f2", "ctrl+s")
        given = record.last_answer(again.store, f"basics/{case.item.id}")
        assert given is not None
        answer, verdict = given
        assert answer == case.right_answer
        assert verdict is not None
        assert verdict.score == 1
        assert "✓ Right" in again.screen
        assert again.quiz.phase is Phase.GRADED


async def test_empty_is_asked_about_once(sit: Open) -> None:
    items = [
        sample.CHOICE,
        sample.CLOZE,
        sample.SHORT,
        sample.NUMERIC,
        sample.ORDER,
        sample.MATCH,
    ]
    async with sit(*items) as sitting:
        for item in items:
            await sitting.press("ctrl+s")
            assert "Hand in again" in sitting.screen
            assert record.last_answer(sitting.store, f"basics/{item.id}") is None
            await sitting.press("f5")
            given = record.last_answer(sitting.store, f"basics/{item.id}")
            assert given is not None
            assert given[1] is not None
            assert given[1].score == 0
            await sitting.press("enter")


async def test_true_or_false_cannot_be_empty(sit: Open) -> None:
    async with sit(sample.TRUTH) as sitting:
        await sitting.press("enter")
        assert "Choose an answer first." in sitting.screen
        await sitting.press("ㅌ", "enter")
        given = record.last_answer(sitting.store, "basics/truth")
        assert given is not None
        assert given[0] == TrueFalseAnswer(value=False)


async def test_arrows_choose_and_space_marks(sit: Open) -> None:
    async with sit(sample.CHOICE, sample.SEVERAL) as sitting:
        await sitting.press(*["down"] * (CHOICES[0] + 1), "enter")
        assert "✓ Right" in sitting.screen
        await sitting.press("enter")
        await sitting.press("space", "down", "space", "down", "space", digit(SEVERAL[0]), "enter")
        assert "✓ Right" in sitting.screen


async def test_order_by_carrying(sit: Open) -> None:
    async with sit(sample.ORDER) as sitting:
        widget = sitting.quiz.card.answering
        first, second, third = widget.order
        await sitting.press("shift+down")
        assert widget.order == [second, first, third]
        await sitting.press("ㅏ")
        assert widget.order == [first, second, third]
        await sitting.press("space", "down", "down")
        assert widget.order == [second, third, first]
        await sitting.press("enter")
        assert record.last_answer(sitting.store, "basics/order") is None
        assert not widget.grabbed


async def test_order_by_mouse(sit: Open) -> None:
    async with sit(sample.ORDER) as sitting:
        first, second, third = sitting.quiz.card.answering.order
        await sitting.click(".item .row", 0)
        await sitting.click(".item .row", 2)
        assert sitting.quiz.card.answering.order == [second, third, first]


async def test_match_by_arrows_and_mouse(sit: Open) -> None:
    async with sit(sample.MATCH) as sitting:
        widget = sitting.quiz.card.answering
        dealt = widget.dealt
        await sitting.press("right")
        assert widget.rights == [dealt[0], None, None]
        await sitting.press("right")
        assert widget.rights == [dealt[1], None, None]
        await sitting.press("backspace")
        assert widget.rights == [None, None, None]
        await sitting.click(".rows .row", 2)
        await sitting.click(".rights .row", 1)
        assert widget.rights == [None, None, dealt[1]]
        await sitting.press(digit(1))
        assert widget.rights == [dealt[1], None, None]


async def test_gaps_follow_the_order_of_the_language(sit: Open) -> None:
    async with sit(sample.CLOZE) as sitting:
        await sitting.write("no")
        await sitting.press("f2")
        assert [row.gap for row in sitting.quiz.card.answering.rows()] == ["single", "none"]
        assert "1 ____" in sitting.words
        assert "2 no" in sitting.words
        tops = [row.region.y for row in sitting.quiz.card.answering.rows()]
        assert tops == sorted(tops)
