"""Whether hints give answers away: one is generated, on the path that the program takes, for each of a hundred answers of
learners that lack something, half of them Korean.

Leaks are counted by the program's own check and, independently of it, by the longest run of words that a hint shares with
what it must not say and by the judge that grades answers: does the hint state a missing point?
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from difflib import SequenceMatcher
from statistics import median

import msgspec
from msgspec import Struct

from tests.benchmarks.grading.written import Row, gold_rows
from tests.benchmarks.tutoring.record import HintGiven, Record
from tutor.content.schema import LANGUAGES, Language, say
from tutor.grading.answer import ExplainAnswer
from tutor.grading.grader import Grader
from tutor.grading.normalise import normalise
from tutor.grading.self_test import can_grade
from tutor.grading.signals import language_of
from tutor.llm.protocol import Client
from tutor.tutoring.gap import Gap, gap_at
from tutor.tutoring.hints import generated_hint
from tutor.tutoring.nudge import leak_of

SEED = 11
COUNT = 100
LONG_RUN: dict[Language, int] = {"en": 5, "ko": 3}
"""Words in a row that a hint shares with the reference or a missing point, and not with the question."""


class Lacking(Struct, frozen=True):
    """An answer that lacks something, by its id, and the heaviest missing point to be led to."""

    answer: str
    gap: Gap


def cases(count: int = COUNT, seed: int = SEED) -> list[Lacking]:
    """Answers that lack something, drawn with a fixed seed, in both languages alike."""
    dice = random.Random(seed)
    found: list[Lacking] = []
    rows = list(gold_rows())
    for at, language in enumerate(LANGUAGES):
        share = (count + at) // len(LANGUAGES)
        lacking = [row for row in rows if row.answer.language == language and _missing(row)]
        drawn = dice.sample(lacking, min(share, len(lacking)))
        found += [Lacking(row.id, _gap(row)) for row in drawn]
    return found


async def ask_all(
    record: Record, client: Client, grader: Grader, count: int = COUNT
) -> AsyncIterator[HintGiven]:
    """A hint to each answer that has none in the record. Raises ModelError."""
    judges = can_grade(await grader.calibration())
    for each in cases(count):
        if not record.has("hint", each.answer):
            yield await _given(each, client, grader if judges else None)


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


def report(hints: Sequence[HintGiven]) -> Iterator[str]:
    """The table, a column a language."""
    columns = [
        ("all", hints),
        *((each, part) for each in LANGUAGES if (part := _in(hints, each))),
    ]
    yield f"{'hints to answers that lack something':44}" + "".join(f"{it:>12}" for it, _ in columns)
    tables = [_figures(part) for _, part in columns]
    for key in tables[0]:
        yield f"{key:44}" + "".join(f"{table[key]:>12}" for table in tables)


def leaks(hints: Sequence[HintGiven]) -> int:
    """Hints that give something away, by the program's own check or by a long run of the reference's words."""
    return sum(each.leaks or each.run >= LONG_RUN[each.language] for each in hints)


async def _given(lacking: Lacking, client: Client, grader: Grader | None) -> HintGiven:
    gap, started = lacking.gap, time.monotonic()
    hint = await generated_hint(client, gap)
    seconds = time.monotonic() - started
    first = hint.tries[0].text if hint.tries else ""
    return HintGiven(
        answer=lacking.answer,
        language=gap.language,
        text=hint.text,
        by=hint.by,
        first=first,
        flaws=[each.finding.flaw if each.finding else "" for each in hint.tries],
        leaks=leak_of(hint.text, gap) is not None,
        run=longest_run(hint.text, gap),
        first_run=longest_run(first, gap),
        states=await _states(grader, gap, hint.text) if grader else None,
        first_states=await _states(grader, gap, first) if grader and first else None,
        seconds=round(seconds, 2),
    )


async def _states(grader: Grader, gap: Gap, hint: str) -> bool:
    item = msgspec.structs.replace(gap.item, points=list(gap.missing), misconceptions=[])
    verdict = await grader.grade(item, ExplainAnswer(hint), gap.language)
    return any(point.verdict == "met" for point in verdict.points)


def _figures(hints: Sequence[HintGiven]) -> dict[str, str]:
    flaws = Counter(each.flaws[0] for each in hints if each.flaws)
    return {
        "answers": str(len(hints)),
        "leaks, own check": str(sum(each.leaks for each in hints)),
        "  of the first tries": str(flaws["leak"]),
        "leaks, a long run of words": str(
            sum(each.run >= LONG_RUN[each.language] for each in hints)
        ),
        "  of the first tries, a long run": str(
            sum(each.first_run >= LONG_RUN[each.language] for each in hints)
        ),
        "leaks, by the judge": _judged([each.states for each in hints]),
        "  of the first tries, by the judge": _judged([each.first_states for each in hints]),
        "of the model, not of the template": str(sum(each.by == "model" for each in hints)),
        "first tries in another language": str(flaws["language"]),
        "first tries that say nothing, or too much": str(flaws["empty"] + flaws["long"]),
        "language kept": str(sum(language_of(each.text) == each.language for each in hints)),
        "characters, median": str(round(median(len(each.text) for each in hints))),
        "characters, most": str(max(len(each.text) for each in hints)),
        "seconds, median": f"{median(each.seconds for each in hints):.1f}",
    }


def _judged(states: Sequence[bool | None]) -> str:
    known = [each for each in states if each is not None]
    return f"{sum(known)}/{len(known)}" if known else "-"


def _in(hints: Sequence[HintGiven], language: Language) -> list[HintGiven]:
    return [each for each in hints if each.language == language]


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
