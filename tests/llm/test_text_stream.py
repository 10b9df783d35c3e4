from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.llm.text_stream import TextStream


def streamed(pieces: list[bytes], stop: tuple[str, ...] = ()) -> list[str]:
    """What comes out of each piece, and at the end."""
    stream = TextStream(stop)
    return [*(stream.feed(piece) for piece in pieces), stream.feed(b"", last=True)]


def test_half_a_syllable_is_held_back_until_it_is_whole() -> None:
    assert streamed([b"\xed", b"\x95\x9c\xea", b"\xb8\x80"]) == ["", "한", "글", ""]


def test_half_a_syllable_at_the_end_becomes_a_replacement_character() -> None:
    assert streamed([b"a\xed\x95"]) == ["a", "\ufffd"]


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert "".join(streamed([b"a\xff\xfeb"])) == "a\ufffd\ufffdb"


def test_a_stop_string_across_tokens_is_never_shown() -> None:
    assert streamed([b"One\n", b"#", b"#", b"#two"], ("###",)) == ["One\n", "", "", "", ""]


def test_what_only_began_like_a_stop_string_is_shown() -> None:
    assert streamed([b"a#", b"#b", b"#"], ("###",)) == ["a", "##b", "", "#"]


def test_nothing_comes_after_a_stop_string() -> None:
    stream = TextStream(("。",))
    assert stream.feed("하나。둘".encode()) == "하나"
    assert stream.stopped
    assert stream.feed("셋".encode()) == ""


@pytest.mark.parametrize(
    ("stop", "text"), [(("abc", "b"), "a"), (("b", "ab"), ""), (("bc", "abcd"), "a")]
)
def test_of_several_stop_strings_the_first_that_is_complete_ends_the_text(
    stop: tuple[str, ...], text: str
) -> None:
    assert "".join(streamed([b"abcd"], stop)) == text
    assert "".join(streamed([b"a", b"b", b"c", b"d"], stop)) == text


def test_an_empty_stop_string_stops_nothing() -> None:
    assert "".join(streamed([b"abc"], ("",))) == "abc"


@given(
    data=st.binary(max_size=30) | st.text("ab한글🙂", max_size=20).map(str.encode),
    cuts=st.lists(st.integers(0, 60), max_size=8),
    stop=st.lists(st.text("ab한", min_size=1, max_size=3), max_size=3).map(tuple),
)
def test_any_split_of_the_bytes_gives_the_same_text(
    data: bytes, cuts: list[int], stop: tuple[str, ...]
) -> None:
    edges = [0, *sorted(cuts), len(data)]
    pieces = [data[start:end] for start, end in pairwise(edges)]
    whole = "".join(streamed([data], stop))
    assert "".join(streamed(pieces, stop)) == whole
    assert not any(text in whole for text in stop)
    if not stop:
        assert whole == data.decode("utf-8", "replace")
