"""What every model client can be asked, and the values that go in and come out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from pathlib import Path
from typing import Literal, Protocol

from msgspec import Struct, field

Capability = Literal[
    "chat",
    "complete",
    "choose",
    "next_tokens",
    "hidden",
    "adapters",
    "json_schema",
    "grammar",
    "prefill",
    "tokenize",
    "render",
]
Lane = Literal["judge", "chat"]
"""The two contexts on one set of weights: grading's prefix is never evicted by a talk."""
Urgency = Literal["interactive", "background"]
"""Whether somebody waits for it. What nobody waits for gives way, in the middle of a prompt too, and goes on later."""


class Message(Struct, frozen=True):
    """One turn. `content` is data: it is tokenised without special tokens, whoever wrote it."""

    role: Literal["system", "user", "assistant"]
    content: str


Prompt = str | Sequence[Message]
"""A raw text, without a chat template, or a talk that goes through the model's own."""


class Sampling(Struct, frozen=True, kw_only=True):
    """temperature 0 is greedy; `seed` makes a run repeatable; `stop` strings are not part of the output.

    `json_schema` (a JSON Schema as JSON text) or `grammar` (GBNF with a rule `root`) constrain what can be said.
    """

    max_tokens: int = 512
    temperature: float = 0.0
    top_k: int = 40
    top_p: float = 0.95
    min_p: float = 0.05
    repeat_penalty: float = 1.0
    seed: int = 0
    stop: tuple[str, ...] = ()
    json_schema: str | None = None
    grammar: str | None = None


def constraints(sampling: Sampling) -> list[Capability]:
    """The capabilities a client needs to keep to what `sampling` allows to be said."""
    needed: list[Capability] = []
    if sampling.json_schema is not None:
        needed.append("json_schema")
    if sampling.grammar is not None:
        needed.append("grammar")
    return needed


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


class TokenChoice(Struct, frozen=True):
    """A token that could come next. `data`: its UTF-8 bytes, which may end inside a character; `logprob` in nats."""

    id: int
    data: bytes
    logprob: float
    control: bool = False
    """Whether it is a token that no text becomes, such as the end of a turn; `data` is then its name."""

    @property
    def text(self) -> str:
        """What can be shown: the text, or the bytes in hexadecimal where they are no whole characters."""
        try:
            return self.data.decode()
        except UnicodeDecodeError:
            return f"<{self.data.hex(' ').upper()}>"


class Adapter(Struct, frozen=True):
    """A LoRA adapter in a GGUF file; `scale` multiplies its part in the weights, 0 is off, 1 as it was tuned."""

    path: str
    scale: float = 1.0


class Memory(Struct, frozen=True, kw_only=True):
    """Bytes: the weights, the KV caches of both lanes, and what evaluating a batch takes."""

    weights: int = 0
    kv: int = 0
    compute: int = 0

    @property
    def total(self) -> int:
        return self.weights + self.kv + self.compute


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
    n_embd: int = 0
    memory: Memory = Memory()


class Status(Struct, frozen=True, kw_only=True):
    """`worker_rss`, `kept` and `kept_limit` in bytes: `kept` are evaluated prefixes set aside for when they come back."""

    model: ModelInfo | None = None
    worker_pid: int | None = None
    worker_rss: int | None = None
    busy: bool = False
    kept: int = 0
    kept_limit: int = 0
    threads: int | None = None


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


class NoRoom(ModelError):
    """The model does not fit the memory that is free; the message has the numbers."""


class WorkerDied(ModelError):
    """The worker process ended, or answered no more, in the middle of a request."""


class Unreachable(ModelError):
    """The server can't be reached, refuses, or talks another language."""


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

    async def load(self, model: Path | str, *, n_ctx: int = 4096) -> ModelInfo:
        """Use a GGUF file, or the model a server knows by this name, in place of the one in use.

        Raises BadModel, NoRoom, WorkerDied, Unreachable.
        """
        ...

    async def status(self) -> Status: ...

    def chat(
        self,
        messages: Sequence[Message],
        sampling: Sampling,
        *,
        lane: Lane = "chat",
        urgency: Urgency = "interactive",
    ) -> AsyncGenerator[Chunk, None]:
        """Stream the next assistant turn through the model's own chat template. Closing the iterator cancels."""
        ...

    def complete(
        self,
        prompt: str,
        sampling: Sampling,
        *,
        lane: Lane = "chat",
        urgency: Urgency = "interactive",
    ) -> AsyncGenerator[Chunk, None]:
        """Stream a raw continuation of `prompt`, without a chat template."""
        ...

    async def choose(
        self,
        prompt: Prompt,
        continuations: Sequence[str],
        *,
        lane: Lane = "judge",
        urgency: Urgency = "interactive",
    ) -> list[Continuation]:
        """Log-probabilities of each continuation of the prompt (of a talk: the next turn's start), in the order given."""
        ...

    async def next_tokens(
        self, prompt: Prompt, top: int = 10, *, lane: Lane = "chat"
    ) -> list[TokenChoice]:
        """The `top` likeliest tokens after the prompt, the likeliest first."""
        ...

    async def hidden(self, prompt: Prompt, *, lane: Lane = "chat") -> list[float]:
        """The last layer's state at the prompt's last token, after the final norm: `n_embd` numbers."""
        ...

    async def adapters(self, adapters: Sequence[Adapter], *, lane: Lane = "chat") -> None:
        """Put these LoRA adapters, and no others, on a lane's context. Raises BadModel, and nothing has changed then."""
        ...

    async def prefill(
        self, prompt: Prompt, *, lane: Lane = "judge", open_turn: bool = False
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
