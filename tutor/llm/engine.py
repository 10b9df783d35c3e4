"""What the worker's loop needs of a loaded model, so that the loop can be tested without one."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Literal, Protocol

from tutor.llm.one_line import one_line
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
from tutor.llm.wire import Load

Finish = Literal["stop", "length"]
Reason = Literal["bad_model", "no_model", "no_room", "too_long", "failed"]
Report = Callable[[int, int], None]
"""Called with how much is done and of how much: percent of a load, tokens of a prompt."""


class Cancelled(Exception):
    """The request was stopped by its sender or gave way to a more urgent one."""


class Refused(Exception):
    """The request can't be done; `message` says what to do, on one line whatever was put into it."""

    def __init__(self, reason: Reason, message: str) -> None:
        self.reason: Reason = reason
        self.message = one_line(message)
        super().__init__(self.message)


class Loaded(Protocol):
    """A model in memory. Everything that computes may raise Cancelled and Refused, and leaves the model usable."""

    info: ModelInfo

    @property
    def kept(self) -> int:
        """Bytes of prefixes that are set aside."""
        ...

    @property
    def threads(self) -> int:
        """Threads that the last batch was computed with."""
        ...

    def prompt(self, prompt: Prompt, *, open_turn: bool = False) -> list[int]: ...

    def tokenize(self, text: str, *, special: bool = False) -> list[int]: ...

    def render(self, messages: Sequence[Message]) -> str: ...

    def prefill(self, lane: Lane, tokens: Sequence[int], report: Report) -> int:
        """How many tokens the lane's cache holds afterwards."""
        ...

    def choose(
        self, lane: Lane, tokens: Sequence[int], continuations: Sequence[str], report: Report
    ) -> list[Continuation]: ...

    def next_tokens(
        self, lane: Lane, tokens: Sequence[int], top: int, report: Report
    ) -> list[TokenChoice]: ...

    def hidden(self, lane: Lane, tokens: Sequence[int], report: Report) -> list[float]: ...

    def set_adapters(self, lane: Lane, adapters: Sequence[Adapter]) -> None: ...

    def generate(
        self, lane: Lane, tokens: Sequence[int], sampling: Sampling, report: Report
    ) -> Generator[str, None, Finish]:
        """Yield text as it is certain; the generator's value is why it ended.

        Where it was stopped it yields nothing, "", and goes on when it is asked again.
        """
        ...

    def rest(self) -> None:
        """Nothing is to be done: time to write down what should be remembered."""
        ...

    def close(self) -> None: ...


Loader = Callable[[Load, StopFlag, Report], Loaded]
"""What to load, the flag that stops it and all that the model computes later, progress in percent."""
