"""A client that remembers what it was told: log-probabilities on disk, so that a table need not be computed twice."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import msgspec

from tutor.llm.protocol import (
    Capability,
    Chunk,
    Client,
    Continuation,
    Lane,
    Message,
    ModelInfo,
    Sampling,
    Status,
)


class RememberingClient:
    """`choose` of another client, each answer kept in a JSON-lines file; everything else is passed on or left out."""

    name = "remembering"
    capabilities: frozenset[Capability] = frozenset(("choose",))

    def __init__(self, client: Client, info: ModelInfo, memory: Path) -> None:
        self._client, self._info, self._memory = client, info, memory
        self._known: dict[str, list[tuple[float, int]]] = {}
        self.asked = self.computed = 0
        if memory.exists():
            for line in memory.read_bytes().splitlines():
                key, values = msgspec.json.decode(line, type=tuple[str, list[tuple[float, int]]])
                self._known[key] = values

    async def choose(
        self, messages: Sequence[Message], continuations: Sequence[str], *, lane: Lane = "judge"
    ) -> list[Continuation]:
        self.asked += 1
        key = self._key(messages, continuations)
        if key not in self._known:
            self.computed += 1
            chosen = await self._client.choose(messages, continuations, lane=lane)
            self._known[key] = [(c.logprob, c.tokens) for c in chosen]
            with self._memory.open("ab") as file:
                file.write(msgspec.json.encode((key, self._known[key])) + b"\n")
        values = self._known[key]
        return [
            Continuation(text, logprob, tokens)
            for text, (logprob, tokens) in zip(continuations, values, strict=True)
        ]

    def _key(self, messages: Sequence[Message], continuations: Sequence[str]) -> str:
        model = (self._info.architecture, self._info.parameters, self._info.bytes)
        return hashlib.sha256(msgspec.json.encode((model, messages, continuations))).hexdigest()[
            :32
        ]

    async def status(self) -> Status:
        return Status(model=self._info)

    async def prefill(
        self, messages: Sequence[Message], *, lane: Lane = "judge", open_turn: bool = False
    ) -> int:
        return 0

    async def load(self, path: Path, *, n_ctx: int = 4096) -> ModelInfo:
        return await self._client.load(path, n_ctx=n_ctx)

    def chat(
        self, messages: Sequence[Message], sampling: Sampling, *, lane: Lane = "chat"
    ) -> AsyncGenerator[Chunk, None]:
        return self._client.chat(messages, sampling, lane=lane)

    def complete(
        self, prompt: str, sampling: Sampling, *, lane: Lane = "chat"
    ) -> AsyncGenerator[Chunk, None]:
        return self._client.complete(prompt, sampling, lane=lane)

    async def tokenize(self, text: str) -> list[int]:
        return await self._client.tokenize(text)

    async def render(self, messages: Sequence[Message]) -> str:
        return await self._client.render(messages)

    async def close(self) -> None:
        await self._client.close()
