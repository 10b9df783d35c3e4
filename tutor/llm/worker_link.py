"""The pipe to one worker process: start it, send it requests, hand its replies to whoever asked, notice its end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from typing import IO

from tutor.llm.one_line import one_line
from tutor.llm.protocol import (
    BadModel,
    ModelError,
    NoModel,
    NoRoom,
    Progress,
    PromptTooLong,
    WorkerDied,
)
from tutor.llm.watch import LOOK, Watch
from tutor.llm.wire import (
    LENGTH,
    VERSION,
    AnyReply,
    AnyRequest,
    Beat,
    Cancel,
    Done,
    Failed,
    Hello,
    Piece,
    Step,
    TooLarge,
    body_length,
    decode_reply,
    frame,
)

HELLO_TIMEOUT = 60.0  # seconds; importing llama.cpp on a cold, slow disk
END_TIMEOUT = 2.0
LOG_LIMIT = 1_000_000  # bytes of the log that are kept when a worker starts
_HOST = "import sys; sys.path.append(sys.argv[1]); from tutor.llm.host import main; main()"
# -P: the folder the learner happens to be in is no place to import from.
COMMAND = (sys.executable, "-P", "-c", _HOST, str(Path(__file__).parents[2]))

Pending = dict[int, "asyncio.Queue[Piece | Done | Failed | WorkerDied]"]
"""Requests under way, by id."""

_ERRORS: dict[str, type[ModelError]] = {
    "bad_model": BadModel,
    "no_model": NoModel,
    "no_room": NoRoom,
    "too_long": PromptTooLong,
    "failed": ModelError,
}


class WorkerLink:
    """One worker at a time; `start` makes a new one when the last has ended."""

    def __init__(
        self,
        log: Path,
        *,
        on_progress: Callable[[Progress], None] | None = None,
        on_end: Callable[[], None] = lambda: None,
        command: Sequence[str] = COMMAND,
    ) -> None:
        """`log` receives what llama.cpp prints. `on_progress`, and `on_end` when a worker ends by itself, are called on the event loop."""
        self._log, self._on_progress, self._on_end = log, on_progress, on_end
        self._command = tuple(command)
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._pending: Pending = {}
        self._watch = Watch()
        self._watching: asyncio.Task[None] | None = None
        self._hung = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self.alive() and self._process is not None else None

    @property
    def busy(self) -> bool:
        return bool(self._pending)

    def alive(self) -> bool:
        process = self._process
        return process is not None and process.returncode is None and self._reader is not None

    async def start(self) -> None:
        """A worker that has said hello. Raises WorkerDied."""
        if self.alive():
            return
        process = await self._spawn()
        try:
            await asyncio.wait_for(_greeting(process), HELLO_TIMEOUT)
        except (TimeoutError, asyncio.IncompleteReadError, ValueError) as error:
            await _kill(process)
            raise self._not_started(_reason(error)) from error
        except asyncio.CancelledError:
            await _kill(process)
            raise
        self._process, self._pending = process, {}
        self._watch, self._hung = Watch(), False
        self._reader = asyncio.create_task(self._read(process, self._pending))

    async def _spawn(self) -> asyncio.subprocess.Process:
        # OpenMP waits at its barriers by spinning: unbounded, two busy programs beside us cost a factor of 300.
        # An assertion that fails would start a debugger for a backtrace, and keep the learner waiting for it.
        ours = {"GOMP_SPINCOUNT": "20000", "GGML_NO_BACKTRACE": "1"}
        env = {**ours, **os.environ, "PYTHONUNBUFFERED": "1"}
        try:
            with _opened(self._log) as log:
                return await asyncio.create_subprocess_exec(
                    *self._command,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=log,
                    env=env,
                    start_new_session=True,  # Ctrl-C at the terminal is for the program, not for its worker
                )
        except OSError as error:
            raise self._not_started(str(error)) from error

    def _not_started(self, reason: str) -> WorkerDied:
        return WorkerDied(one_line(f"the model's worker did not start ({reason}); see {self._log}"))

    async def end(self) -> None:
        """End the worker; requests under way get WorkerDied. Safe to call twice."""
        process, reader = self._process, self._reader
        self._process = self._reader = None
        if self._watching is not None:
            self._watching.cancel()
        if process is not None:
            await _end(process)
        if reader is not None:
            await reader

    async def replies(self, request: AnyRequest) -> AsyncGenerator[Piece | Done, None]:
        """Send, then yield what comes back up to `Done`. Left early, the request is cancelled in the worker."""
        waiting: asyncio.Queue[Piece | Done | Failed | WorkerDied] = asyncio.Queue()
        pending = self._pending
        pending[request.id] = waiting
        ended = False
        try:
            self._send(request)
            while not ended:
                reply = await waiting.get()
                ended = not isinstance(reply, Piece)
                yield _checked(reply)
        finally:
            del pending[request.id]
            if not ended and self.alive() and pending is self._pending:
                self._watch.cancelled(request.id)
                self._send(Cancel(id=request.id))

    async def ask(self, request: AnyRequest) -> Done:
        """The one reply of a request that does not stream."""
        async with contextlib.aclosing(self.replies(request)) as replies:
            async for reply in replies:
                if isinstance(reply, Done):
                    return reply
        raise WorkerDied("the model's worker gave no answer; try again")

    def _send(self, request: AnyRequest) -> None:
        if not self.alive() or self._process is None or self._process.stdin is None:
            raise WorkerDied("the model's worker ended; try again")
        try:
            self._process.stdin.write(frame(request))
        except TooLarge as error:
            raise PromptTooLong("the text is too long for any model; shorten it") from error
        if self._watching is None or self._watching.done():
            self._watch.asked()
            self._watching = asyncio.create_task(self._look_after(self._process))

    async def _look_after(self, process: asyncio.subprocess.Process) -> None:
        """While an answer is owed: kill a worker that hangs, at which its reader sees the end."""
        while self._process is process and (self._pending or self._watch.owed):
            await asyncio.sleep(LOOK)
            if self._watch.tick(waits_for_disk=_waits_for_disk(process.pid)):
                self._hung = True
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                return

    async def _read(self, process: asyncio.subprocess.Process, pending: Pending) -> None:
        try:
            while True:
                self._hand_over(await _receive(process), pending)
        except (asyncio.IncompleteReadError, ConnectionError):
            await _end(process)
        except ValueError:  # whatever it is that speaks, it is no worker of ours any more
            await _kill(process)
        finally:
            by_itself = self._process is process
            if by_itself:
                self._process = self._reader = None
            died = WorkerDied(_why(process.returncode, hung=self._hung))
            for waiting in pending.values():
                waiting.put_nowait(died)
            if by_itself:
                self._on_end()

    def _hand_over(self, reply: AnyReply, pending: Pending) -> None:
        self._watch.heard(reply)
        if isinstance(reply, Step):
            if self._on_progress is not None and reply.id in pending:
                self._on_progress(Progress(reply.stage, reply.done, reply.total))
        elif not isinstance(reply, Hello | Beat) and (waiting := pending.get(reply.id)):
            waiting.put_nowait(reply)


def _checked(reply: Piece | Done | Failed | WorkerDied) -> Piece | Done:
    if isinstance(reply, Piece | Done):
        return reply
    if isinstance(reply, WorkerDied):
        raise WorkerDied(str(reply))
    if reply.reason == "cancelled":
        raise ModelError("the model was needed for something else; try again")
    raise _ERRORS[reply.reason](one_line(reply.message))


def _why(returncode: int | None, *, hung: bool) -> str:
    """What became of the worker, and what to do."""
    if hung:
        what = "answered no more and was ended"
    elif returncode == -9:
        what = "was killed, often because memory ran out"
    elif returncode is not None and returncode < 0:
        what = f"crashed inside llama.cpp (signal {-returncode})"
    else:
        what = "ended unexpectedly"
    return f"the model's worker {what}; your words are kept, try again"


def _waits_for_disk(pid: int) -> bool:
    import psutil

    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_DISK_SLEEP)
    except psutil.Error:
        return False


def _opened(log: Path) -> IO[bytes]:
    """The log to go on writing, or a new one when it has grown too large."""
    log.parent.mkdir(parents=True, exist_ok=True)
    grown = log.exists() and log.stat().st_size > LOG_LIMIT
    return log.open("wb" if grown else "ab")


async def _greeting(process: asyncio.subprocess.Process) -> None:
    hello = await _receive(process)
    if not isinstance(hello, Hello) or hello.version != VERSION:
        raise ValueError("it is of another version; install the program again")


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"it said nothing for {HELLO_TIMEOUT:g} seconds"
    return "it ended at once" if isinstance(error, asyncio.IncompleteReadError) else str(error)


async def _receive(process: asyncio.subprocess.Process) -> AnyReply:
    if process.stdout is None:
        raise ValueError("it has no output")
    head = await process.stdout.readexactly(LENGTH.size)
    return decode_reply(await process.stdout.readexactly(body_length(head)))


async def _end(process: asyncio.subprocess.Process) -> None:
    """Close the worker's input, at which it exits even in the middle of a prompt; kill it if it does not."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), END_TIMEOUT)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _kill(process: asyncio.subprocess.Process) -> None:
    """End a worker that nothing good is expected of; nobody else may be reading its output."""
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    while process.stdout is not None and await process.stdout.read(1 << 16):
        pass  # asyncio does not see the end of a process before the end of its output
    await process.wait()
