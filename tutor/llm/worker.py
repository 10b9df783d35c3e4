"""The worker's loop: one thread reads requests, one computes."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from typing import BinaryIO

import msgspec

from tutor.llm.agenda import Agenda, rank_of
from tutor.llm.answering import answer
from tutor.llm.engine import Cancelled, Loaded, Loader, Refused, Report
from tutor.llm.one_line import one_line
from tutor.llm.pulse import Pulse
from tutor.llm.streaming import Streaming
from tutor.llm.wire import (
    VERSION,
    AnyReply,
    AnyRequest,
    Beat,
    Cancel,
    Chat,
    Complete,
    Done,
    Failed,
    Hello,
    Load,
    Piece,
    Step,
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


class Worker:
    """State of one worker process. Every request that is accepted gets one `Done` or `Failed`."""

    def __init__(self, loader: Loader, replies: BinaryIO) -> None:
        self._loader = loader
        self._replies = replies
        self._writing = threading.Lock()
        self._agenda = Agenda()
        self._pulse = Pulse(self._beat)
        self._model: Loaded | None = None
        self._streams: dict[int, Streaming] = {}
        self._lost: set[int] = set()

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
            ended = self._agenda.cancel(request.id)
        else:
            ended = self._agenda.add(request)
        for id in ended:
            self.send(_cancelled(id))

    def run(self) -> None:
        """Answer until `finish`, and then what was accepted before."""
        while (request := self._agenda.take()) is not None:
            self._drop_cancelled_streams(request)
            self._pulse.start()
            reply = self._reply(request)
            self._pulse.stop()
            if reply is None and self._agenda.put_back():
                continue
            self._agenda.done()
            self._send_last(reply or _cancelled(request.id))
            if self._model is not None and self._agenda.idle():
                self._model.rest()

    def finish(self) -> None:
        self._agenda.close()

    def _beat(self, cpu_ms: int, steps: int) -> None:
        with contextlib.suppress(OSError):  # the parent is gone, and so will we be in a moment
            self.send(Beat(cpu_ms=cpu_ms, steps=steps))

    def _send_last(self, reply: Done | Failed) -> None:
        try:
            self.send(reply)
        except TooLarge:
            message = "the text is too long; shorten it"
            self.send(Failed(id=reply.id, reason="failed", message=message))

    def _reply(self, request: AnyRequest) -> Done | Failed | None:
        """None when the request gave way to a more urgent one and has to be taken up again."""
        try:
            done = self._answer(request)
        except Cancelled:
            if rank_of(request) and not self._agenda.is_cancelled():
                return None
            self._forget(request.id)
            return _cancelled(request.id)
        except Refused as error:
            self._forget(request.id)
            return Failed(id=request.id, reason=error.reason, message=error.message)
        except Exception as error:
            self._forget(request.id)
            message = one_line(f"the model's worker failed ({type(error).__name__}: {error})")
            return Failed(id=request.id, reason="failed", message=message)
        model = self._model
        if model is None:
            return done
        return msgspec.structs.replace(done, kept=model.kept, threads=model.threads)

    def _answer(self, request: AnyRequest) -> Done:
        if isinstance(request, Load):
            return self._load(request)
        model = self._model
        if model is None:
            raise Refused("no_model", "no model is loaded; choose one with `tutor models use NAME`")
        if isinstance(request, Chat | Complete):
            return self._stream(model, request)
        return answer(model, request, self._report(request.id))

    def _load(self, request: Load) -> Done:
        self._lost = set(self._streams)
        for id in self._lost:
            self._forget(id)
        if self._model is not None:
            self._model.close()
            self._model = None
        last = -1

        def report(done: int, total: int) -> None:
            nonlocal last
            self._pulse.steps += 1
            if done > last:
                last = done
                self.send(Step(id=request.id, stage="load", done=done, total=total))

        self._model = self._loader(request, self._agenda.stop, report)
        return Done(id=request.id, model=self._model.info)

    def _stream(self, model: Loaded, request: Chat | Complete) -> Done:
        if request.id in self._lost:
            raise Refused("failed", "another model was loaded in the middle of it; ask again")
        stream = self._streams.get(request.id)
        if stream is None:
            prompt = request.messages if isinstance(request, Chat) else request.prompt
            generated = model.generate(
                request.lane, model.prompt(prompt), request.sampling, self._report(request.id)
            )
            stream = Streaming(generated, lambda text: self.send(Piece(id=request.id, text=text)))
            self._streams[request.id] = stream
        while (finish := stream.step()) is None:
            self._pulse.steps += 1
            if self._agenda.stop.is_set():
                raise Cancelled
        del self._streams[request.id]
        return Done(id=request.id, finish=finish)

    def _forget(self, id: int) -> None:
        stream = self._streams.pop(id, None)
        if stream is not None:
            stream.close()

    def _drop_cancelled_streams(self, now: AnyRequest) -> None:
        """Those that gave way and were cancelled before they could go on."""
        for id in [id for id in self._streams if id != now.id and not self._agenda.waits(id)]:
            self._forget(id)

    def _report(self, id: int) -> Report:
        def report(done: int, total: int) -> None:
            self._pulse.steps += 1
            self.send(Step(id=id, stage="prompt", done=done, total=total))

        return report


def _cancelled(id: int) -> Failed:
    return Failed(id=id, reason="cancelled", message="cancelled")


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
