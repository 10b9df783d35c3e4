"""What a model needs of native code: a vocabulary and, for each lane, something that evaluates tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

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

    def name(self, token: int) -> bytes:
        """What the vocabulary calls a token that has no bytes."""
        ...

    def ends(self, token: int) -> bool:
        """Whether the token ends a turn."""
        ...


class Evaluator(Protocol):
    """`n_ctx` tokens of memory; `batch`: the most that one `decode` takes; `cuts`: whether `cut` can work."""

    n_ctx: int
    batch: int
    cuts: bool

    def decode(
        self, tokens: Sequence[int], start: int, *, every_logit: bool, state: bool = False
    ) -> None:
        """Evaluate tokens at the positions from `start`, with the last one's hidden state where `state` is set.

        Raises Cancelled, Refused; part of them may be in memory then.
        """
        ...

    def cut(self, length: int) -> bool:
        """Forget all positions from `length` on; False where the architecture can't, and nothing has changed."""
        ...

    def clear(self) -> None: ...

    def size(self) -> int:
        """Bytes that `save` would return."""
        ...

    def save(self) -> bytes:
        """All that is in memory."""
        ...

    def restore(self, state: bytes) -> bool:
        """Put it back into an empty memory; False when it could not be."""
        ...

    def logprobs(self, index: int, wanted: Sequence[int]) -> list[float]:
        """Natural log-probability of each wanted token after the token `index` of the last batch, -1 its last."""
        ...

    def likeliest(self, count: int) -> list[tuple[int, float]]:
        """Tokens after the last batch with their log-probabilities, the likeliest first."""
        ...

    def state(self) -> list[float]:
        """The hidden state that the last batch was evaluated with."""
        ...

    def sampler(self, sampling: Sampling) -> AbstractContextManager[Callable[[], int]]:
        """A function that draws the next token after the last batch. Raises Refused for a constraint that can't be used."""
        ...

    def adapt(self, adapters: Sequence[tuple[Any, float]]) -> None:
        """Put these loaded adapters with their scales on the context, and no others. Raises Refused."""
        ...
