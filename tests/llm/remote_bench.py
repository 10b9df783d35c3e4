"""A remote client in front of a server that does what the test tells it to."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from tests.llm.fake_server import Answering, FakeServer, fake_server, ordinary
from tutor.llm.protocol import Message, Sampling, gather
from tutor.llm.remote import RemoteClient
from tutor.llm.remote_backoff import BackOff
from tutor.llm.remote_http import Patience

TALK = [Message("user", "Say hello.")]
HELLO = Sampling(max_tokens=8)
KEY = "sk-very-secret-0123"


class Waits(list[float]):
    """Sleeps at once, and remembers how long it should have been."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


@contextlib.asynccontextmanager
async def remote_and_fake(
    answering: Answering = ordinary, *, key: str | None = None, patience: Patience | None = None
) -> AsyncIterator[tuple[RemoteClient, FakeServer, Waits]]:
    """A loaded client, its server, and the waits between tries."""
    waits = Waits()
    async with fake_server(answering) as fake:
        back_off = BackOff(sleep=waits, chance=lambda: 1.0)
        client = RemoteClient(fake.url, key=key, back_off=back_off, patience=patience)
        try:
            await client.load()
            yield client, fake, waits
        finally:
            await client.close()


async def hello(client: RemoteClient) -> str:
    """What it answers to TALK."""
    return (await gather(client.chat(TALK, HELLO))).text
