"""A server in this process that does what a test tells it to, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

Answering = Callable[["Call"], Awaitable[None]]

REASONS = {200: "OK", 302: "Found", 307: "Temporary Redirect"}


@dataclass
class Call:
    """One request, and the ways to answer it. `headers` have lower-case names."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    _reader: asyncio.StreamReader
    _writer: asyncio.StreamWriter

    async def begin(self, status: int = 200, **headers: str) -> None:
        """The head of an answer whose length is not told: it ends with the connection."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Whatever')}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in named.items()]
        await self.send(("\r\n".join(lines) + "\r\n\r\n").encode())

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def answer(self, value: Any, status: int = 200, **headers: str) -> None:
        """A whole answer: bytes as they are, anything else as JSON."""
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        await self.begin(status, Content_Length=str(len(data)), **headers)
        await self.send(data)

    async def stream(self, *payloads: Any, end: bool = True) -> None:
        """Events, one after the other; with `end` the one that says it is done."""
        await self.begin(Content_Type="text/event-stream")
        for payload in payloads:
            text = payload if isinstance(payload, str) else json.dumps(payload)
            await self.send(f"data: {text}\n\n".encode())
        if end:
            await self.send(b"data: [DONE]\n\n")

    async def gone(self) -> None:
        """Wait until the client has ended the connection."""
        while await self._reader.read(1024):
            pass


def piece(text: str, finish: str | None = None) -> dict[str, Any]:
    """An event of a streamed chat."""
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}]}


def reply(text: str, finish: str = "stop", **more: Any) -> dict[str, Any]:
    """A whole answer of a chat."""
    return {"choices": [{"message": {"content": text}, "finish_reason": finish, **more}]}


def likely(*positions: dict[str, float]) -> dict[str, Any]:
    """The log-probabilities of a chat: the likeliest tokens at each position, of which the first was said."""
    return {
        "content": [
            {
                "token": next(iter(top)),
                "logprob": next(iter(top.values())),
                "top_logprobs": [{"token": text, "logprob": each} for text, each in top.items()],
            }
            for top in positions
        ]
    }


async def ordinary(call: Call) -> None:
    """What a server does whose one model, `m`, says hello."""
    if call.path == "/v1/models":
        await call.answer({"data": [{"id": "m"}]})
    elif call.body.get("stream"):
        await call.stream(piece("Hel"), piece("lo."), piece("", "stop"))
    else:
        await call.answer(reply("Hello."))


@dataclass
class FakeServer:
    """Answers with `answering`; with `script`, the next calls but those for the models are answered by its parts first."""

    answering: Answering = ordinary
    script: list[Answering] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    port: int = 0
    trouble: list[Exception] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def asked(self) -> list[Call]:
        """The calls but those for the models."""
        return [call for call in self.calls if call.path != "/v1/models"]

    def will(self, *script: Answering) -> None:
        self.script.extend(script)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            call = await _read_call(reader, writer)
            self.calls.append(call)
            scripted = self.script and call.path != "/v1/models"
            await (self.script.pop(0) if scripted else self.answering)(call)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client went away, which several tests are about
        except Exception as error:
            self.trouble.append(error)
        finally:
            writer.close()


@contextlib.asynccontextmanager
async def fake_server(answering: Answering = ordinary) -> AsyncIterator[FakeServer]:
    """A server that answers until the block ends; what went wrong in it is raised there."""
    fake = FakeServer(answering)
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    fake.port = server.sockets[0].getsockname()[1]
    try:
        yield fake
    finally:
        server.close()
    assert fake.trouble == []


@contextlib.contextmanager
def fake_server_beside(answering: Answering = ordinary) -> Iterator[FakeServer]:
    """The same in a thread of its own, for what runs its own event loop."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = fake_server(answering)
    try:
        yield asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result(10)
        asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def says(value: Any, status: int = 200, **headers: str) -> Answering:
    """Answers with this."""

    async def answering(call: Call) -> None:
        await call.answer(value, status, **headers)

    return answering


def streams(*payloads: Any, end: bool = True) -> Answering:
    """Streams these events."""

    async def answering(call: Call) -> None:
        await call.stream(*payloads, end=end)

    return answering


def drops() -> Answering:
    """Ends the connection without a word."""

    async def answering(call: Call) -> None:
        return

    return answering


async def _read_call(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Call:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, path, _ = head[0].split(" ")
    pairs: Sequence[list[str]] = [line.split(": ", 1) for line in head[1:] if line]
    headers = {name.lower(): value for name, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Call(method, path, headers, json.loads(body) if body else None, reader, writer)
