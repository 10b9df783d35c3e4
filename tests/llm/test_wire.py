from __future__ import annotations

import io

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.llm import wire
from tutor.llm.protocol import Adapter, Continuation, Message, ModelInfo, Sampling, TokenChoice
from tutor.llm.wire import (
    Adapters,
    AnyReply,
    AnyRequest,
    Beat,
    Cancel,
    Chat,
    Choose,
    Complete,
    Done,
    Failed,
    Hello,
    Hidden,
    Load,
    NextTokens,
    Piece,
    Prefill,
    Render,
    Step,
    Tokenize,
    TooLarge,
    body_length,
    decode_reply,
    decode_request,
    frame,
    read_body,
)

IDS = st.integers(0, 2**53)
COUNTS = st.integers(0, 2**53)
TEXT = st.text(max_size=30)
LANES = st.sampled_from(["judge", "chat"])
MESSAGES = st.lists(
    st.builds(Message, st.sampled_from(["system", "user", "assistant"]), TEXT), max_size=3
)
PROMPTS = TEXT | MESSAGES
FLOATS = st.floats(allow_nan=False, width=64)
SAMPLING = st.builds(
    Sampling,
    max_tokens=COUNTS,
    temperature=FLOATS,
    seed=COUNTS,
    stop=st.lists(TEXT, max_size=2).map(tuple),
)
REQUESTS = st.one_of(
    st.builds(Load, id=IDS, path=TEXT, n_ctx=COUNTS, threads=st.none() | COUNTS),
    st.builds(Chat, id=IDS, messages=MESSAGES, sampling=SAMPLING, lane=LANES),
    st.builds(Complete, id=IDS, prompt=TEXT, sampling=SAMPLING, lane=LANES),
    st.builds(
        Choose,
        id=IDS,
        prompt=PROMPTS,
        continuations=st.lists(TEXT, max_size=3),
        lane=LANES,
        urgency=st.sampled_from(["interactive", "background"]),
    ),
    st.builds(NextTokens, id=IDS, prompt=PROMPTS, top=COUNTS, lane=LANES),
    st.builds(Hidden, id=IDS, prompt=PROMPTS, lane=LANES),
    st.builds(Adapters, id=IDS, adapters=st.lists(st.builds(Adapter, TEXT, FLOATS)), lane=LANES),
    st.builds(Prefill, id=IDS, prompt=PROMPTS, lane=LANES, open_turn=st.booleans()),
    st.builds(Tokenize, id=IDS, text=TEXT),
    st.builds(Render, id=IDS, messages=MESSAGES),
    st.builds(Cancel, id=IDS),
)
INFO = st.builds(
    ModelInfo, name=TEXT, path=TEXT, architecture=TEXT, parameters=COUNTS, bytes=COUNTS, n_ctx=COUNTS,
    n_ctx_train=COUNTS, n_vocab=COUNTS, chat_template=st.booleans(),
)  # fmt: skip
REPLIES = st.one_of(
    st.builds(Hello, version=COUNTS, pid=COUNTS),
    st.builds(Piece, id=IDS, text=TEXT),
    st.builds(Beat, cpu_ms=COUNTS, steps=COUNTS),
    st.builds(Step, id=IDS, stage=st.sampled_from(["load", "prompt"]), done=COUNTS, total=COUNTS),
    st.builds(
        Done,
        id=IDS,
        model=st.none() | INFO,
        finish=st.sampled_from([None, "stop", "length"]),
        chosen=st.none() | st.lists(st.builds(Continuation, TEXT, FLOATS, COUNTS), max_size=3),
        following=st.none()
        | st.lists(
            st.builds(TokenChoice, COUNTS, st.binary(max_size=4), FLOATS, st.booleans()), max_size=3
        ),
        state=st.none() | st.lists(FLOATS, max_size=3),
        tokens=st.none() | st.lists(COUNTS, max_size=3),
        text=st.none() | TEXT,
        cached=st.none() | COUNTS,
    ),
    st.builds(
        Failed,
        id=IDS,
        reason=st.sampled_from(
            ["cancelled", "bad_model", "no_model", "no_room", "too_long", "failed"]
        ),
        message=TEXT,
    ),
)


def body(framed: bytes) -> bytes:
    found = read_body(io.BytesIO(framed))
    assert found is not None
    return found


@given(REQUESTS)
def test_a_request_arrives_as_it_was_sent(request_: AnyRequest) -> None:
    assert decode_request(body(frame(request_))) == request_


@given(REPLIES)
def test_a_reply_arrives_as_it_was_sent(reply: AnyReply) -> None:
    assert decode_reply(body(frame(reply))) == reply


@given(st.lists(REPLIES, max_size=4))
def test_frames_follow_each_other_up_to_the_end(replies: list[AnyReply]) -> None:
    stream = io.BytesIO(b"".join(map(frame, replies)))
    assert [decode_reply(read_body(stream) or b"") for _ in replies] == replies
    assert read_body(stream) is None


@given(REQUESTS, st.data())
def test_a_frame_cut_short_is_the_end(request_: AnyRequest, data: st.DataObject) -> None:
    framed = frame(request_)
    cut = data.draw(st.integers(0, len(framed) - 1))
    assert read_body(io.BytesIO(framed[:cut])) is None


@given(st.binary(max_size=60))
def test_garbage_is_a_message_or_a_value_error(garbage: bytes) -> None:
    for decode in (decode_request, decode_reply):
        try:
            decoded = decode(garbage)
        except ValueError:
            continue
        assert isinstance(decoded, msgspec.Struct)


def test_a_request_is_no_reply() -> None:
    with pytest.raises(ValueError, match="Object missing required field `is`"):
        decode_reply(body(frame(Cancel(id=1))))


def test_a_length_that_no_honest_peer_sends_is_refused_before_anything_is_read() -> None:
    with pytest.raises(ValueError, match="a frame of 1819043176 bytes"):
        body_length(b"hell")
    with pytest.raises(ValueError, match="a frame of 4294967295 bytes"):
        read_body(io.BytesIO(b"\xff\xff\xff\xff"))


def test_a_message_that_fits_no_frame_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MAX_FRAME", 100)
    assert frame(Tokenize(id=1, text="a"))
    with pytest.raises(TooLarge):
        frame(Tokenize(id=1, text="a" * 100))


def test_half_surrogates_from_a_terminal_become_question_marks() -> None:
    sent = Chat(
        id=1,
        messages=[Message("user", "가\udcff나")],
        sampling=Sampling(stop=("\ud800",)),
        lane="chat",
    )
    arrived = decode_request(body(frame(sent)))
    assert isinstance(arrived, Chat)
    assert arrived.messages == [Message("user", "가?나")]
    assert arrived.sampling.stop == ("?",)
