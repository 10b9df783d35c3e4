"""The worker's loop: one thread reads requests, one computes."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import BinaryIO

from tutor.llm.agenda import Agenda
from tutor.llm.engine import Cancelled, Loaded, Loader, Refused, Report
from tutor.llm.one_line import one_line
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
    TooLarge,
    decode_request,
    frame,
    read_body,
)


def take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for ourselves: what native code prints goes to standard error, the log."""
    replies = os.fdopen(os.dup(1), "wb")
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
    """State of one worker process. Every request that is accepted gets one `Done` or `Failed`."""

    def __init__(self, loader: Loader, replies: BinaryIO) -> None:
        self._loader = loader
        self._replies = replies
        self._writing = threading.Lock()
        self._agenda = Agenda()
        self._model: Loaded | None = None

    def send(self, reply: AnyReply) -> None:
        """Raises TooLarge, and OSError when nobody reads any more."""
        framed = frame(reply)
        with self._writing:
            self._replies.write(framed)
            self._replies.flush()

    def listen(self, requests: BinaryIO) -> None:
        """Accept requests until the parent closes the pipe. Raises ValueError for what is no request."""
        while (body := read_body(requests)) is not None:
            self.accept(decode_request(body))

    def accept(self, request: AnyRequest) -> None:
        if isinstance(request, Cancel):
            self._agenda.cancel(request.id)
        else:
            self._agenda.add(request)

    def aborted(self) -> bool:
        """Asked by llama.cpp between the nodes of its graph, from its own thread."""
        return self._agenda.stopping

    def run(self) -> None:
        """Answer until `finish`, and then what was accepted before."""
        while (taken := self._agenda.take()) is not None:
            request, cancelled = taken
            reply = self._reply(request, cancelled)
            self._agenda.done()
            try:
                self.send(reply)
            except TooLarge:
                self.send(
                    Failed(
                        id=request.id, reason="failed", message="the text is too long; shorten it"
                    )
                )

    def finish(self) -> None:
        self._agenda.close()

    def _reply(self, request: AnyRequest, cancelled: bool) -> Done | Failed:
        try:
            if cancelled:
                raise Cancelled
            return self._answer(request)
        except Cancelled:
            return Failed(id=request.id, reason="cancelled", message="cancelled")
        except Refused as error:
            return Failed(id=request.id, reason=error.reason, message=error.message)
        except Exception as error:
            message = one_line(f"the model's worker failed ({type(error).__name__}: {error})")
            return Failed(id=request.id, reason="failed", message=message)

    def _answer(self, request: AnyRequest) -> Done:
        if isinstance(request, Load):
            return self._load(request)
        model = self._model
        if model is None:
            raise Refused("no_model", "no model is loaded; choose one with `tutor models use NAME`")
        report = self._report(request.id)
        match request:
            case Chat():
                return self._stream(model, request, model.prompt(request.messages))
            case Complete():
                return self._stream(model, request, model.raw_prompt(request.prompt))
            case Choose():
                tokens = model.prompt(request.messages)
                chosen = model.choose(request.lane, tokens, request.continuations, report)
                return Done(id=request.id, chosen=chosen)
            case Prefill():
                tokens = model.prompt(request.messages, open_turn=request.open_turn)
                return Done(id=request.id, cached=model.prefill(request.lane, tokens, report))
            case Tokenize():
                return Done(id=request.id, tokens=model.tokenize(request.text))
            case Render():
                return Done(id=request.id, text=model.render(request.messages))
        raise Refused("failed", "this worker does not know the request; install the program again")

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

    def _stream(self, model: Loaded, request: Chat | Complete, tokens: list[int]) -> Done:
        stream = model.generate(request.lane, tokens, request.sampling, self._report(request.id))
        while True:
            try:
                text = next(stream)
            except StopIteration as end:
                return Done(id=request.id, finish=end.value)
            if self.aborted():
                stream.close()
                raise Cancelled
            if text:
                self.send(Piece(id=request.id, text=text))

    def _report(self, id: int) -> Report:
        def report(done: int, total: int) -> None:
            self.send(Step(id=id, stage="prompt", done=done, total=total))

        return report


def serve(loader: Loader, requests: BinaryIO, replies: BinaryIO) -> None:
    """Say hello, then answer until the parent goes; the process ends with it, whatever is running."""
    worker = Worker(loader, replies)
    threading.Thread(
        target=_listen_and_exit, args=(worker, requests), daemon=True, name="requests"
    ).start()
    try:
        worker.send(Hello(version=VERSION, pid=os.getpid()))
        worker.run()
    except BrokenPipeError:
        os._exit(0)


def _listen_and_exit(worker: Worker, requests: BinaryIO) -> None:
    code = 1
    try:
        worker.listen(requests)
        code = 0
    except ValueError as error:
        os.write(2, f"not a request: {one_line(str(error))}\n".encode())
    finally:
        os._exit(code)
