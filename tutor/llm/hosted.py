"""The client of the worker process: loads models into it, asks them, survives its end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Sequence
from itertools import count
from pathlib import Path

from tutor.llm.one_line import one_line
from tutor.llm.protocol import (
    BadModel,
    Capability,
    Chunk,
    Continuation,
    Lane,
    Message,
    ModelInfo,
    NoModel,
    Progress,
    Sampling,
    Status,
    WorkerDied,
)
from tutor.llm.wire import (
    AnyRequest,
    Chat,
    Choose,
    Complete,
    Load,
    Piece,
    Prefill,
    Render,
    Tokenize,
)
from tutor.llm.worker_link import COMMAND, WorkerLink

DEATHS_ALLOWED = 2  # in a row, with the same model, before it is set aside


class HostedClient:
    """A model in a worker process of its own. One event loop owns it."""

    name = "hosted"
    capabilities: frozenset[Capability] = frozenset(
        ("chat", "complete", "choose", "prefill", "tokenize", "render")
    )

    def __init__(
        self,
        *,
        log: Path,
        threads: int | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        command: Sequence[str] = COMMAND,
    ) -> None:
        """`log` receives what llama.cpp prints; `threads` None leaves the number to the worker."""
        self._threads = threads
        self._link = WorkerLink(log, on_progress=on_progress, on_end=self._ended, command=command)
        self._ids = count(1)
        self._starting = asyncio.Lock()
        self._wanted: tuple[Path, int] | None = None
        self._info: ModelInfo | None = None
        self._deaths = 0

    async def load(self, path: Path, *, n_ctx: int = 4096) -> ModelInfo:
        async with self._starting:
            self._wanted, self._deaths = None, 0
            info = await self._load(path, n_ctx)
            self._wanted = (path, n_ctx)
            return info

    async def status(self) -> Status:
        pid = self._link.pid
        if pid is None:
            return Status()
        return Status(model=self._info, worker_pid=pid, worker_rss=_rss(pid), busy=self._link.busy)

    async def chat(
        self, messages: Sequence[Message], sampling: Sampling, *, lane: Lane = "chat"
    ) -> AsyncGenerator[Chunk, None]:
        await self._ready()
        request = Chat(id=next(self._ids), messages=list(messages), sampling=sampling, lane=lane)
        async with contextlib.aclosing(self._stream(request)) as stream:
            async for chunk in stream:
                yield chunk

    async def complete(
        self, prompt: str, sampling: Sampling, *, lane: Lane = "chat"
    ) -> AsyncGenerator[Chunk, None]:
        await self._ready()
        request = Complete(id=next(self._ids), prompt=prompt, sampling=sampling, lane=lane)
        async with contextlib.aclosing(self._stream(request)) as stream:
            async for chunk in stream:
                yield chunk

    async def choose(
        self,
        messages: Sequence[Message],
        continuations: Sequence[str],
        *,
        lane: Lane = "judge",
    ) -> list[Continuation]:
        await self._ready()
        request = Choose(
            id=next(self._ids),
            messages=list(messages),
            continuations=list(continuations),
            lane=lane,
        )
        done = await self._link.ask(request)
        self._deaths = 0
        return done.chosen or []

    async def prefill(
        self, messages: Sequence[Message], *, lane: Lane = "judge", open_turn: bool = False
    ) -> int:
        await self._ready()
        request = Prefill(
            id=next(self._ids), messages=list(messages), lane=lane, open_turn=open_turn
        )
        return (await self._link.ask(request)).cached or 0

    async def tokenize(self, text: str) -> list[int]:
        await self._ready()
        return (await self._link.ask(Tokenize(id=next(self._ids), text=text))).tokens or []

    async def render(self, messages: Sequence[Message]) -> str:
        await self._ready()
        request = Render(id=next(self._ids), messages=list(messages))
        return (await self._link.ask(request)).text or ""

    async def close(self) -> None:
        self._wanted = self._info = None
        await self._link.end()

    def _ended(self) -> None:
        self._info = None
        self._deaths += 1

    async def _ready(self) -> None:
        """A worker with the wanted model in it, started again if the last one died."""
        async with self._starting:
            if self._wanted is None:
                raise NoModel("no model is loaded; choose one with `tutor models use NAME`")
            if self._link.alive() and self._info is not None:
                return
            if self._deaths >= DEATHS_ALLOWED:
                name = one_line(self._wanted[0].name)
                raise NoModel(
                    f"{name} ended its worker twice and is set aside; choose another model"
                )
            await self._load(*self._wanted)

    async def _load(self, path: Path, n_ctx: int) -> ModelInfo:
        name, deaths = one_line(path.name), self._deaths
        self._info = None
        await self._link.start()
        request = Load(id=next(self._ids), path=str(path), n_ctx=n_ctx, threads=self._threads)
        try:
            done = await self._link.ask(request)
        except WorkerDied as error:
            if self._deaths == deaths:
                raise NoModel("the model was closed while it was loading; load it again") from error
            raise BadModel(
                f"{name} ended its worker while loading; pull it again or choose a smaller model"
            ) from error
        if done.model is None:
            raise BadModel(f"{name} was loaded without a word about it; pull it again")
        self._info = done.model
        return done.model

    async def _stream(self, request: AnyRequest) -> AsyncGenerator[Chunk, None]:
        async with contextlib.aclosing(self._link.replies(request)) as replies:
            async for reply in replies:
                if isinstance(reply, Piece):
                    yield Chunk(reply.text)
                else:
                    self._deaths = 0
                    yield Chunk("", reply.finish)


def _rss(pid: int) -> int | None:
    """Resident bytes of a process, or None when it is gone."""
    import psutil

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return None
