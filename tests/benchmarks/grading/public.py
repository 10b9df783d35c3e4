"""Public graded answers as cases. The files stay where they are: their folder is an argument."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.grading.cases import Case, Split, share
from tutor.grading.signals import cosine, grams

SHORTEST = 20
"""Characters; shorter answers of SAF are empty submissions, which flatter every figure."""


def semeval(folder: Path, name: str) -> Iterator[Case]:
    """SemEval-2013 Task 7, 2-way (Dzikovska et al. 2013): its train set, and UA, unseen answers to the same questions.

    Of the train set a tenth of the questions, and a twelfth of the answers to the others, are kept to fit on.
    """
    for part in ("train", "UA"):
        for row in _rows(folder / "semeval2013" / f"{name}.2way.{part}.jsonl"):
            address = f"{name}/{part}/{row['id']}"
            yield Case(
                id=address,
                set=name,
                split="test" if part == "UA" else _of_train(row["qid"], address),
                language="en",
                group=f"{name}/{row['qid']}",
                question=row["question"],
                answer=row["answer"],
                claim=nearest(row["answer"], [r["text"] for r in row["references"]]),
                label=row["label"] == "correct",
                whole=True,
            )


def _of_train(question: str, answer: str) -> Split:
    if share(question, 10) == 0:
        return "fit"
    return "answers" if share(answer, 12) == 0 else "tune"


def nearest(answer: str, references: Sequence[str]) -> str:
    """The reference that shares most with the answer: any of them makes it right. The first among equals."""
    wanted = grams(answer)
    return max(references, key=lambda reference: cosine(grams(reference), wanted))


def klue_nli(folder: Path) -> Iterator[Case]:
    """KLUE-NLI dev (Park et al. 2021), entailed or not: two thirds of the premises to train and fit on, a third to test."""
    rows = list(_rows(folder / "klue" / "klue_nli_dev.jsonl"))
    order = sorted({row["premise"] for row in rows}, key=lambda premise: share(premise, 2**64))
    place = {premise: at / len(order) for at, premise in enumerate(order)}
    for row in rows:
        at = place[row["premise"]]
        yield Case(
            id=f"klue/{row['id']}",
            set="klue",
            split="test" if at >= 2 / 3 else "fit" if at < 0.1 else "tune",
            language="ko",
            group=f"klue/{share(row['premise'], 2**64):x}",
            question="",
            answer=row["premise"],
            claim=row["hypothesis"],
            label=row["label"] == "entailment",
            kind=row["label"],
        )


class Scored(Case, frozen=True, kw_only=True):
    """`score` 0..1 is what people gave; `label` is whether that is all."""

    score: float


def saf(folder: Path) -> Iterator[Scored]:
    """Short Answer Feedback (Filighera et al. 2022), English: everything is for testing, nothing is trained on it."""
    for row in _rows(folder / "saf" / "saf1.english.unseen_answers.jsonl"):
        if len(row["answer"]) > SHORTEST:
            yield Scored(
                id=f"saf/{row['id']}",
                set="saf",
                split="test",
                language="en",
                group=f"saf/{row['qid']}",
                question=row["question"],
                answer=row["answer"],
                claim=row["references"][0],
                label=float(row["score"]) >= 1,
                whole=True,
                score=float(row["score"]),
            )


def klue_sts(folder: Path) -> Iterator[Scored]:
    """KLUE-STS dev: how alike two Korean sentences are, 0..5, here 0..1; asked is whether the first states the second."""
    for row in _rows(folder / "klue" / "klue_sts_dev.jsonl"):
        yield Scored(
            id=f"klue-sts/{row['id']}",
            set="klue-sts",
            split="test",
            language="ko",
            group=f"klue-sts/{row['id']}",
            question="",
            answer=row["a"],
            claim=row["b"],
            label=bool(row["binary"]),
            score=float(row["score"]) / 5,
        )


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
