"""The client of a server: any that speaks OpenAI's interface, such as llama-server, vLLM, Ollama or LM Studio."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from tutor.llm.address import RemoteAddress, parse_address
from tutor.llm.one_line import one_line
from tutor.llm.protocol import (
    Adapter,
    Capability,
    Chunk,
    Continuation,
    Lane,
    Message,
    ModelInfo,
    NoModel,
    Prompt,
    Sampling,
    Status,
    TokenChoice,
    Unreachable,
    Unsupported,
    Urgency,
    constraints,
)
from tutor.llm.remote_backoff import BackOff
from tutor.llm.remote_choose import Chooser
from tutor.llm.remote_dialect import Dialect
from tutor.llm.remote_http import Link, Patience
from tutor.llm.remote_models import info_of, pick, read_models
from tutor.llm.remote_refusal import KEY_VARIABLE
from tutor.llm.remote_stream import Speaker

P = TypeVar("P")


class RemoteClient:
    """One model of one server. `lane` and `urgency` mean nothing there: how it shares its time is its own affair.

    A JSON Schema constrains chats only: no two servers agree on how to ask for it in a raw completion.
    """

    name = "remote"
    capabilities: frozenset[Capability] = frozenset(("chat", "complete", "choose", "json_schema"))

    def __init__(
        self,
        base_url: str,
        model: str | None = None,
        *,
        key: str | None = None,
        back_off: BackOff | None = None,
        patience: Patience | None = None,
    ) -> None:
        """`model`: what `load("")` takes, None for the server's only one. Raises BadAddress for what is no address."""
        address = parse_address(base_url)
        if address is None:
            raise Unreachable(f"{one_line(base_url)!r} is no address of a server: begin with http")
        self._address = RemoteAddress(address.base_url, model or address.model)
        self._key = key
        self._back_off, self._patience = back_off or BackOff(), patience or Patience()
        self._link: Link | None = None
        self._speaker: Speaker | None = None
        self._chooser: Chooser | None = None
        self._info: ModelInfo | None = None
        self._running = 0

    @classmethod
    def at(cls, address: RemoteAddress, environ: Mapping[str, str]) -> RemoteClient:
        """The client of an address, with the key in TUTOR_API_KEY: it is kept nowhere else."""
        return cls(address.base_url, address.model, key=environ.get(KEY_VARIABLE))

    async def load(self, model: Path | str = "", *, n_ctx: int = 4096) -> ModelInfo:
        """See that the server has this model ("": the one given at first). `n_ctx` counts where the server does not say.

        Raises Unreachable, BadModel, NoModel.
        """
        await self.close()
        self._link = link = Link(self._address, self._key, self._back_off, self._patience)
        try:
            wanted = str(model) if str(model) not in ("", ".") else self._address.model
            listed = pick(
                read_models(await link.get("models"), link.server.name), wanted, self._address
            )
        except BaseException:
            await self.close()
            raise
        dialect = Dialect()
        self._speaker = Speaker(link, dialect, listed.id)
        self._chooser = Chooser(link, dialect, listed.id)
        self._info = info_of(listed, self._address, n_ctx)
        return self._info

    async def status(self) -> Status:
        return Status(model=self._info, busy=self._running > 0)

    async def chat(
        self,
        messages: Sequence[Message],
        sampling: Sampling,
        *,
        lane: Lane = "chat",
        urgency: Urgency = "interactive",
    ) -> AsyncGenerator[Chunk, None]:
        speaker = self._ready(self._speaker, "chat", sampling)
        with self._busy():
            async with contextlib.aclosing(speaker.chat(messages, sampling)) as chunks:
                async for chunk in chunks:
                    yield chunk

    async def complete(
        self,
        prompt: str,
        sampling: Sampling,
        *,
        lane: Lane = "chat",
        urgency: Urgency = "interactive",
    ) -> AsyncGenerator[Chunk, None]:
        speaker = self._ready(self._speaker, "complete", sampling)
        if sampling.json_schema is not None:
            raise Unsupported(self.name, "json_schema without a chat")
        with self._busy():
            async with contextlib.aclosing(speaker.complete(prompt, sampling)) as chunks:
                async for chunk in chunks:
                    yield chunk

    async def choose(
        self,
        prompt: Prompt,
        continuations: Sequence[str],
        *,
        lane: Lane = "judge",
        urgency: Urgency = "interactive",
    ) -> list[Continuation]:
        """What the numbers mean, and how far they reach, says `Chooser`."""
        chooser = self._ready(self._chooser, "choose")
        with self._busy():
            return await chooser.choose(prompt, continuations)

    async def next_tokens(
        self, prompt: Prompt, top: int = 10, *, lane: Lane = "chat"
    ) -> list[TokenChoice]:
        raise Unsupported(self.name, "next_tokens")

    async def hidden(self, prompt: Prompt, *, lane: Lane = "chat") -> list[float]:
        raise Unsupported(self.name, "hidden")

    async def adapters(self, adapters: Sequence[Adapter], *, lane: Lane = "chat") -> None:
        raise Unsupported(self.name, "adapters")

    async def prefill(
        self, prompt: Prompt, *, lane: Lane = "judge", open_turn: bool = False
    ) -> int:
        raise Unsupported(self.name, "prefill")

    async def tokenize(self, text: str) -> list[int]:
        raise Unsupported(self.name, "tokenize")

    async def render(self, messages: Sequence[Message]) -> str:
        raise Unsupported(self.name, "render")

    async def close(self) -> None:
        link, self._link = self._link, None
        self._speaker = self._chooser = self._info = None
        if link is not None:
            await link.close()

    def _ready(self, part: P | None, call: Capability, sampling: Sampling | None = None) -> P:
        """The part that answers `call`. Raises Unsupported, NoModel."""
        for needed in (call, *(constraints(sampling) if sampling else ())):
            if needed not in self.capabilities:
                raise Unsupported(self.name, needed)
        if part is None:
            raise NoModel("no model is loaded; choose one with `tutor models use NAME`")
        return part

    @contextlib.contextmanager
    def _busy(self) -> Iterator[None]:
        self._running += 1
        try:
            yield
        finally:
            self._running -= 1
