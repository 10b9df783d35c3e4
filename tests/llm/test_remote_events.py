"""Server-sent events, however the bytes are split."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.llm.remote_events import LONGEST_EVENT, EventStream, EventTooLong


def read(data: bytes, cuts: list[int] | None = None) -> list[str]:
    """The payloads of `data`, fed in pieces that end at `cuts`."""
    stream, found, start = EventStream(), [], 0
    for end in [*sorted(cut % (len(data) + 1) for cut in cuts or []), len(data)]:
        found += stream.feed(data[start:end])
        start = end
    return [*found, *stream.end()]


@pytest.mark.parametrize(
    ("data", "payloads"),
    [
        (b'data: {"a": 1}\n\ndata: [DONE]\n\n', ['{"a": 1}', "[DONE]"]),
        (b"data:no space\n\n", ["no space"]),
        (b"data: one\r\n\r\ndata: two\r\rdata: three\n\n", ["one", "two", "three"]),
        (b": keep-alive\n\n:\n\ndata: x\n\n", ["x"]),
        (b"event: piece\nid: 7\nretry: 10\ndata: x\n\n", ["x"]),
        (b"data: first\ndata: second\n\n", ["first\nsecond"]),
        (b"\xef\xbb\xbfdata: x\n\n", ["x"]),
        (b'error: {"error": "no"}\n\n', ['{"error": "no"}']),
        (b"data: not closed", ["not closed"]),
        (b"data: not closed\n", ["not closed"]),
        (b"\n\n\n", []),
        (b"", []),
        ("data: 한\n\n".encode(), ["한"]),
        (b"data: \xed\x95\n\n", ["�"]),
    ],
)
def test_payloads(data: bytes, payloads: list[str]) -> None:
    assert read(data) == payloads
    assert read(data, list(range(len(data)))) == payloads


LINES = st.sampled_from([b"data: 1", "data: 한글 😀".encode(), b": hm", b"event: x", b"", b"data:"])


@given(
    st.lists(st.tuples(LINES, st.sampled_from([b"\n", b"\r\n", b"\r"])), max_size=12),
    st.lists(st.integers(0, 500), max_size=10),
)
def test_where_the_bytes_are_split_does_not_matter(
    lines: list[tuple[bytes, bytes]], cuts: list[int]
) -> None:
    data = b"".join(line + end for line, end in lines)
    assert read(data, cuts) == read(data)


@pytest.mark.parametrize("piece", [b"x", b"data: x\n"], ids=["line", "lines"])
def test_an_event_without_end_is_not_collected(piece: bytes) -> None:
    stream, much = EventStream(), piece * 65536
    with pytest.raises(EventTooLong):
        feed_for_ever(stream, much)
    assert len(stream._held) + sum(map(len, stream._data)) < 2 * LONGEST_EVENT


def feed_for_ever(stream: EventStream, piece: bytes) -> None:
    while True:
        stream.feed(piece)
