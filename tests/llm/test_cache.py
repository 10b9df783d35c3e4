from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.llm.fake_native import FakeEvaluator
from tutor.llm.cache import WORTH_FETCHING, WORTH_KEEPING, Cache
from tutor.llm.shelf import Shelf

LONG = WORTH_KEEPING + WORTH_FETCHING


def silent(done: int, total: int) -> None:
    """Nobody watches."""


def cache(limit: int = 10_000, *, cuts: bool = True) -> tuple[Cache, FakeEvaluator]:
    evaluator = FakeEvaluator(4096, cuts=cuts)
    return Cache(evaluator, "chat", Shelf(limit)), evaluator


def cost(held: Cache, evaluator: FakeEvaluator, text: str) -> int:
    """How many tokens were evaluated for it."""
    before = evaluator.evaluated
    held.evaluate(list(text.encode()), silent)
    assert evaluator.held == held.tokens == list(text.encode())
    return evaluator.evaluated - before


def test_a_talk_that_comes_back_costs_its_last_token() -> None:
    held, evaluator = cache()
    assert cost(held, evaluator, "a" * LONG) == LONG
    assert cost(held, evaluator, "b" * LONG) == LONG
    assert cost(held, evaluator, "a" * LONG) == 1
    assert cost(held, evaluator, "b" * LONG + "and on") == len("and on")


def test_with_no_memory_for_it_everything_is_evaluated_again() -> None:
    held, evaluator = cache(limit=LONG - 1)
    cost(held, evaluator, "a" * LONG)
    cost(held, evaluator, "b" * LONG)
    assert cost(held, evaluator, "a" * LONG) == LONG


def test_a_short_rest_is_not_worth_a_copy() -> None:
    held, evaluator = cache()
    cost(held, evaluator, "a" * (WORTH_KEEPING - 1))
    cost(held, evaluator, "b")
    assert held.shelf.bytes == 0


def test_what_is_held_is_kept_where_it_saves_nearly_as_much_as_a_copy() -> None:
    held, evaluator = cache()
    cost(held, evaluator, "a" * LONG + "b" * WORTH_KEEPING)
    cost(held, evaluator, "a" * (LONG + WORTH_FETCHING - 1))
    before = held.shelf.bytes
    assert cost(held, evaluator, "a" * LONG + "b") == 1
    assert held.shelf.bytes == before


def test_a_model_that_cant_be_cut_goes_back_to_a_copy_as_often_as_it_likes() -> None:
    held, evaluator = cache(cuts=False)
    lesson = "l" * LONG
    cost(held, evaluator, lesson)
    held.shelve()
    for question in ("one", "another", "a third"):
        assert cost(held, evaluator, lesson + question) == len(question)


def test_after_a_change_of_weights_no_copy_is_fetched() -> None:
    held, evaluator = cache()
    cost(held, evaluator, "a" * LONG)
    cost(held, evaluator, "b" * LONG)
    version = held.version
    held.forget()
    assert held.version > version
    assert held.shelf.bytes == 0
    assert cost(held, evaluator, "a" * LONG) == LONG


def test_a_copy_that_cant_be_put_back_is_evaluated_again(monkeypatch: pytest.MonkeyPatch) -> None:
    held, evaluator = cache()
    cost(held, evaluator, "a" * LONG)
    cost(held, evaluator, "b" * LONG)
    monkeypatch.setattr(evaluator, "restore", lambda state: False)
    assert cost(held, evaluator, "a" * LONG) == LONG


@given(
    prompts=st.lists(
        st.lists(st.sampled_from(["a" * 70, "b" * 70, "c" * 150, "d"]), min_size=1, max_size=4),
        min_size=1,
        max_size=8,
    ),
    cuts=st.booleans(),
    limit=st.sampled_from([0, 200, 400, 5000]),
)
def test_whatever_came_before_exactly_the_prompt_is_held(
    prompts: list[list[str]], cuts: bool, limit: int
) -> None:
    held, evaluator = cache(limit, cuts=cuts)
    for parts in prompts:
        assert 1 <= cost(held, evaluator, "".join(parts)) <= len("".join(parts))
        assert held.shelf.bytes <= limit
        held.shelve()
