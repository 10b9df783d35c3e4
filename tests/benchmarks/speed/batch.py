"""A file of answers graded together, against the same answers each graded as if it were the first."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

from tests.benchmarks.speed import texts
from tests.benchmarks.speed.bench import N_CTX, Bench
from tests.benchmarks.speed.pairs import Side, alternate, compared
from tests.benchmarks.speed.rubric import check_judged
from tests.benchmarks.speed.table import Reading, reading
from tutor import cli
from tutor.commands import model_session
from tutor.content.schema import Explain
from tutor.grading.answer import ExplainAnswer
from tutor.grading.grader import Grader
from tutor.llm.hosted import HostedClient
from tutor.llm.protocol import Client, Continuation, Lane, Message, ModelInfo, Prompt

Work = list[tuple[Explain, str]]


async def batch(bench: Bench) -> Reading:
    """Answers a second of `tutor grade --batch`, against grading with nothing left of the answer before.

    What is read alone is a part of the answers each round, another each time: it takes as long for every one of them.
    """
    effort = bench.effort
    work = texts.class_set(effort.questions, effort.answers)
    rows = _rows_file(work, bench.place("batch"))
    rounds = count()
    async with bench.client() as client:

        async def alone() -> float:
            part = work[next(rounds) % effort.questions :: effort.questions]
            began = time.perf_counter()
            for item, answer in part:
                await _grade_alone(client, bench.fresh(), item, answer)
            return len(part) / (time.perf_counter() - began)

        async def together() -> float:
            return len(work) / await asyncio.to_thread(_seconds_of_batch, rows, work, bench)

        sides: dict[str, Side] = {"a batch": together, "one after another, no reuse": alone}
        readings = await alternate(sides, effort.rounds)
    return reading(compared(readings, "a batch"), "answers/s", digits=2)


async def _grade_alone(client: HostedClient, nonce: str, item: Explain, answer: str) -> None:
    grader = Grader(cast(Client, Forgetful(client, nonce)))
    check_judged(await grader.grade(item, ExplainAnswer(answer), "en"), item)


class Forgetful:
    """A client that never saw a prompt before: each begins with a word of this one's own."""

    def __init__(self, client: HostedClient, nonce: str) -> None:
        self._client, self._nonce = client, nonce

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def choose(
        self, prompt: Prompt, continuations: Sequence[str], *, lane: Lane = "judge", **more: Any
    ) -> list[Continuation]:
        return await self._client.choose(self._begun(prompt), continuations, lane=lane, **more)

    async def prefill(
        self, prompt: Prompt, *, lane: Lane = "judge", open_turn: bool = False
    ) -> int:
        return await self._client.prefill(self._begun(prompt), lane=lane, open_turn=open_turn)

    def _begun(self, prompt: Prompt) -> Prompt:
        if isinstance(prompt, str):
            return f"{self._nonce} {prompt}"
        first, *rest = prompt
        return [Message(first.role, f"{self._nonce} {first.content}"), *rest]


class TimedClient(HostedClient):
    """Knows when its model was there and when it was asked to go: what lies between is the work."""

    loaded_at = closed_at = 0.0

    async def load(self, model: Path | str, *, n_ctx: int = N_CTX) -> ModelInfo:
        info = await super().load(Path(model), n_ctx=n_ctx)
        self.loaded_at = time.perf_counter()
        return info

    async def close(self) -> None:
        self.closed_at = self.closed_at or time.perf_counter()
        await super().close()


def _rows_file(work: Work, folder: Path) -> Path:
    rows = [texts.batch_row(at, item, answer) for at, (item, answer) in enumerate(work)]
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def _seconds_of_batch(rows: Path, work: Work, bench: Bench) -> float:
    """Run the command in this process, on a loop of its own; what loading takes is left out. Raises RuntimeError."""
    client = TimedClient(log=bench.folder / "worker.log")
    out = rows.with_name(f"verdicts-{bench.fresh()}.jsonl")
    command = ["grade", "--batch", str(rows), "--out", str(out), "--model", str(bench.path)]
    command += ["--jobs", "1"]
    said = io.StringIO()
    with (
        patch.object(model_session, "make_client", lambda context: client),
        contextlib.redirect_stderr(said),
    ):
        code = cli.main(command)
    verdicts = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    judged = [v for v in verdicts if "error" not in v and v["verdict"] != "ungraded"]
    if code != 0 or len(judged) != len(work):
        raise RuntimeError(f"graded {len(judged)} of {len(work)}: {said.getvalue().strip()}")
    return client.closed_at - client.loaded_at
