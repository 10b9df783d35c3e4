"""What every figure is measured with: a model's file, how much effort, clients and processes that end with their block."""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import psutil
from msgspec import Struct

from tests.benchmarks.speed.child import Child, child
from tutor.llm.hosted import HostedClient
from tutor.llm.protocol import Chunk, ModelInfo, Sampling

N_CTX = 4096
N_BATCH = 256
"""As the worker evaluates its prompts."""
FIXED_THREADS = 2
SETTINGS = (1, 2)
"""The numbers of threads that could be fixed on two cores."""


class Effort(Struct, frozen=True, kw_only=True):
    """How much of everything: tokens, rows, keys, seconds."""

    rounds: int = 5
    repeats: int = 3
    """Times as many rounds where a reading lasts a second: one of them says little."""
    tokens: int = 128
    adapting: int = 10
    lesson: int = 600
    prompt: int = 2000
    answer: int = 60
    questions: int = 3
    answers: int = 4
    keys: int = 60
    idle_seconds: float = 10.0
    limit: float = 6.0
    """Seconds after which a generation that has collapsed is slow enough."""

    @property
    def short_rounds(self) -> int:
        return self.rounds * self.repeats

    @property
    def warm_up(self) -> int:
        return self.tokens // 4


QUICK = Effort(
    rounds=2, repeats=1, tokens=24, lesson=120, prompt=300, answer=20, questions=1, answers=2, keys=10,
    idle_seconds=0.5, limit=2.0,
)  # fmt: skip


class Bench:
    """One model under measurement. `folder` holds logs and whatever a figure writes."""

    def __init__(
        self,
        path: Path,
        folder: Path,
        effort: Effort,
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.path, self.folder, self.effort, self.say = path, folder, effort, say
        self._names = count()

    @asynccontextmanager
    async def client(self, *, threads: int | None = None) -> AsyncIterator[HostedClient]:
        """A client with the model loaded; `threads` None: chosen by the worker itself."""
        client = HostedClient(log=self.folder / "worker.log", threads=threads)
        try:
            await client.load(self.path, n_ctx=N_CTX)
            yield client
        finally:
            await client.close()

    @asynccontextmanager
    async def raw(self, environ: Mapping[str, str]) -> AsyncIterator[Child]:
        """The low-level loop with the model loaded."""
        arguments = (str(self.path), str(N_CTX), str(N_BATCH))
        log = self.folder / "raw.log"
        async with child(
            "tests.benchmarks.speed.raw", *arguments, log=log, environ=environ
        ) as found:
            yield found

    @asynccontextmanager
    async def high_level(self, environ: Mapping[str, str]) -> AsyncIterator[Child]:
        """llama-cpp-python's own `Llama` with the model loaded."""
        arguments = (str(self.path), str(N_CTX), str(N_BATCH), str(FIXED_THREADS))
        log = self.folder / "high_level.log"
        async with child(
            "tests.benchmarks.speed.high_level", *arguments, log=log, environ=environ
        ) as found:
            yield found

    def fresh(self) -> str:
        """A word that begins no earlier text, so that nothing of what follows it was evaluated before."""
        return f"{1009 + 7 * next(self._names)}"[::-1]

    def place(self, name: str) -> Path:
        """A new empty folder."""
        return Path(tempfile.mkdtemp(prefix=name, dir=self.folder))


async def worker(client: HostedClient) -> psutil.Process:
    """The process behind a loaded client."""
    pid = (await client.status()).worker_pid
    if pid is None:
        raise RuntimeError("the client has no worker")
    return psutil.Process(pid)


async def loaded(client: HostedClient) -> ModelInfo:
    """What is known of the model behind a client."""
    info = (await client.status()).model
    if info is None:
        raise RuntimeError("the client has no model")
    return info


async def worker_environ(client: HostedClient) -> dict[str, str]:
    """The worker's own environment: what bounds OpenMP's spinning there bounds it in whatever is compared."""
    return {**(await worker(client)).environ()}


def default_environ() -> dict[str, str]:
    """The environment of somebody who knows nothing of OpenMP."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("GOMP", "OMP"))
    }


async def answered(client: HostedClient, prompt: str, tokens: int = 1) -> list[Chunk]:
    """Complete a prompt by up to `tokens` tokens on the chat lane."""
    return [chunk async for chunk in client.complete(prompt, Sampling(max_tokens=tokens))]
