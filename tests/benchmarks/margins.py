"""A client that remembers what it was told: log-probabilities on disk, so that a table need not be computed twice."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import msgspec

from tutor.llm.protocol import (
    Adapter,
    Capability,
    Chunk,
    Client,
    Continuation,
    Lane,
    Message,
    ModelInfo,
    Prompt,
    Sampling,
    Status,
    TokenChoice,
    Unsupported,
    Urgency,
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
        self,
        prompt: Prompt,
        continuations: Sequence[str],
        *,
        lane: Lane = "judge",
        urgency: Urgency = "interactive",
    ) -> list[Continuation]:
        self.asked += 1
        key = self._key(prompt, continuations)
        if key not in self._known:
            self.computed += 1
            chosen = await self._client.choose(prompt, continuations, lane=lane)
            self._known[key] = [(c.logprob, c.tokens) for c in chosen]
            with self._memory.open("ab") as file:
                file.write(msgspec.json.encode((key, self._known[key])) + b"\n")
        values = self._known[key]
        return [
            Continuation(text, logprob, tokens)
            for text, (logprob, tokens) in zip(continuations, values, strict=True)
        ]

    def _key(self, prompt: Prompt, continuations: Sequence[str]) -> str:
        model = (self._info.architecture, self._info.parameters, self._info.bytes)
        asked = msgspec.json.encode((model, prompt, continuations))
        return hashlib.sha256(asked).hexdigest()[:32]

    async def status(self) -> Status:
        return Status(model=self._info)

    async def prefill(
        self, prompt: Prompt, *, lane: Lane = "judge", open_turn: bool = False
    ) -> int:
        return 0

    async def load(self, model: Path | str, *, n_ctx: int = 4096) -> ModelInfo:
        return await self._client.load(model, n_ctx=n_ctx)

    def chat(
        self,
        messages: Sequence[Message],
        sampling: Sampling,
        *,
        lane: Lane = "chat",
        urgency: Urgency = "interactive",
    ) -> AsyncGenerator[Chunk, None]:
        return self._client.chat(messages, sampling, lane=lane, urgency=urgency)

    def complete(
        self,
        prompt: str,
        sampling: Sampling,
        *,
        lane: Lane = "chat",
        urgency: Urgency = "interactive",
    ) -> AsyncGenerator[Chunk, None]:
        return self._client.complete(prompt, sampling, lane=lane, urgency=urgency)

    async def next_tokens(
        self, prompt: Prompt, top: int = 10, *, lane: Lane = "chat"
    ) -> list[TokenChoice]:
        return await self._client.next_tokens(prompt, top, lane=lane)

    async def hidden(self, prompt: Prompt, *, lane: Lane = "chat") -> list[float]:
        return await self._client.hidden(prompt, lane=lane)

    async def adapters(self, adapters: Sequence[Adapter], *, lane: Lane = "chat") -> None:
        raise Unsupported(self.name, "adapters")

    async def tokenize(self, text: str) -> list[int]:
        return await self._client.tokenize(text)

    async def render(self, messages: Sequence[Message]) -> str:
        return await self._client.render(messages)

    async def close(self) -> None:
        await self._client.close()
