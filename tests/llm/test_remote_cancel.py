"""Whoever waits no more is not waited for: the connection ends at once."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from tests.llm.fake_server import Call, fake_server, piece, says
from tests.llm.remote_bench import HELLO, TALK, hello, remote_and_fake
from tutor.llm.protocol import NoModel
from tutor.llm.remote import RemoteClient
from tutor.llm.remote_backoff import BackOff


@pytest.mark.parametrize("spoken", [0, 1])
async def test_cancelling_ends_the_connection_at_once(spoken: int) -> None:
    asked, gone = asyncio.Event(), asyncio.Event()

    async def slow(call: Call) -> None:
        if spoken:
            await call.stream(piece("Hel"), end=False)
        asked.set()
        await call.gone()
        gone.set()

    async with remote_and_fake() as (client, fake, _):
        fake.will(slow)
        work = asyncio.ensure_future(hello(client))
        await asyncio.wait_for(asked.wait(), 10)
        assert (await client.status()).busy
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        await asyncio.wait_for(gone.wait(), 10)
        assert not (await client.status()).busy
        assert await hello(client) == "Hello."


async def test_closing_the_iterator_ends_the_connection() -> None:
    gone = asyncio.Event()

    async def slow(call: Call) -> None:
        await call.stream(piece("Hel"), end=False)
        await call.gone()
        gone.set()

    async with remote_and_fake() as (client, fake, _):
        fake.will(slow)
        async with contextlib.aclosing(client.chat(TALK, HELLO)) as chunks:
            assert (await anext(chunks)).text == "Hel"
        await asyncio.wait_for(gone.wait(), 10)


async def test_cancelling_a_wait_for_the_next_try() -> None:
    waiting = asyncio.Event()

    async def wait(seconds: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    async with fake_server(says({}, 503)) as fake:
        client = RemoteClient(fake.url, back_off=BackOff(sleep=wait))
        work = asyncio.ensure_future(client.load())
        await asyncio.wait_for(waiting.wait(), 10)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        assert len(fake.calls) == 1


async def test_closing_the_client_ends_what_it_does() -> None:
    asked = asyncio.Event()

    async def slow(call: Call) -> None:
        await call.stream(piece("Hel"), end=False)
        asked.set()
        await call.gone()

    async with remote_and_fake() as (client, fake, _):
        fake.will(slow)
        work = asyncio.ensure_future(hello(client))
        await asyncio.wait_for(asked.wait(), 10)
        await client.close()
        with pytest.raises(NoModel, match="closed"):
            await asyncio.wait_for(work, 10)
