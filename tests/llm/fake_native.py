"""Native code in a few lines: one byte is one token, and the likelihood of a token depends on all before it."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any
from zlib import crc32

from tutor.llm.cache import Cache
from tutor.llm.engine import Cancelled, Refused
from tutor.llm.model import Model
from tutor.llm.protocol import ModelInfo, Sampling
from tutor.llm.segments import Template
from tutor.llm.shelf import Shelf

END = 0
SPECIAL = {b"<end>": END}


class ByteVocabulary:
    """UTF-8 bytes; `<end>` in trusted text is the token 0."""

    def __init__(self, opening: Sequence[int] = (1,)) -> None:
        self.opening = list(opening)

    def tokenize(self, text: str, *, special: bool = False) -> list[int]:
        data = text.encode()
        if special:
            data = data.replace(b"<end>", b"\0")
        return list(data)

    def piece(self, token: int) -> bytes:
        return b"" if token == END else bytes([token])

    def name(self, token: int) -> bytes:
        return b"<end>"

    def ends(self, token: int) -> bool:
        return token == END


class FakeEvaluator:
    """`cuts` False stands for a recurrent model. `evaluated` counts tokens; the batch number `abort_at` is cancelled."""

    batch = 8

    def __init__(self, n_ctx: int = 64, *, cuts: bool = True, reply: bytes = b"") -> None:
        self.n_ctx = n_ctx
        self.held: list[int] = []
        self.evaluated = 0
        self.abort_at: int | None = None
        self.cuts, self._reply = cuts, reply
        self.adapted: list[tuple[Any, float]] = []
        self._with_state = False
        self._start = 0

    def decode(
        self, tokens: Sequence[int], start: int, *, every_logit: bool, state: bool = False
    ) -> None:
        assert start == len(self.held)
        assert 0 < len(tokens) <= self.batch
        if self.abort_at == 0:
            self.abort_at = None
            self.held += tokens[:1]
            raise Cancelled
        if self.abort_at:
            self.abort_at -= 1
        self._start, self._with_state = start, state
        self.held += tokens
        self.evaluated += len(tokens)

    def cut(self, length: int) -> bool:
        if self.cuts:
            del self.held[length:]
        return self.cuts

    def clear(self) -> None:
        self.held.clear()

    def size(self) -> int:
        return len(self.held)

    def save(self) -> bytes:
        return bytes(self.held)

    def restore(self, state: bytes) -> bool:
        assert not self.held
        self.held = list(state)
        return bool(state)

    def likeliest(self, count: int) -> list[tuple[int, float]]:
        every = sorted(((likelihood(self.held, t), t) for t in range(256)), reverse=True)
        return [(token, logprob) for logprob, token in every[:count]]

    def state(self) -> list[float]:
        assert self._with_state
        return [float(crc32(bytes(self.held)))]

    def adapt(self, adapters: Sequence[tuple[Any, float]]) -> None:
        self.adapted = list(adapters)

    def logprobs(self, index: int, wanted: Sequence[int]) -> list[float]:
        seen = self.held if index == -1 else self.held[: self._start + index + 1]
        return [likelihood(seen, token) for token in wanted]

    @contextmanager
    def sampler(self, sampling: Sampling) -> Generator[Callable[[], int], None, None]:
        reply = iter([*self._reply, *[END] * self.n_ctx])
        yield lambda: next(reply)


def likelihood(seen: Sequence[int], token: int) -> float:
    """A log-probability that only the same history gives."""
    return -math.log(2 + crc32(bytes([*seen, token])) % 1000)


class FakeOwned:
    """Adapters are their paths; `no.gguf` is none."""

    threads = 1

    def __init__(self) -> None:
        self.rested = self.freed = 0

    def adapter(self, path: str) -> str:
        if path == "no.gguf":
            raise Refused("bad_model", "no.gguf is no adapter")
        return path

    def rest(self) -> None:
        self.rested += 1

    def free(self) -> None:
        self.freed += 1


def model(
    evaluator: FakeEvaluator, template: Template | None = None, shelf: Shelf | None = None
) -> Model:
    info = ModelInfo(
        name="fake", path="fake.gguf", architecture="fake", parameters=1, bytes=1, n_ctx=evaluator.n_ctx,
        n_ctx_train=64, n_vocab=256, chat_template=template is not None,
    )  # fmt: skip
    cache = Cache(evaluator, "judge", shelf or Shelf(0))
    return Model(info, ByteVocabulary(), {"judge": cache, "chat": cache}, template, FakeOwned())
