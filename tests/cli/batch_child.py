"""`tutor grade --batch` with a scripted model, in a process that ends itself at a chosen moment, as `kill -9` would."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import psutil

from tests.cli.conftest import Script, judge
from tutor.cli import main
from tutor.commands import model_session
from tutor.llm.protocol import Message, ModelInfo

MOMENTS = ("load", "choose", "half", "written", "draft", "replaced")
"""Loading; at the nth question to the model; after half of the nth line, or all of it; with a draft of the whole file
written, and when it has taken the file's place."""


def die() -> None:
    psutil.Process().kill()


class Mortal(Script):
    def __init__(self, moment: str, left: int) -> None:
        super().__init__(choices=self._answer)
        self._moment, self._left = moment, left

    async def load(self, model: Path | str, *, n_ctx: int = 4096) -> ModelInfo:
        if self._moment == "load":
            die()
        return await super().load(model, n_ctx=n_ctx)

    def _answer(self, messages: Sequence[Message], continuations: Sequence[str]) -> Sequence[float]:
        if self._moment == "choose":
            self._left -= 1
            if self._left == 0:
                die()
        return judge(messages, continuations)


def mind_writing(moment: str, left: int) -> None:
    real = os.write

    def write(descriptor: int, data: bytes) -> int:
        nonlocal left
        if not data.startswith(b'{"row"'):
            return real(descriptor, data)
        left -= 1
        if left == 0 and moment == "half":
            real(descriptor, data[: len(data) // 2])
            die()
        count = real(descriptor, data)
        if left == 0:
            die()
        return count

    os.write = write  # type: ignore[assignment]


def mind_replacing(moment: str) -> None:
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if moment == "draft":
            die()
        done = real(self, target)
        die()
        return done

    Path.replace = replace  # type: ignore[assignment,method-assign]


def run(moment: str, count: int, argv: Sequence[str]) -> int:
    client = Mortal(moment, count)
    model_session.make_client = lambda context: client
    if moment in ("half", "written"):
        mind_writing(moment, count)
    elif moment in ("draft", "replaced"):
        mind_replacing(moment)
    return main(argv)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], int(sys.argv[2]), sys.argv[3:]))
