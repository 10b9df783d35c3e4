from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.study.sample import answer, course, graded, lesson, true_false, verdict
from tutor.study import record, session
from tutor.study.session import SessionState
from tutor.study.store import Store

BASICS = lesson("basics", *(true_false(id) for id in "abcde"))
MORE = lesson("more", *(true_false(id) for id in "fgh"))
COURSE = course(BASICS, MORE)


def begin(store: Store, items: str = "abcde", title: str = "Basics") -> SessionState:
    return session.start(
        store, mode="quiz", course="llm", lesson="basics", items=list(items), seed=7, title=title
    )


def test_learning_goes_in_the_order_of_the_author() -> None:
    assert session.plan(COURSE, BASICS, "learn") == list("abcde")
    assert session.plan(COURSE, None, "learn", count=6, seed=3) == list("abcdef")


def test_a_quiz_is_shuffled_by_its_seed_alone() -> None:
    once = session.plan(COURSE, None, "quiz", seed=3)
    assert sorted(once) == list("abcdefgh")
    assert session.plan(COURSE, None, "quiz", seed=3) == once
    assert session.plan(COURSE, None, "quiz", count=2, seed=3) == once[:2]
    assert len({tuple(session.plan(COURSE, None, "quiz", seed=seed)) for seed in range(20)}) > 15


def test_a_session_begins_at_its_first_item(store: Store) -> None:
    state = begin(store)
    assert (state.position, state.item, state.key) == (0, "a", "llm/a")
    assert (state.answered, state.verdicts) == ({}, {})
    assert (state.mode, state.lesson, state.seed, state.title) == ("quiz", "basics", 7, "Basics")
    assert session.unfinished(store) == state


def test_moving_brings_back_what_was_answered_meanwhile(store: Store) -> None:
    state = begin(store)
    first = answer(store, "llm/a", state.id)
    record.judged(store, first, verdict(1.0))
    second = answer(store, "llm/b", state.id)
    answer(store, "llm/c", "another session")
    state = session.move(store, state, 2)
    assert state.answered == {"a": first, "b": second}
    assert state.verdicts == {"a": verdict(1.0)}
    retry = answer(store, "llm/a", state.id)
    state = session.move(store, state, 5)
    assert state.answered["a"] == retry
    assert state.verdicts == {}
    assert state.item is None
    assert state.key is None


@pytest.mark.parametrize("position", [-1, 6])
def test_there_is_no_position_outside_the_items(store: Store, position: int) -> None:
    state = begin(store)
    with pytest.raises(ValueError, match="outside"):
        session.move(store, state, position)
    assert session.unfinished(store) == state


def test_an_ended_session_is_not_resumed(store: Store) -> None:
    state = begin(store)
    session.end(store, state)
    assert session.unfinished(store) is None
    loaded = session.load(store, state.id)
    assert loaded == state


def test_starting_another_session_abandons_the_one_before(store: Store) -> None:
    first = begin(store)
    second = begin(store, title="Again")
    assert session.unfinished(store) == second
    (ended,) = store.events("session_ended")
    assert ended.payload == {"session": first.id, "reason": "abandoned"}
    session.end(store, second)
    assert session.unfinished(store) is None


def test_the_session_of_another_machine_is_left_to_it(tmp_path: Path, store: Store) -> None:
    with Store(tmp_path / "other.db") as other:
        theirs = begin(other)
        store.absorb(other.events())
    assert session.unfinished(store) is None
    begin(store)
    assert session.load(store, theirs.id) is not None
    assert list(store.events("session_ended")) == []


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_killed_in_a_quiz_it_resumes_at_that_item_with_the_words_typed(path: Path) -> None:
    script = """
import os, signal, sys
from pathlib import Path
from tests.study.sample import answer, verdict
from tutor.study import record, session
from tutor.study.store import Store
store = Store(Path(sys.argv[1]))
state = session.start(store, mode="quiz", course="llm", lesson=None, items=list("abc"), seed=1, title="Q")
record.judged(store, answer(store, "llm/a", state.id), verdict(0.5))
answer(store, "llm/b", state.id)
session.move(store, state, 2)
store.save_draft("llm/c", "because the mod")
os.kill(os.getpid(), signal.SIGKILL)
"""
    root = Path(__file__).parents[2]
    ended = subprocess.run([sys.executable, "-c", script, str(path)], cwd=root, check=False)
    assert ended.returncode < 0
    with Store(path) as store:
        state = session.unfinished(store)
        assert state is not None
        assert (state.position, state.key) == (2, "llm/c")
        assert set(state.answered) == {"a", "b"}
        assert state.verdicts == {"a": verdict(0.5)}
        assert store.draft("llm/c") == "because the mod"


def test_items_gone_or_renamed_since_are_put_right(store: Store) -> None:
    state = begin(store)
    answer(store, "llm/b", state.id)
    graded(store, "llm/d", 1.0)
    state = session.move(store, state, 3)
    edited = course(lesson("basics", *(true_false(id) for id in "acez")), aliases={"b": "z"})
    mended = session.without_missing(state, edited)
    assert mended.items == ["a", "z", "c", "e"]
    assert (mended.position, mended.item) == (3, "e")
    assert set(mended.answered) == {"z"}
    assert session.unfinished(store) == state
    moved = session.move(store, mended, 2)
    assert (moved.items, moved.item) == (["a", "z", "c", "e"], "c")
    assert session.unfinished(store) == moved


def test_a_session_of_which_nothing_is_left(store: Store) -> None:
    state = session.move(store, begin(store, "de"), 1)
    mended = session.without_missing(state, course(lesson("basics", true_false("a"))))
    assert (mended.items, mended.position, mended.item) == ([], 0, None)


def test_an_order_of_options_is_the_same_for_ever() -> None:
    assert session.option_order(7, "what-is-it", 5) == [3, 0, 1, 4, 2]
    assert session.option_order(7, "what-is-it", 0) == []


@settings(derandomize=True, deadline=None)
@given(st.integers(), st.text(max_size=8), st.integers(0, 10))
def test_an_order_of_options_has_each_once(seed: int, item: str, n: int) -> None:
    order = session.option_order(seed, item, n)
    assert sorted(order) == list(range(n))
    assert session.option_order(seed, item, n) == order
    steps = session.option_order(seed, item, n, scrambled=True)
    assert sorted(steps) == list(range(n))
    assert n < 2 or steps != list(range(n))


def test_options_stand_in_every_place_about_as_often() -> None:
    first = [session.option_order(seed, "x", 4)[0] for seed in range(800)]
    assert all(150 < first.count(index) < 250 for index in range(4))
