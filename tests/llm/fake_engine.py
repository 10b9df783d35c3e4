"""A model that computes nothing: it records what it is asked and waits where a test wants it to."""

from __future__ import annotations

import io
import queue
import threading
from collections.abc import Generator, Sequence
from pathlib import Path

from tutor.llm.engine import Cancelled, Finish, Refused, Report
from tutor.llm.protocol import (
    Adapter,
    Continuation,
    Lane,
    Message,
    ModelInfo,
    Prompt,
    Sampling,
    TokenChoice,
)
from tutor.llm.stop_flag import StopFlag
from tutor.llm.wire import AnyReply, AnyRequest, Done, Failed, Load, decode_reply, read_body
from tutor.llm.worker import Worker

PATIENCE = 10.0  # seconds until a test that waits in vain fails


class FakeModel:
    """A content of "wait" makes a prompt take until it is cancelled or `go` is set; every prompt is noted in `asked`."""

    kept = 7
    threads = 1

    def __init__(self, path: Path, n_ctx: int, stop: StopFlag) -> None:
        self.info = ModelInfo(
            name=path.stem, path=str(path), architecture="fake", parameters=1, bytes=1, n_ctx=n_ctx,
            n_ctx_train=n_ctx, n_vocab=256, chat_template=True,
        )  # fmt: skip
        self.asked: list[str] = []
        self.go = threading.Event()
        self.closed = False
        self.rested = 0
        self._stop = stop
        self.computing: queue.Queue[str] = queue.Queue()

    def prompt(self, prompt: Prompt, *, open_turn: bool = False) -> list[int]:
        text = prompt if isinstance(prompt, str) else " ".join(m.content for m in prompt)
        if text == "too long":
            raise Refused("too_long", "shorten it")
        return list(text.encode())

    def tokenize(self, text: str, *, special: bool = False) -> list[int]:
        return list(text.encode())

    def render(self, messages: Sequence[Message]) -> str:
        return bytes(self.prompt(messages)).decode()

    def prefill(self, lane: Lane, tokens: Sequence[int], report: Report) -> int:
        self._compute("prefill", tokens)
        return len(tokens)

    def choose(
        self, lane: Lane, tokens: Sequence[int], continuations: Sequence[str], report: Report
    ) -> list[Continuation]:
        self._compute("choose", tokens)
        report(1, 1)
        return [Continuation(text, -1.0, 1) for text in continuations]

    def next_tokens(
        self, lane: Lane, tokens: Sequence[int], top: int, report: Report
    ) -> list[TokenChoice]:
        self._compute("next_tokens", tokens)
        return [TokenChoice(1, b"a", -0.5)] * top

    def hidden(self, lane: Lane, tokens: Sequence[int], report: Report) -> list[float]:
        self._compute("hidden", tokens)
        return [0.5, 1.0]

    def set_adapters(self, lane: Lane, adapters: Sequence[Adapter]) -> None:
        self.asked += [f"adapter {adapter.path}" for adapter in adapters]

    def generate(
        self, lane: Lane, tokens: Sequence[int], sampling: Sampling, report: Report
    ) -> Generator[str, None, Finish]:
        for word in ("one", "", " two"):
            yield word
            while True:
                try:
                    self._compute("generate", tokens)
                except Cancelled:
                    yield ""
                else:
                    break
        return "stop"

    def rest(self) -> None:
        self.rested += 1

    def close(self) -> None:
        self.closed = True

    def _compute(self, call: str, tokens: Sequence[int]) -> None:
        text = bytes(tokens).decode()
        self.asked.append(f"{call} {text}")
        self.computing.put(text)
        if text == "break":
            raise RuntimeError("it\x1b[31m is\nbroken")
        while text.startswith("wait") and not self.go.wait(0.002):
            if self._stop.is_set():
                raise Cancelled


class Bench:
    """A worker in threads of this process, with a FakeModel once something was loaded."""

    def __init__(self) -> None:
        self.pipe = io.BytesIO()
        self.worker = Worker(self._load, self.pipe)
        self.model: FakeModel | None = None
        self.models: list[FakeModel] = []
        self._loaded = threading.Event()
        self._thread = threading.Thread(target=self.worker.run, daemon=True)

    def _load(self, request: Load, stop: StopFlag, report: Report) -> FakeModel:
        path = Path(request.path)
        for percent in (0, 50, 50, 100):
            report(percent, 100)
        if path.name == "bad.gguf":
            raise Refused("bad_model", "bad.gguf is bad")
        self.model = FakeModel(path, request.n_ctx, stop)
        self.models.append(self.model)
        self._loaded.set()
        return self.model

    def start(self) -> None:
        self._thread.start()

    def until_computing(self, text: str) -> None:
        """Wait until the model works on `text`."""
        assert self._loaded.wait(PATIENCE)
        assert self.model is not None
        while self.model.computing.get(timeout=PATIENCE) != text:
            pass

    def accept(self, *requests: AnyRequest) -> None:
        for request in requests:
            self.worker.accept(request)

    def replies(self) -> list[AnyReply]:
        """Everything that was said, once all that was accepted is done."""
        self.worker.finish()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        self.pipe.seek(0)
        found = []
        while (body := read_body(self.pipe)) is not None:
            found.append(decode_reply(body))
        return found

    def ends(self) -> dict[int, str]:
        """How each request ended, in order: "done" or the reason of its failure."""
        return {
            reply.id: reply.reason if isinstance(reply, Failed) else "done"
            for reply in self.replies()
            if isinstance(reply, Failed | Done)
        }
