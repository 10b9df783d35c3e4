"""What the judge's adapter is trained on: public graded answers, practice answers, and answers that cheat."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from tests.benchmarks.grading import public, written
from tests.benchmarks.grading.attacks import Target, attacks
from tests.benchmarks.grading.cases import Case

TOGETHER = 6
"""Answers to one question that stand in a row, so that the question is read once for all of them."""
CHEATS = 0.2
"""Answers that cheat for each practice question and language, as a share of the kinds there are."""


def gathered(
    data: Path | None,
    practice: Path,
    shares: dict[str, float],
    languages: Sequence[str],
    seed: int,
) -> list[Case]:
    """All cases to train on, in these languages.

    `shares`: how many of the answers, by the beginning of a case's id (`beetle`, `practice/ct-`); the longest that fits counts.
    """
    dice = random.Random(seed)
    cases = [case for case in _everything(data, practice) if case.split == "tune"]
    cases += cheating(practice, dice)
    kept = []
    for _, group in groupby(cases, key=lambda case: (case.set, case.group, case.answer)):
        answer = list(group)
        if dice.random() < _share(answer[0].id, shares):
            kept += answer
    return [case for case in kept if case.language in languages]


def _share(case: str, shares: dict[str, float]) -> float:
    fitting = [beginning for beginning in shares if case.startswith(beginning)]
    return shares[max(fitting, key=len)] if fitting else 1.0


def _everything(data: Path | None, practice: Path) -> Iterator[Case]:
    if data is not None:
        yield from public.semeval(data, "sciEntsBank")
        yield from public.semeval(data, "beetle")
        yield from public.klue_nli(data)
    yield from written.practice(practice)


def cheating(practice: Path, dice: random.Random) -> Iterator[Case]:
    """Attacks on the practice questions: no claim is stated by any of them."""
    for item in written.read_practice(practice):
        if written.split_of(item.id) != "tune":
            continue
        for language in ("en", "ko"):
            question = item.question.ko if language == "ko" else item.question.en
            claims = [point.text(language) for point in item.points]
            target = Target(item.id, language, question, claims)
            for kind, answer in attacks(target, "fit", dice):
                if dice.random() >= CHEATS:
                    continue
                for at, claim in enumerate(claims):
                    yield Case(
                        id=f"cheat/{item.id}/{language}/{kind}/{at}", set="cheat", split="tune", language=language,
                        group=f"practice/{item.id}", question=question, answer=answer, claim=claim, label=False, kind=kind,
                    )  # fmt: skip


def shuffled(cases: Sequence[Case], seed: int) -> list[Case]:
    """A new order: all claims about an answer together, a few answers to one question in a row."""
    dice = random.Random(seed)
    answers: dict[tuple[str, str], dict[str, list[Case]]] = defaultdict(lambda: defaultdict(list))
    for case in cases:
        answers[case.group, case.language][case.answer].append(case)
    chunks: list[list[Case]] = []
    for group in answers.values():
        texts = list(group)
        dice.shuffle(texts)
        for at in range(0, len(texts), TOGETHER):
            chunks.append([case for text in texts[at : at + TOGETHER] for case in group[text]])
    dice.shuffle(chunks)
    return [case for chunk in chunks for case in chunk]
