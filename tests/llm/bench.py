"""The clients that one contract is tested on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tutor.llm.hosted import HostedClient
from tutor.llm.protocol import Capability, Client, Message, Progress
from tutor.llm.scripted import ScriptedClient

EVERYTHING: frozenset[Capability] = frozenset(
    ("chat", "complete", "choose", "prefill", "tokenize", "render")
)


@dataclass
class Bench:
    """A loaded client, a way to make another one, and what can be seen of it from outside."""

    client: Client
    path: Path
    fresh: Callable[[], Client]
    progress: list[Progress]
    busy: asyncio.Event

    def has(self, capability: Capability) -> bool:
        return capability in self.client.capabilities

    async def stuck(self, work: asyncio.Task[object]) -> None:
        """Wait until `work` is in the middle of its prompt."""
        if isinstance(self.client, ScriptedClient):
            await asyncio.sleep(0)
        else:
            self.busy.clear()
            await asyncio.wait_for(self.busy.wait(), 30)
        assert not work.done()

    def hold(self) -> None:
        if isinstance(self.client, ScriptedClient):
            self.client.hold()

    def release(self) -> None:
        if isinstance(self.client, ScriptedClient):
            self.client.release()


def scripted(capabilities: frozenset[Capability]) -> Bench:
    def fresh() -> ScriptedClient:
        return ScriptedClient(reply, capabilities=capabilities, loaded=False)

    client = ScriptedClient(reply, capabilities=capabilities)
    return Bench(client, Path("scripted.gguf"), fresh, [], asyncio.Event())


async def hosted(path: Path, log: Path) -> Bench:
    progress: list[Progress] = []
    busy = asyncio.Event()

    def watch(step: Progress) -> None:
        progress.append(step)
        if step.stage == "prompt":
            busy.set()

    client = HostedClient(log=log, threads=1, on_progress=watch)
    await client.load(path, n_ctx=2048)
    return Bench(client, path, lambda: HostedClient(log=log), progress, busy)


def reply(messages: object) -> str:
    return "A colour is a name for light."


LONG = [Message("user", "Tell me about this list: " + "apples, pears, " * 120)]
"""Three batches of a real model's prompt."""
