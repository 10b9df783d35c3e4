"""The client of the worker process: loads models into it, asks them, survives its end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Sequence
from itertools import count
from pathlib import Path
from typing import get_args

from tutor.llm.one_line import one_line
from tutor.llm.protocol import (
    Adapter,
    BadModel,
    Capability,
    Chunk,
    Continuation,
    Lane,
    Message,
    ModelError,
    ModelInfo,
    NoModel,
    Progress,
    Prompt,
    Sampling,
    Status,
    TokenChoice,
    Urgency,
    WorkerDied,
)
from tutor.llm.wire import (
    Adapters,
    AnyRequest,
    Chat,
    Choose,
    Complete,
    Done,
    Hidden,
    Load,
    NextTokens,
    Piece,
    Prefill,
    Render,
    Tokenize,
)
from tutor.llm.worker_link import COMMAND, WorkerLink

DEATHS_ALLOWED = 2  # in a row, with the same model, before it is set aside


BACK_OFF = 0.2  # seconds before a worker that died is started again
KEPT_LIMIT = 256 * 1024 * 1024


class HostedClient:
    """A model in a worker process of its own. One event loop owns it."""

    name = "hosted"
    capabilities: frozenset[Capability] = frozenset(get_args(Capability))

    def __init__(
        self,
        *,
        log: Path,
        threads: int | None = None,
        kept_limit: int = KEPT_LIMIT,
        notes: Path | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        command: Sequence[str] = COMMAND,
    ) -> None:
        """`log` receives what llama.cpp prints. `kept_limit`: bytes of evaluated prefixes that are set aside.

        `threads` None leaves the number to the worker, which remembers what it found in the folder `notes`.
        """
        self._threads, self._kept_limit, self._notes = threads, kept_limit, notes
        self._link = WorkerLink(log, on_progress=on_progress, on_end=self._ended, command=command)
        self._ids = count(1)
        self._starting = asyncio.Lock()
        self._reviving: asyncio.Task[None] | None = None
        self._wanted: tuple[Path, int] | None = None
        self._info: ModelInfo | None = None
        self._kept = 0
        self._computing_threads: int | None = None
        self._adapters: dict[Lane, list[Adapter]] = {}
        self._deaths = 0

    async def load(self, model: Path | str, *, n_ctx: int = 4096) -> ModelInfo:
        path = Path(model)
        async with self._starting:
            self._wanted, self._deaths = None, 0
            self._adapters.clear()
            info = await self._load(path, n_ctx)
            self._wanted = (path, n_ctx)
            return info

    async def status(self) -> Status:
        pid = self._link.pid
        if pid is None:
            return Status(kept_limit=self._kept_limit)
        return Status(
            model=self._info,
            worker_pid=pid,
            worker_rss=_rss(pid),
            busy=self._link.busy,
            kept=self._kept,
            kept_limit=self._kept_limit,
            threads=self._computing_threads,
        )

    async def chat(
        self,
        messages: Sequence[Message],
        sampling: Sampling,
        *,
        lane: Lane = "chat",
        urgency: Urgency = "interactive",
    ) -> AsyncGenerator[Chunk, None]:
        await self._ready()
        request = Chat(
            id=next(self._ids),
            messages=list(messages),
            sampling=sampling,
            lane=lane,
            urgency=urgency,
        )
        async with contextlib.aclosing(self._stream(request)) as stream:
            async for chunk in stream:
                yield chunk

    async def complete(
        self,
        prompt: str,
        sampling: Sampling,
        *,
        lane: Lane = "chat",
        urgency: Urgency = "interactive",
    ) -> AsyncGenerator[Chunk, None]:
        await self._ready()
        request = Complete(
            id=next(self._ids), prompt=prompt, sampling=sampling, lane=lane, urgency=urgency
        )
        async with contextlib.aclosing(self._stream(request)) as stream:
            async for chunk in stream:
                yield chunk

    async def choose(
        self,
        prompt: Prompt,
        continuations: Sequence[str],
        *,
        lane: Lane = "judge",
        urgency: Urgency = "interactive",
    ) -> list[Continuation]:
        await self._ready()
        request = Choose(
            id=next(self._ids),
            prompt=_sent(prompt),
            continuations=list(continuations),
            lane=lane,
            urgency=urgency,
        )
        done = await self._ask(request)
        self._deaths = 0
        return done.chosen or []

    async def next_tokens(
        self, prompt: Prompt, top: int = 10, *, lane: Lane = "chat"
    ) -> list[TokenChoice]:
        await self._ready()
        request = NextTokens(id=next(self._ids), prompt=_sent(prompt), top=top, lane=lane)
        return (await self._ask(request)).following or []

    async def hidden(self, prompt: Prompt, *, lane: Lane = "chat") -> list[float]:
        await self._ready()
        request = Hidden(id=next(self._ids), prompt=_sent(prompt), lane=lane)
        return (await self._ask(request)).state or []

    async def adapters(self, adapters: Sequence[Adapter], *, lane: Lane = "chat") -> None:
        await self._ready()
        await self._put(lane, list(adapters))
        self._adapters[lane] = list(adapters)

    async def prefill(
        self, prompt: Prompt, *, lane: Lane = "judge", open_turn: bool = False
    ) -> int:
        await self._ready()
        request = Prefill(id=next(self._ids), prompt=_sent(prompt), lane=lane, open_turn=open_turn)
        return (await self._ask(request)).cached or 0

    async def tokenize(self, text: str) -> list[int]:
        await self._ready()
        return (await self._ask(Tokenize(id=next(self._ids), text=text))).tokens or []

    async def render(self, messages: Sequence[Message]) -> str:
        await self._ready()
        request = Render(id=next(self._ids), messages=list(messages))
        return (await self._ask(request)).text or ""

    async def close(self) -> None:
        self._wanted = self._info = None
        if self._reviving is not None:
            self._reviving.cancel()
        await self._link.end()

    def _ended(self) -> None:
        self._info = None
        self._deaths += 1
        if self._wanted is not None and self._deaths < DEATHS_ALLOWED:
            self._reviving = asyncio.create_task(self._revive())

    async def _revive(self) -> None:
        """Start again before anybody asks; whoever asks hears of it if that fails."""
        await asyncio.sleep(BACK_OFF)
        async with self._starting:
            if self._wanted is not None and self._info is None:
                with contextlib.suppress(ModelError):
                    await self._load(*self._wanted)

    async def _ready(self) -> None:
        """A worker with the wanted model in it, started again if the last one died."""
        if self._reviving is not None:
            await asyncio.wait([self._reviving])
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
        request = Load(
            id=next(self._ids),
            path=str(path),
            n_ctx=n_ctx,
            threads=self._threads,
            kept_limit=self._kept_limit,
            notes=str(self._notes) if self._notes else None,
        )
        try:
            done = await self._ask(request)
        except WorkerDied as error:
            if self._deaths == deaths:
                raise NoModel("the model was closed while it was loading; load it again") from error
            raise BadModel(
                f"{name} ended its worker while loading; pull it again or choose a smaller model"
            ) from error
        if done.model is None:
            raise BadModel(f"{name} was loaded without a word about it; pull it again")
        for lane, adapters in self._adapters.items():
            await self._put(lane, adapters)
        self._info = done.model
        return done.model

    async def _put(self, lane: Lane, adapters: list[Adapter]) -> None:
        await self._ask(Adapters(id=next(self._ids), adapters=adapters, lane=lane))

    async def _ask(self, request: AnyRequest) -> Done:
        return self._noted(await self._link.ask(request))

    def _noted(self, done: Done) -> Done:
        self._kept, self._computing_threads = done.kept, done.threads
        return done

    async def _stream(self, request: AnyRequest) -> AsyncGenerator[Chunk, None]:
        async with contextlib.aclosing(self._link.replies(request)) as replies:
            async for reply in replies:
                if isinstance(reply, Piece):
                    yield Chunk(reply.text)
                else:
                    self._deaths = 0
                    yield Chunk("", self._noted(reply).finish)


def _sent(prompt: Prompt) -> str | list[Message]:
    return prompt if isinstance(prompt, str) else list(prompt)


def _rss(pid: int) -> int | None:
    """Resident bytes of a process, or None when it is gone."""
    import psutil

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return None
