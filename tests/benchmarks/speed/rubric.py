"""A rubric after reading ahead, against the four completions that somebody without our judge would ask for."""

from __future__ import annotations

import time

from tests.benchmarks.speed import texts
from tests.benchmarks.speed.bench import Bench, worker_environ
from tests.benchmarks.speed.pairs import Side, alternate, compared
from tests.benchmarks.speed.table import Reading, reading
from tutor.content.schema import Explain
from tutor.grading.answer import ExplainAnswer
from tutor.grading.grader import Grader
from tutor.grading.verdict import Verdict
from tutor.llm.hosted import HostedClient

OURS = "read ahead"
SEPARATE = "four completions, each from a clean state"
REUSING = "four completions with the library's own reuse"
STILL_TYPED = 5
"""Words at the end of an answer that are typed after the last pause."""


async def rubric(bench: Bench) -> Reading:
    """The verdict, once the question and most of the answer were read ahead, against the library's completions."""
    async with bench.client() as client, bench.high_level(await worker_environ(client)) as library:

        async def read_ahead() -> float:
            item, answer = await case(client, bench)
            return await graded_after_reading(Grader(client), item, answer)

        def completions(*, reuse: bool) -> Side:
            async def once() -> float:
                item, answer = await case(client, bench)
                talks = texts.json_talks(item, answer)
                return float((await library.ask(talks=talks, reuse=reuse))["seconds"])

            return once

        await read_ahead()
        sides: dict[str, Side] = {
            OURS: read_ahead,
            SEPARATE: completions(reuse=False),
            REUSING: completions(reuse=True),
        }
        readings = await alternate(sides, bench.effort.rounds)
    reusing = compared(readings, OURS, against=[REUSING])
    note = f"against {REUSING}, {reusing.theirs:.2f} s: {reusing.ratio:.3f}"
    return reading(compared(readings, OURS, against=[SEPARATE]), "s", note, digits=2)


async def case(client: HostedClient, bench: Bench) -> tuple[Explain, str]:
    """An item whose question no cache has seen, and an answer of the length asked for."""
    item, answer = texts.four_points(bench.fresh())
    return item, await texts.sized(client, answer, bench.effort.answer)


async def graded_after_reading(grader: Grader, item: Explain, answer: str) -> float:
    """Seconds from handing in to the verdict."""
    await grader.prefill(item, "en")
    await grader.prefill(item, "en", draft=" ".join(answer.split()[:-STILL_TYPED]))
    began = time.perf_counter()
    verdict = await grader.grade(item, ExplainAnswer(answer), "en")
    seconds = time.perf_counter() - began
    check_judged(verdict, item)
    return seconds


def check_judged(verdict: Verdict, item: Explain) -> None:
    """Raises RuntimeError unless the model was asked about every point: nothing else is worth timing."""
    said = [point.probability for point in verdict.points if point.by == "model"]
    if len(said) != len(item.points) or None in said or len(set(said)) < 2:
        raise RuntimeError(f"not every point was judged: {verdict.verdict}, {verdict.feedback}")
