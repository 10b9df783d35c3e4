"""What the worker's loop needs of a loaded model, so that the loop can be tested without one."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Literal, Protocol

from tutor.llm.one_line import one_line
from tutor.llm.protocol import Continuation, Lane, Message, ModelInfo, Sampling

Finish = Literal["stop", "length"]
Reason = Literal["bad_model", "no_model", "too_long", "failed"]
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

    def prompt(self, messages: Sequence[Message], *, open_turn: bool = False) -> list[int]: ...

    def raw_prompt(self, text: str) -> list[int]: ...

    def tokenize(self, text: str, *, special: bool = False) -> list[int]: ...

    def render(self, messages: Sequence[Message]) -> str: ...

    def prefill(self, lane: Lane, tokens: Sequence[int], report: Report) -> int:
        """How many tokens the lane's cache holds afterwards."""
        ...

    def choose(
        self, lane: Lane, tokens: Sequence[int], continuations: Sequence[str], report: Report
    ) -> list[Continuation]: ...

    def generate(
        self, lane: Lane, tokens: Sequence[int], sampling: Sampling, report: Report
    ) -> Generator[str, None, Finish]:
        """Yield text as it is certain; the generator's value is why it ended."""
        ...

    def close(self) -> None: ...


Loader = Callable[[Path, int, int, Callable[[], bool], Report], Loaded]
"""path, tokens of context, threads, "is this cancelled?", progress in percent."""
