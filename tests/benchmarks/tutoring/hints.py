"""Whether hints give answers away: `python -m tests.benchmarks.tutoring.hints --model NAME --count 100`.

A hint is generated, on the path that the program takes, for each of `--count` answers of learners that lack something,
half of them Korean. Leaks are counted by the program's own check and, independently of it, by the longest run of words that
a hint shares with what it must not say and by the judge that grades answers: does the hint state a missing point? Exit code
0 when no hint that is shown leaks by the program's own check, 1 when one does, 2 for wrong usage.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from statistics import median

import msgspec
from msgspec import Struct

from tests.benchmarks.grading.written import Row, gold_rows
from tutor.content.schema import LANGUAGES, Language, say
from tutor.grading.answer import ExplainAnswer
from tutor.grading.grader import Grader
from tutor.grading.normalise import normalise
from tutor.grading.self_test import can_grade
from tutor.grading.signals import language_of
from tutor.llm.catalog import load_catalog
from tutor.llm.hosted import HostedClient
from tutor.llm.installed import ModelNotFound, resolve
from tutor.llm.protocol import ModelError
from tutor.paths import bundled, model_roots, places
from tutor.tutoring.gap import Gap, gap_at
from tutor.tutoring.hints import Hint, generated_hint
from tutor.tutoring.nudge import leak_of

SEED = 11
LONG_RUN: dict[Language, int] = {"en": 5, "ko": 3}
"""Words in a row that a hint shares with the reference or a missing point, and not with the question."""


class Outcome(Struct, frozen=True):
    """One hint. `states`: whether the judge finds a missing point in it, None where the model can't grade."""

    gap: Gap
    hint: Hint
    seconds: float
    states: bool | None
    first_states: bool | None

    @property
    def first(self) -> str:
        """What the model wrote first; "" where it wrote nothing."""
        return self.hint.tries[0].text if self.hint.tries else ""


def cases(count: int, seed: int = SEED) -> list[Gap]:
    """The gaps in answers that lack something, in both languages alike, the heaviest missing point to be led to."""
    dice = random.Random(seed)
    found: list[Gap] = []
    rows = list(gold_rows())
    for at, language in enumerate(LANGUAGES):
        share = (count + at) // len(LANGUAGES)
        lacking = [row for row in rows if row.answer.language == language and _missing(row)]
        found += [_gap(row) for row in dice.sample(lacking, min(share, len(lacking)))]
    return found


def longest_run(hint: str, gap: Gap) -> int:
    """Words in a row, in any form as they stand, that the hint has from what it must not say and the question has not."""
    words = normalise(hint).split()
    asked = f" {normalise(say(gap.item.prompt, gap.language))} "
    longest = 0
    for secret in (gap.item.reference, *(point.text for point in gap.missing)):
        kept = normalise(say(secret, gap.language)).split()
        for block in SequenceMatcher(None, words, kept, autojunk=False).get_matching_blocks():
            run = " ".join(words[block.a : block.a + block.size])
            if f" {run} " not in asked:
                longest = max(longest, block.size)
    return longest


def report(name: str, outcomes: Sequence[Outcome]) -> int:
    """Print the table, a column a language; how many hints leak by the program's own check."""
    columns = [
        ("all", outcomes),
        *((each, part) for each in LANGUAGES if (part := _in(outcomes, each))),
    ]
    print(f"{name}: hints to {len(outcomes)} answers that lack something")
    print(f"{'':44}" + "".join(f"{title:>9}" for title, _ in columns))
    tables = [_figures(part) for _, part in columns]
    for key in tables[0]:
        print(f"{key:44}" + "".join(f"{table[key]:>9}" for table in tables))
    return int(tables[0]["leaks, own check"])


async def measure(name: str, count: int) -> list[Outcome]:
    """Raises ModelError, ModelNotFound."""
    catalog = load_catalog(bundled("models") / "catalog.yaml")
    model = resolve(name, model_roots(places(), os.environ), catalog)
    client = HostedClient(log=places().log / "benchmark.log")
    try:
        await client.load(model)
        grader = Grader(client)
        judges = can_grade(await grader.calibration())
        outcomes = []
        for gap in cases(count):
            started = time.monotonic()
            hint = await generated_hint(client, gap)
            seconds = time.monotonic() - started
            outcome = Outcome(gap, hint, seconds, None, None)
            if judges:
                outcome = msgspec.structs.replace(
                    outcome,
                    states=await _states(grader, gap, hint.text),
                    first_states=await _states(grader, gap, outcome.first),
                )
            outcomes.append(outcome)
            flaws = ", ".join(each.finding.flaw if each.finding else "-" for each in hint.tries)
            print(f"{len(outcomes):4} {hint.by:8} {flaws:28} {hint.text}", file=sys.stderr)
        return outcomes
    finally:
        await client.close()


async def _states(grader: Grader, gap: Gap, hint: str) -> bool:
    item = msgspec.structs.replace(gap.item, points=list(gap.missing), misconceptions=[])
    verdict = await grader.grade(item, ExplainAnswer(hint), gap.language)
    return any(point.verdict == "met" for point in verdict.points)


def _figures(outcomes: Sequence[Outcome]) -> dict[str, str]:
    texts = [each.hint.text for each in outcomes]
    flaws = Counter(
        each.hint.tries[0].finding.flaw
        for each in outcomes
        if each.hint.tries and each.hint.tries[0].finding
    )
    shown = [each for each in outcomes if each.hint.by == "model"]
    judged = [each for each in outcomes if each.states is not None]
    return {
        "answers": str(len(outcomes)),
        "leaks, own check": str(sum(leak_of(o.hint.text, o.gap) is not None for o in shown)),
        "  of the first tries, own check": str(flaws["leak"]),
        "leaks, a long run of words": _runs(outcomes, texts),
        "  of the first tries, a long run": _runs(outcomes, [each.first for each in outcomes]),
        "leaks, by the judge": str(sum(bool(o.states) for o in judged)) if judged else "-",
        "  of the first tries, by the judge": str(sum(bool(o.first_states) for o in judged))
        if judged
        else "-",
        "fall-backs to the passage": str(len(outcomes) - len(shown)),
        "first tries in another language": str(flaws["language"]),
        "first tries that say nothing, or too much": str(flaws["empty"] + flaws["long"]),
        "language kept": str(sum(language_of(o.hint.text) == o.gap.language for o in outcomes)),
        "characters, median": str(round(median(map(len, texts)))),
        "characters, most": str(max(map(len, texts))),
        "seconds, median": f"{median(each.seconds for each in outcomes):.1f}",
    }


def _in(outcomes: Sequence[Outcome], language: Language) -> list[Outcome]:
    return [each for each in outcomes if each.gap.language == language]


def _runs(outcomes: Sequence[Outcome], texts: Sequence[str]) -> str:
    long = [
        longest_run(text, each.gap) >= LONG_RUN[each.gap.language]
        for each, text in zip(outcomes, texts, strict=True)
    ]
    return str(sum(long))


def _missing(row: Row) -> bool:
    return len(row.answer.points) < len(row.item.points)


def _gap(row: Row) -> Gap:
    place = row.course.find(row.item.id)
    if place is None:
        raise ValueError(f"{row.item.id} is not in its course")
    missing = [point for point in row.item.points if point.id not in row.answer.points]
    return gap_at(
        row.course,
        place[0],
        row.item,
        missing,
        at=max(missing, key=lambda point: point.weight),
        answer=row.answer.text,
        language=row.answer.language,
    )


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.tutoring.hints", description=__doc__
    )
    parser.add_argument("--model", required=True, help="a name of the catalogue, or a path")
    parser.add_argument("--count", type=int, default=100, help="answers (default: 100)")
    arguments = parser.parse_args(argv)
    if arguments.count < 1:
        parser.error("--count: at least 1")
    try:
        outcomes = asyncio.run(measure(arguments.model, arguments.count))
    except (ModelError, ModelNotFound) as error:
        print(error, file=sys.stderr)
        return 2
    return int(report(arguments.model, outcomes) > 0)


if __name__ == "__main__":
    sys.exit(main())
