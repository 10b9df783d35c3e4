"""What a server does that the real one never does: busy, gone, refusing, silent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.llm.fake_server import Answering, Call, drops, fake_server, says, streams
from tests.llm.remote_bench import Waits, hello, remote_and_fake
from tests.llm.seen import one_line
from tutor.llm.protocol import BadModel, ModelError, PromptTooLong, Unreachable
from tutor.llm.remote import RemoteClient
from tutor.llm.remote_backoff import BackOff
from tutor.llm.remote_http import Patience


@pytest.mark.parametrize("busy", [says({"error": "busy"}, status) for status in (408, 429, 502)])
async def test_a_busy_server_is_asked_again(busy: Answering) -> None:
    async with remote_and_fake() as (client, fake, waits):
        fake.will(busy, busy)
        assert await hello(client) == "Hello."
        assert waits == [0.5, 1.0]


async def test_a_connection_that_drops_is_tried_again() -> None:
    async with remote_and_fake() as (client, fake, waits):
        fake.will(drops(), streams(end=False), drops())
        assert await hello(client) == "Hello."
        assert len(waits) >= 1


async def test_retry_after_is_honoured() -> None:
    async with remote_and_fake() as (client, fake, waits):
        fake.will(says({}, 429, Retry_After="7"))
        assert await hello(client) == "Hello."
        assert waits == [7.5]


async def test_after_four_tries_it_is_said_in_one_line() -> None:
    async with remote_and_fake() as (client, fake, waits):
        fake.will(*[says({"error": {"message": "Loading\nmodel\x1b[2J"}}, 503)] * 5)
        with pytest.raises(Unreachable) as refused:
            await hello(client)
        assert one_line(refused) == (
            f"127.0.0.1:{fake.port} can't answer now (503: Loading model[2J): try again later"
        )
        assert len(waits) == 3


@pytest.mark.parametrize(
    ("status", "body", "error", "line"),
    [
        (401, {}, Unreachable, "wants a key: put it into TUTOR_API_KEY"),
        (403, {}, Unreachable, "wants a key: put it into TUTOR_API_KEY"),
        (404, {"error": {"message": "model 'm' not found"}}, BadModel, "has no such model"),
        (400, {"error": "The model `m` does not exist"}, BadModel, "has no such model"),
        (404, b"<html>nothing</html>", Unreachable, "answers nothing there (404)"),
        (400, {"detail": "no such thing"}, Unreachable, "refuses the request (400: no such thing)"),
        (400, {"error": {"code": "context_length_exceeded", "message": "x"}}, PromptTooLong, ""),
        (400, {"error": {"type": "exceed_context_size_error", "message": "x"}}, PromptTooLong, ""),
        (500, {"error": "logprobs is not supported"}, Unreachable, "refuses the request"),
    ],
)
async def test_what_is_refused_is_not_asked_for_again(
    status: int, body: Any, error: type[ModelError], line: str
) -> None:
    async with remote_and_fake() as (client, fake, waits):
        fake.will(*[says(body, status)] * 4)
        with pytest.raises(error) as refused:
            await hello(client)
        assert line in one_line(refused)
        assert waits == []


async def test_a_server_that_is_not_there() -> None:
    async with fake_server() as fake:
        url = fake.url
    waits = Waits()
    client = RemoteClient(url, back_off=BackOff(sleep=waits))
    with pytest.raises(Unreachable) as refused:
        await client.load("m")
    assert "can't be reached" in one_line(refused)
    assert "check that the server runs" in one_line(refused)
    assert len(waits) == 3
    assert (await client.status()).model is None


async def test_a_server_that_says_nothing() -> None:
    async def silent(call: Call) -> None:
        await call.gone()

    async with remote_and_fake(patience=Patience(byte=0.05)) as (client, fake, waits):
        fake.will(silent)
        with pytest.raises(Unreachable, match=r"said nothing for 0\.05 seconds"):
            await hello(client)
        assert waits == []
