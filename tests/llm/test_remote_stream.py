"""A streamed answer: cut anywhere, broken off, foreign, without end."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from tests.llm.fake_server import Call, piece, reply, says, streams
from tests.llm.remote_bench import HELLO, TALK, hello, remote_and_fake
from tests.llm.seen import one_line
from tutor.llm.protocol import ModelError, PromptTooLong, Sampling, Unreachable, gather


async def test_what_comes_after_the_first_piece_is_not_asked_for_again() -> None:
    async with remote_and_fake() as (client, fake, waits):
        fake.will(streams(piece("Hel"), end=False))
        chunks = client.chat(TALK, HELLO)
        assert (await anext(chunks)).text == "Hel"
        with pytest.raises(Unreachable, match="broke off in the middle of its answer: ask again"):
            await anext(chunks)
        assert (waits, len(fake.asked)) == ([], 1)


async def test_an_end_without_a_reason_is_no_whole_answer() -> None:
    async with remote_and_fake() as (client, fake, _):
        fake.will(streams(piece("Hel"), piece("lo")))
        with pytest.raises(Unreachable, match="broke off"):
            await hello(client)


async def test_a_chunk_that_is_cut_is_an_error() -> None:
    async def cut(call: Call) -> None:
        await call.begin(Content_Type="text/event-stream", Transfer_Encoding="chunked")
        event = b'data: {"choices": [{"delta": {"content": "Hel"}}]}\n\n'
        await call.send(b"%x\r\n%s\r\n" % (len(event), event) + b"ff\r\ndata: {")

    async with remote_and_fake() as (client, fake, _):
        fake.will(cut)
        with pytest.raises(Unreachable) as broken:
            await hello(client)
        assert "broke off" in one_line(broken)


async def test_events_that_are_no_pieces_are_passed_over() -> None:
    usage = {"choices": [], "usage": {"total_tokens": 3}}
    role = {"choices": [{"delta": {"role": "assistant", "content": None}}]}
    thought = {"choices": [{"delta": {"reasoning_content": "hm"}}]}
    async with remote_and_fake() as (client, fake, _):
        fake.will(streams(role, thought, piece("Hi"), usage, piece("", "stop"), usage))
        answer = await gather(client.chat(TALK, HELLO))
        assert (answer.text, answer.finish, answer.chunks) == ("Hi", "stop", ["Hi", ""])


async def test_bytes_may_be_split_anywhere() -> None:
    async def slowly(call: Call) -> None:
        await call.begin(Content_Type="text/event-stream")
        data = ': hm\r\n\r\ndata: {"choices": [{"delta": {"content": "한글"}, "finish_reason": "length"}]}'
        for byte in f"{data}\r\n\r\ndata: [DONE]\r\n\r\n".encode():
            await call.send(bytes([byte]))

    async with remote_and_fake() as (client, fake, _):
        fake.will(slowly)
        answer = await gather(client.chat(TALK, HELLO))
        assert (answer.text, answer.finish) == ("한글", "length")


async def test_stop_strings_hold_whatever_the_server_makes_of_them() -> None:
    async with remote_and_fake() as (client, fake, _):
        fake.will(streams(piece("one t"), piece("wo three"), piece("", "stop")))
        sampling = Sampling(stop=("a", "b", "", "c", "d", "two"))
        answer = await gather(client.chat(TALK, sampling))
        assert (answer.text, answer.finish) == ("one ", "stop")
        assert fake.asked[0].body["stop"] == ["a", "b", "c", "d"]


async def test_a_server_that_does_not_stream_is_heard_all_the_same() -> None:
    async with remote_and_fake() as (client, fake, _):
        fake.will(streams(), says(reply("Hi.", "length")))
        answer = await gather(client.chat(TALK, HELLO))
        assert (answer.text, answer.finish) == ("Hi.", "length")
        assert [call.body.get("stream") for call in fake.asked] == [True, None]


@pytest.mark.parametrize(
    "event",
    ["not json", "[1]", '{"choices": 7}', '{"choices": [{"delta": 1}]}', "[" * 9999, '"\\ud800"'],
)
async def test_garbage_is_one_line(event: str) -> None:
    async with remote_and_fake() as (client, fake, waits):
        fake.will(streams(event))
        with pytest.raises(Unreachable) as refused:
            await hello(client)
        assert "no OpenAI-compatible server would" in one_line(refused)
        assert waits == []


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ({"message": "out of \x1b[31mmemory", "code": 500}, Unreachable),
        ({"message": "maximum context length is 8", "code": "bad"}, PromptTooLong),
        ("overloaded", Unreachable),
    ],
)
async def test_an_error_in_the_stream(told: Any, error: type[ModelError]) -> None:
    async with remote_and_fake() as (client, fake, _):
        fake.will(streams(piece("Hel"), {"error": told}))
        with pytest.raises(error) as refused:
            await hello(client)
        one_line(refused)


async def test_an_event_without_end_is_not_listened_to() -> None:
    async def endless(call: Call) -> None:
        await call.begin(Content_Type="text/event-stream")
        with contextlib.suppress(ConnectionError):
            while True:
                await call.send(b"data: " + b"x" * 65536)

    async with remote_and_fake() as (client, fake, _):
        fake.will(endless)
        with pytest.raises(Unreachable, match="talks in another way"):
            await hello(client)
