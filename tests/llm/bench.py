"""The clients that one contract is tested on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.waiting import until
from tutor.llm.hosted import HostedClient
from tutor.llm.protocol import Capability, Client, Message, Progress
from tutor.llm.remote import RemoteClient
from tutor.llm.scripted import ScriptedClient

LONG = [Message("user", "Tell me about this list: " + "apples, pears, " * 120)]
"""Three batches of a real model's prompt."""
SHORTER = "Tell me about this list: " + "apples, pears, " * 30
"""For a server that goes on with a prompt nobody waits for any more."""


@dataclass
class Bench:
    """A loaded client, a way to make another one, and what can be seen of it from outside.

    `model` is what `load` takes, `path` what the status then says.
    """

    client: Client
    model: Path | str
    path: str
    fresh: Callable[[], Client]
    progress: list[Progress] = field(default_factory=list)
    busy: asyncio.Event = field(default_factory=asyncio.Event)
    long: str = LONG[0].content

    def has(self, capability: Capability) -> bool:
        return capability in self.client.capabilities

    async def stuck(self, work: asyncio.Task[object]) -> None:
        """Wait until `work` is in the middle of its prompt."""
        match self.client:
            case ScriptedClient():
                await asyncio.sleep(0)
            case RemoteClient():
                await until(self._is_busy)
            case _:
                self.busy.clear()
                await asyncio.wait_for(self.busy.wait(), 30)
        assert not work.done()

    def hold(self) -> None:
        if isinstance(self.client, ScriptedClient):
            self.client.hold()

    def release(self) -> None:
        if isinstance(self.client, ScriptedClient):
            self.client.release()

    async def _is_busy(self) -> bool:
        return (await self.client.status()).busy


def scripted(capabilities: frozenset[Capability]) -> Bench:
    def fresh() -> ScriptedClient:
        return ScriptedClient(reply, capabilities=capabilities, loaded=False)

    client = ScriptedClient(reply, capabilities=capabilities)
    return Bench(client, Path("scripted.gguf"), "scripted.gguf", fresh)


async def hosted(path: Path, log: Path) -> Bench:
    client = HostedClient(log=log, threads=1, on_progress=lambda step: watch(step))
    bench = Bench(client, path, str(path), lambda: HostedClient(log=log))

    def watch(step: Progress) -> None:
        bench.progress.append(step)
        if step.stage == "prompt":
            bench.busy.set()

    await client.load(path, n_ctx=2048)
    return bench


async def remote(url: str, name: str) -> Bench:
    client = RemoteClient(url)
    await client.load(name, n_ctx=2048)
    return Bench(client, name, f"{url}#{name}", lambda: RemoteClient(url), long=SHORTER)


def reply(messages: Sequence[Message]) -> str:
    """What the scripted client says: in JSON, where that was asked for."""
    if "JSON" in messages[-1].content:
        return '{"colour": "red", "sure": true}'
    return "yes" if "yes or no" in messages[-1].content else "A colour is a name for light."
