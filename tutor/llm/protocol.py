"""What every model client can be asked, and the values that go in and come out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from pathlib import Path
from typing import Literal, Protocol

from msgspec import Struct, field

Capability = Literal["chat", "complete", "choose", "prefill", "tokenize", "render"]
Lane = Literal["judge", "chat"]
"""The two contexts on one set of weights: grading's prefix is never evicted by a talk."""


class Message(Struct, frozen=True):
    """One turn. `content` is data: it is tokenised without special tokens, whoever wrote it."""

    role: Literal["system", "user", "assistant"]
    content: str


class Sampling(Struct, frozen=True, kw_only=True):
    """temperature 0 is greedy; `seed` makes a run repeatable; `stop` strings are not part of the output."""

    max_tokens: int = 512
    temperature: float = 0.0
    top_k: int = 40
    top_p: float = 0.95
    min_p: float = 0.05
    repeat_penalty: float = 1.0
    seed: int = 0
    stop: tuple[str, ...] = ()


class Chunk(Struct, frozen=True):
    """A piece of a stream: whole characters only. The last one has `finish` set."""

    text: str
    finish: Literal["stop", "length", "cancelled"] | None = None


class Continuation(Struct, frozen=True):
    """`logprob`: natural log-probability of the whole text after the prefix; `tokens`: how many it has (>= 1)."""

    text: str
    logprob: float
    tokens: int

    @property
    def mean_logprob(self) -> float:
        """Length-normalised log-probability, nats a token."""
        return self.logprob / self.tokens


class ModelInfo(Struct, frozen=True, kw_only=True):
    """A loaded model. Sizes in bytes; `n_ctx` is the context length of each lane in tokens."""

    name: str
    path: str
    architecture: str
    parameters: int
    bytes: int
    n_ctx: int
    n_ctx_train: int
    n_vocab: int
    chat_template: bool


class Status(Struct, frozen=True, kw_only=True):
    model: ModelInfo | None = None
    worker_pid: int | None = None
    worker_rss: int | None = None
    busy: bool = False


class Progress(Struct, frozen=True):
    """How far a long step is: `done` of `total` (tokens of a prompt, percent of a load)."""

    stage: Literal["load", "prompt"]
    done: int
    total: int


class ModelError(Exception):
    """Base of everything a model client raises; the message is one line that says what to do."""


class NoModel(ModelError):
    """No model is loaded or configured."""


class BadModel(ModelError):
    """The file is missing, cut short, not GGUF, or of an architecture this llama.cpp does not know."""


class WorkerDied(ModelError):
    """The worker process ended in the middle of a request."""


class PromptTooLong(ModelError):
    """The prompt does not fit the context."""


class Unsupported(ModelError):
    """This client does not declare the capability that was asked for."""

    def __init__(self, client: str, capability: str) -> None:
        super().__init__(f"the {client} client has no '{capability}'")
        self.client, self.capability = client, capability


class Client(Protocol):
    """A model, wherever it runs. All calls may raise ModelError; cancelling the awaiting task cancels the work."""

    name: str
    capabilities: frozenset[Capability]

    async def load(self, path: Path, *, n_ctx: int = 4096) -> ModelInfo:
        """Load a GGUF file in place of the one loaded, if any. Raises BadModel, WorkerDied."""
        ...

    async def status(self) -> Status: ...

    def chat(
        self, messages: Sequence[Message], sampling: Sampling, *, lane: Lane = "chat"
    ) -> AsyncGenerator[Chunk, None]:
        """Stream the next assistant turn through the model's own chat template. Closing the iterator cancels."""
        ...

    def complete(
        self, prompt: str, sampling: Sampling, *, lane: Lane = "chat"
    ) -> AsyncGenerator[Chunk, None]:
        """Stream a raw continuation of `prompt`, without a chat template."""
        ...

    async def choose(
        self, messages: Sequence[Message], continuations: Sequence[str], *, lane: Lane = "judge"
    ) -> list[Continuation]:
        """Log-probabilities of each continuation as the start of the next assistant turn, in the order given."""
        ...

    async def prefill(
        self, messages: Sequence[Message], *, lane: Lane = "judge", open_turn: bool = False
    ) -> int:
        """Evaluate a prompt ahead of time; how many tokens are now in the KV cache.

        With `open_turn` the last message is a beginning whose end is not known yet: nothing that closes it is evaluated.
        """
        ...

    async def tokenize(self, text: str) -> list[int]:
        """Token ids of `text` as data: no special tokens, no beginning-of-sequence token."""
        ...

    async def render(self, messages: Sequence[Message]) -> str:
        """The prompt as the chat template writes it, up to where the assistant begins."""
        ...

    async def close(self) -> None:
        """End the worker or connection. Safe to call twice."""
        ...


class Reply(Struct, kw_only=True):
    """A whole chat answer, gathered by `gather`."""

    text: str
    finish: str
    chunks: list[str] = field(default_factory=list)


async def gather(stream: AsyncIterator[Chunk]) -> Reply:
    """Read a stream to its end."""
    reply = Reply(text="", finish="stop")
    async for chunk in stream:
        reply.text += chunk.text
        reply.chunks.append(chunk.text)
        if chunk.finish:
            reply.finish = chunk.finish
    return reply
