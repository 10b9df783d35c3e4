from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tutor.llm.protocol import Lane
from tutor.llm.segments import common_prefix
from tutor.llm.shelf import Kept, Shelf

TOKENS = st.lists(st.integers(0, 2), min_size=1, max_size=8)
LANES: st.SearchStrategy[Lane] = st.sampled_from(["judge", "chat"])


def kept(tokens: str, lane: Lane = "judge", size: int = 10) -> Kept:
    return Kept(lane, [ord(each) for each in tokens], b"x" * size)


def best(shelf: Shelf, tokens: str, lane: Lane = "judge", *, whole: bool = False) -> str | None:
    found, shared = shelf.best(lane, [ord(each) for each in tokens], whole=whole)
    if found is None:
        assert shared == 0
        return None
    assert shared == common_prefix(found.tokens, [ord(each) for each in tokens])
    return "".join(map(chr, found.tokens))


def test_the_longest_common_beginning_is_found() -> None:
    shelf = Shelf(100)
    for tokens in ("lesson one", "lesson two", "other"):
        shelf.put(kept(tokens))
    assert best(shelf, "lesson two, item") == "lesson two"
    assert best(shelf, "lesson three") == "lesson two"
    assert best(shelf, "nothing") is None


def test_only_a_whole_beginning_is_found_where_nothing_can_be_cut() -> None:
    shelf = Shelf(100)
    shelf.put(kept("lesson two"))
    shelf.put(kept("lesson"))
    assert best(shelf, "lesson three", whole=True) == "lesson"


def test_lanes_keep_their_own() -> None:
    shelf = Shelf(100)
    shelf.put(kept("lesson", "judge"))
    assert best(shelf, "lesson", "chat") is None
    shelf.put(kept("lesson", "chat"))
    shelf.drop("judge")
    assert best(shelf, "lesson", "judge") is None
    assert best(shelf, "lesson", "chat") == "lesson"


def test_a_longer_one_replaces_its_own_beginning() -> None:
    shelf = Shelf(100)
    shelf.put(kept("lesson"))
    shelf.put(kept("lesson two"))
    assert shelf.bytes == 10


def test_what_was_not_wanted_for_the_longest_time_makes_room() -> None:
    shelf = Shelf(30)
    for tokens in ("a", "b", "c"):
        shelf.put(kept(tokens))
    found, _ = shelf.best("judge", [ord("a")], whole=False)
    assert found is not None
    shelf.take(found, leave=True)
    shelf.put(kept("d"))
    assert [best(shelf, each) for each in "abcd"] == ["a", None, "c", "d"]


def test_what_is_taken_is_gone() -> None:
    shelf = Shelf(30)
    shelf.put(kept("a"))
    found, _ = shelf.best("judge", [ord("a")], whole=False)
    assert found is not None
    shelf.take(found, leave=False)
    assert best(shelf, "a") is None


def test_one_that_would_never_fit_pushes_nothing_out() -> None:
    shelf = Shelf(30)
    shelf.put(kept("a"))
    shelf.put(kept("b", size=31))
    assert [best(shelf, each) for each in "ab"] == ["a", None]


@given(st.lists(st.tuples(LANES, TOKENS, st.integers(0, 40)), max_size=20), st.integers(0, 60))
def test_never_more_memory_than_was_allowed(
    puts: list[tuple[Lane, list[int], int]], limit: int
) -> None:
    shelf = Shelf(limit)
    for lane, tokens, size in puts:
        shelf.put(Kept(lane, tokens, b"x" * size))
        assert shelf.bytes <= limit
        if size <= limit:
            assert shelf.best(lane, tokens, whole=True)[1] == len(tokens)
