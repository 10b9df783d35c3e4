"""A client that answers from a script, for tests and demonstrations: no model, no process, no waiting."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from pathlib import Path
from typing import get_args

from msgspec import Struct

from tutor.llm.protocol import (
    Adapter,
    Capability,
    Chunk,
    Continuation,
    Lane,
    Message,
    ModelError,
    ModelInfo,
    NoModel,
    Prompt,
    Sampling,
    Status,
    TokenChoice,
    Unsupported,
    Urgency,
    constraints,
)
from tutor.llm.text_stream import TextStream

Replies = Sequence[str] | Callable[[Sequence[Message]], str]
Choices = Callable[[Sequence[Message], Sequence[str]], Sequence[float]]


EVERYTHING: frozenset[Capability] = frozenset(get_args(Capability))
N_EMBD = 8


class Asked(Struct, frozen=True):
    """One request as it arrived: which call, its messages (or its one text, or the adapters' paths, as user messages), and
    the lane, where it has one."""

    call: str
    messages: tuple[Message, ...]
    lane: Lane | None = None


def even(_: Sequence[Message], continuations: Sequence[str]) -> Sequence[float]:
    """Every continuation as likely as the others."""
    return [-1.0] * len(continuations)


class ScriptedClient:
    """`replies` in turn (the last one again and again) or by function; `choices` gives log-probabilities."""

    name = "scripted"

    def __init__(
        self,
        replies: Replies = ("A scripted answer.",),
        choices: Choices = even,
        *,
        capabilities: frozenset[Capability] = EVERYTHING,
        loaded: bool = True,
    ) -> None:
        self.capabilities = capabilities
        self.requests: list[Asked] = []
        self._replies, self._choices = replies, choices
        self._next = 0
        self._failures: list[ModelError] = []
        self._gate = asyncio.Event()
        self._gate.set()
        self._info = _info(Path("scripted.gguf"), 4096) if loaded else None

    def fail_next(self, error: ModelError) -> None:
        """The next request raises `error`; called twice, the next two do."""
        self._failures.append(error)

    def hold(self) -> None:
        """Loads and choices wait from now on, and streams after their first word, until `release`."""
        self._gate.clear()

    def release(self) -> None:
        self._gate.set()

    async def load(self, model: Path | str, *, n_ctx: int = 4096) -> ModelInfo:
        self._asked("load", (Message("user", str(model)),))
        await self._gate.wait()
        self._info = _info(Path(model), n_ctx)
        return self._info

    async def status(self) -> Status:
        return Status(model=self._info)

    async def chat(
        self,
        messages: Sequence[Message],
        sampling: Sampling,
        *,
        lane: Lane = "chat",
        urgency: Urgency = "interactive",
    ) -> AsyncGenerator[Chunk, None]:
        self._start("chat", messages, sampling, lane=lane)
        for chunk in self._chunks(self._reply(messages), sampling):
            yield chunk
            await self._gate.wait()

    async def complete(
        self,
        prompt: str,
        sampling: Sampling,
        *,
        lane: Lane = "chat",
        urgency: Urgency = "interactive",
    ) -> AsyncGenerator[Chunk, None]:
        messages = _turns(prompt)
        self._start("complete", messages, sampling, lane=lane)
        for chunk in self._chunks(self._reply(messages), sampling):
            yield chunk
            await self._gate.wait()

    async def choose(
        self,
        prompt: Prompt,
        continuations: Sequence[str],
        *,
        lane: Lane = "judge",
        urgency: Urgency = "interactive",
    ) -> list[Continuation]:
        messages = _turns(prompt)
        self._start("choose", messages, lane=lane)
        await self._gate.wait()
        logprobs = self._choices(messages, continuations)
        return [
            Continuation(text, logprob, max(1, len(text.encode())))
            for text, logprob in zip(continuations, logprobs, strict=True)
        ]

    async def next_tokens(
        self, prompt: Prompt, top: int = 10, *, lane: Lane = "chat"
    ) -> list[TokenChoice]:
        messages = _turns(prompt)
        self._start("next_tokens", messages, lane=lane)
        first = self._reply(messages).encode()[:1]
        others = (bytes([i]) for i in range(256) if bytes([i]) != first)
        likely = [first, *others][: max(0, top)]
        return [TokenChoice(d[0], d, -math.log(2) * (i + 1)) for i, d in enumerate(likely)]

    async def hidden(self, prompt: Prompt, *, lane: Lane = "chat") -> list[float]:
        messages = _turns(prompt)
        self._start("hidden", messages, lane=lane)
        data = "".join(message.content for message in messages).encode()
        return [sum(data[i::N_EMBD]) / (1 + len(data)) for i in range(N_EMBD)]

    async def adapters(self, adapters: Sequence[Adapter], *, lane: Lane = "chat") -> None:
        self._start("adapters", [Message("user", adapter.path) for adapter in adapters], lane=lane)

    async def prefill(
        self, prompt: Prompt, *, lane: Lane = "judge", open_turn: bool = False
    ) -> int:
        messages = _turns(prompt)
        self._start("prefill", messages, lane=lane)
        return sum(len(message.content.encode()) for message in messages)

    async def tokenize(self, text: str) -> list[int]:
        self._start("tokenize", (Message("user", text),))
        return list(text.encode())

    async def render(self, messages: Sequence[Message]) -> str:
        self._start("render", messages)
        turns = "".join(f"<{m.role}>{m.content}</{m.role}>" for m in messages)
        return f"{turns}<assistant>"

    async def close(self) -> None:
        self._info = None
        self._gate.set()

    def _asked(self, call: str, messages: Sequence[Message], lane: Lane | None = None) -> None:
        self.requests.append(Asked(call, tuple(messages), lane))
        if self._failures:
            raise self._failures.pop(0)

    def _start(
        self,
        call: Capability,
        messages: Sequence[Message],
        sampling: Sampling | None = None,
        *,
        lane: Lane | None = None,
    ) -> None:
        for needed in (call, *(constraints(sampling) if sampling else ())):
            if needed not in self.capabilities:
                raise Unsupported(self.name, needed)
        if self._info is None:
            raise NoModel("no model is loaded; choose one with `tutor models use NAME`")
        self._asked(call, messages, lane)

    def _reply(self, messages: Sequence[Message]) -> str:
        if callable(self._replies):
            return self._replies(messages)
        reply = self._replies[min(self._next, len(self._replies) - 1)]
        self._next += 1
        return reply

    @staticmethod
    def _chunks(reply: str, sampling: Sampling) -> Iterator[Chunk]:
        stream, words = TextStream(sampling.stop), reply.split(" ")
        for i, word in enumerate(words[: sampling.max_tokens]):
            piece = word if i == 0 else f" {word}"
            if text := stream.feed(piece.encode("utf-8", "replace")):
                yield Chunk(text)
            if stream.stopped:
                yield Chunk("", "stop")
                return
        if text := stream.feed(b"", last=True):
            yield Chunk(text)
        yield Chunk("", "stop" if len(words) <= sampling.max_tokens else "length")


def _turns(prompt: Prompt) -> tuple[Message, ...]:
    return (Message("user", prompt),) if isinstance(prompt, str) else tuple(prompt)


def _info(path: Path, n_ctx: int) -> ModelInfo:
    return ModelInfo(
        name=path.stem,
        path=str(path),
        architecture="scripted",
        parameters=1_000_000_000,
        bytes=0,
        n_ctx=n_ctx,
        n_ctx_train=n_ctx,
        n_vocab=256,
        chat_template=True,
        n_embd=N_EMBD,
    )
