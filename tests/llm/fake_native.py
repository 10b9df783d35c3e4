"""Native code in a few lines: one byte is one token, and the likelihood of a token depends on all before it."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from zlib import crc32

from tutor.llm.cache import Cache
from tutor.llm.engine import Cancelled
from tutor.llm.model import Model
from tutor.llm.protocol import ModelInfo, Sampling
from tutor.llm.segments import Template

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
        return bytes([token])

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
        self._cuts, self._reply = cuts, reply
        self._start = 0

    def decode(self, tokens: Sequence[int], start: int, *, every_logit: bool) -> None:
        assert start == len(self.held)
        assert 0 < len(tokens) <= self.batch
        if self.abort_at == 0:
            self.abort_at = None
            self.held += tokens[:1]
            raise Cancelled
        if self.abort_at:
            self.abort_at -= 1
        self._start = start
        self.held += tokens
        self.evaluated += len(tokens)

    def cut(self, length: int) -> bool:
        if self._cuts:
            del self.held[length:]
        return self._cuts

    def clear(self) -> None:
        self.held.clear()

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


def model(evaluator: FakeEvaluator, template: Template | None = None) -> Model:
    info = ModelInfo(
        name="fake", path="fake.gguf", architecture="fake", parameters=1, bytes=1, n_ctx=evaluator.n_ctx,
        n_ctx_train=64, n_vocab=256, chat_template=template is not None,
    )  # fmt: skip
    cache = Cache(evaluator)
    return Model(
        info, ByteVocabulary(), {"judge": cache, "chat": cache}, template, free=lambda: None
    )
