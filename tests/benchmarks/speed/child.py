"""A process of its own that is asked in lines of JSON, and the loop that such a process runs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[3]
LINE_LIMIT = 1 << 20
END_TIMEOUT = 5.0  # seconds

Reply = dict[str, Any]


class ChildFailed(Exception):
    """The process ended, or said that it can't do what it was asked."""


class Child:
    """One request at a time."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process, self._log = process, log

    @property
    def pid(self) -> int:
        return self._process.pid

    async def ask(self, **request: Any) -> Reply:
        """The reply to one request. Raises ChildFailed."""
        if self._process.stdin is None:
            raise ChildFailed("the process has no input")
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        return await self.hear()

    async def hear(self) -> Reply:
        """The next line. Raises ChildFailed."""
        line = await self._process.stdout.readline() if self._process.stdout else b""
        if not line:
            raise ChildFailed(f"the process ended: {_last_line(self._log)}")
        reply: Reply = json.loads(line)
        if "error" in reply:
            raise ChildFailed(reply["error"])
        return reply


@asynccontextmanager
async def child(
    module: str, *arguments: str, log: Path, environ: Mapping[str, str]
) -> AsyncIterator[Child]:
    """Run `python -m module arguments` until the block ends; it has said that it is ready when this yields."""
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, *arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            env={**environ, "PYTHONUNBUFFERED": "1"},
            cwd=ROOT,
            limit=LINE_LIMIT,
            # As the worker of a client: where the kernel shares the cores out by session, both get the same share.
            start_new_session=True,
        )
    try:
        found = Child(process, log)
        await found.hear()
        yield found
    finally:
        await _end(process)


def serve(answer: Callable[[Reply], Reply], replies: IO[str]) -> None:
    """In the child: say that it is ready, then answer each line until the parent is gone."""
    _say({"ready": True}, replies)
    for line in sys.stdin:
        try:
            _say(answer(json.loads(line)), replies)
        except Exception as error:
            _say({"error": f"{type(error).__name__}: {error}"}, replies)


def take_output() -> IO[str]:
    """In the child: standard output for replies alone; what native code prints goes to standard error."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return replies


def _say(reply: Reply, replies: IO[str]) -> None:
    replies.write(json.dumps(reply) + "\n")
    replies.flush()


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), END_TIMEOUT)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _last_line(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").splitlines() if log.exists() else []
    return lines[-1] if lines else "it said nothing"
