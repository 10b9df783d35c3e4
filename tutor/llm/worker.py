"""The worker's loop: one thread reads requests, one computes; a waiting learner goes before a prefill."""

from __future__ import annotations

import os
import queue
import sys
import threading
from itertools import count
from pathlib import Path
from typing import BinaryIO

from tutor.llm.engine import Cancelled, Loaded, Loader, Refused, Report
from tutor.llm.wire import (
    VERSION,
    AnyReply,
    AnyRequest,
    Cancel,
    Chat,
    Choose,
    Complete,
    Done,
    Failed,
    Hello,
    Load,
    Piece,
    Prefill,
    Render,
    Step,
    Tokenize,
    decode_request,
    frame,
    read_body,
)


def take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for ourselves: what native code prints goes to standard error, the log."""
    replies = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    return sys.stdin.buffer, replies


def cores() -> int:
    """Physical cores that this process may use, at least 1."""
    import psutil

    allowed = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return max(1, min(psutil.cpu_count(logical=False) or allowed, allowed))


class Worker:
    """State of one worker process. `run` returns when the parent is gone."""

    def __init__(self, loader: Loader, replies: BinaryIO) -> None:
        self._loader = loader
        self._replies = replies
        self._writing = threading.Lock()
        self._queue: queue.PriorityQueue[tuple[int, int, AnyRequest | None]] = queue.PriorityQueue()
        self._order = count()
        self._state = threading.Lock()
        self._cancelled: set[int] = set()
        self._waiting: set[int] = set()
        self._current: AnyRequest | None = None
        self._stop_current = False
        self._model: Loaded | None = None

    def send(self, reply: AnyReply) -> None:
        with self._writing:
            self._replies.write(frame(reply))

    def listen(self, requests: BinaryIO) -> None:
        """Read requests until the parent closes the pipe, then end the process: nobody waits for what is running."""
        while (body := read_body(requests)) is not None:
            self.accept(decode_request(body))
        os._exit(0)

    def accept(self, request: AnyRequest) -> None:
        with self._state:
            if isinstance(request, Cancel):
                self._cancel(request.id)
                return
            background = isinstance(request, Prefill)
            if isinstance(self._current, Prefill):
                # A newer prefill replaces it, anything else must not wait for it; what it has evaluated stays cached.
                self._stop_current = True
            self._waiting.add(request.id)
        self._queue.put((int(background), next(self._order), request))

    def _cancel(self, id: int) -> None:
        if self._current is not None and self._current.id == id:
            self._stop_current = True
        elif id in self._waiting:
            self._cancelled.add(id)

    def aborted(self) -> bool:
        """Asked by llama.cpp between the nodes of its graph, from its own thread."""
        return self._stop_current

    def run(self) -> None:
        while True:
            _, _, request = self._queue.get()
            if request is None:
                return
            self._one(request)

    def finish(self) -> None:
        """Let `run` return once all that was accepted is done (tests)."""
        self._queue.put((2, next(self._order), None))

    def _one(self, request: AnyRequest) -> None:
        with self._state:
            self._waiting.discard(request.id)
            skip = request.id in self._cancelled
            self._cancelled.discard(request.id)
            self._current, self._stop_current = request, False
        try:
            if skip:
                raise Cancelled
            reply: AnyReply = self._answer(request)
        except Cancelled:
            reply = Failed(id=request.id, reason="cancelled", message="cancelled")
        except Refused as error:
            reply = Failed(id=request.id, reason=error.reason, message=error.message)
        except Exception as error:
            reply = Failed(
                id=request.id, reason="failed", message=f"{type(error).__name__}: {error}"
            )
        with self._state:
            self._current = None
        self.send(reply)

    def _answer(self, request: AnyRequest) -> Done:
        if isinstance(request, Load):
            return self._load(request)
        model = self._model
        if model is None:
            raise Refused("no_model", "no model is loaded")
        if isinstance(request, Chat | Complete):
            return self._stream(model, request)
        if isinstance(request, Choose):
            tokens = model.prompt(request.messages)
            chosen = model.choose(
                request.lane, tokens, request.continuations, self._report(request.id)
            )
            return Done(id=request.id, chosen=chosen)
        if isinstance(request, Prefill):
            tokens = model.prompt(request.messages, open_turn=request.open_turn)
            return Done(
                id=request.id, cached=model.prefill(request.lane, tokens, self._report(request.id))
            )
        if isinstance(request, Tokenize):
            return Done(id=request.id, tokens=model.tokenize(request.text))
        if isinstance(request, Render):
            return Done(id=request.id, text=model.render(request.messages))
        raise Refused("failed", "this worker does not know the request; reinstall the program")

    def _load(self, request: Load) -> Done:
        if self._model is not None:
            self._model.close()
            self._model = None
        last = -1

        def report(done: int, total: int) -> None:
            nonlocal last
            if done > last:
                last = done
                self.send(Step(id=request.id, stage="load", done=done, total=total))

        threads = request.threads or cores()
        self._model = self._loader(Path(request.path), request.n_ctx, threads, self.aborted, report)
        return Done(id=request.id, model=self._model.info)

    def _stream(self, model: Loaded, request: Chat | Complete) -> Done:
        if isinstance(request, Chat):
            tokens = model.prompt(request.messages)
        else:
            tokens = model.raw_prompt(request.prompt)
        stream = model.generate(request.lane, tokens, request.sampling, self._report(request.id))
        while True:
            try:
                text = next(stream)
            except StopIteration as end:
                return Done(id=request.id, finish=end.value)
            if self._stop_current:
                stream.close()
                raise Cancelled
            if text:
                self.send(Piece(id=request.id, text=text))

    def _report(self, id: int) -> Report:
        def report(done: int, total: int) -> None:
            self.send(Step(id=id, stage="prompt", done=done, total=total))

        return report


def serve(loader: Loader, requests: BinaryIO, replies: BinaryIO) -> None:
    """Say hello, then answer until the parent goes."""
    worker = Worker(loader, replies)
    worker.send(Hello(version=VERSION, pid=os.getpid()))
    threading.Thread(target=worker.listen, args=(requests,), daemon=True, name="requests").start()
    try:
        worker.run()
    except BrokenPipeError:
        os._exit(0)
