"""What a model needs of native code: a vocabulary and, for each lane, something that evaluates tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from tutor.llm.protocol import Sampling


class Vocabulary(Protocol):
    opening: list[int]
    """What every prompt begins with: the beginning-of-sequence token, or nothing."""

    def tokenize(self, text: str, *, special: bool = False) -> list[int]:
        """Token ids; control tokens written out in `text` become such only with `special`."""
        ...

    def piece(self, token: int) -> bytes:
        """The bytes of a token, which may end inside a character; nothing for a control token."""
        ...

    def ends(self, token: int) -> bool:
        """Whether the token ends a turn."""
        ...


class Evaluator(Protocol):
    """`n_ctx` tokens of memory; `batch`: the most that one `decode` takes."""

    n_ctx: int
    batch: int

    def decode(self, tokens: Sequence[int], start: int, *, every_logit: bool) -> None:
        """Evaluate tokens at the positions from `start`. Raises Cancelled, Refused; part of them may be in memory then."""
        ...

    def cut(self, length: int) -> bool:
        """Forget all positions from `length` on; False where the architecture can't, and nothing has changed."""
        ...

    def clear(self) -> None: ...

    def logprobs(self, index: int, wanted: Sequence[int]) -> list[float]:
        """Natural log-probability of each wanted token after the token `index` of the last batch, -1 its last."""
        ...

    def sampler(self, sampling: Sampling) -> AbstractContextManager[Callable[[], int]]:
        """A function that draws the next token after the last batch."""
        ...
