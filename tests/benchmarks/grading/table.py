"""The table: every figure of agreement beside its floors, computed from what was measured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from tests.benchmarks.grading import metrics
from tests.benchmarks.grading.graders import (
    ABLATIONS,
    FOLDS,
    JUDGE,
    LEXICAL,
    MAJORITY,
    NAIVE,
    Fitted,
    Way,
    fitted,
    folded,
    known,
    labels,
)
from tests.benchmarks.grading.metrics import Array, Interval
from tests.benchmarks.grading.record import Measured

HEAD = f"{'':<34} {'n':>5}  {'accuracy':<22} {'macro-F1':>8} {'AUC':>6} {'ECE':>6} {'AURC':>6} {'decided':>8} {'right':>6}"


FEWEST = 40
"""Rows below which nothing is fitted or told."""


class Group(NamedTuple):
    """Rows that are tested together, and those that whatever is needed for it is fitted on."""

    name: str
    test: list[Measured]
    fit: list[Measured]
    lexical_fit: list[Measured]


class Line(NamedTuple):
    """One way on one group."""

    group: str
    way: str
    n: int
    accuracy: Interval
    macro_f1: float
    auc: float
    ece: float
    aurc: float
    decided: float
    right: float

    def __str__(self) -> str:
        return (
            f"  {self.way:<32} {self.n:>5}  {self.accuracy!s:<22} {self.macro_f1:>8.3f} {self.auc:>6.3f} "
            f"{self.ece:>6.3f} {self.aurc:>6.3f} {self.decided:>8.3f} {self.right:>6.3f}"
        )


def groups(rows: Sequence[Measured], lexical: Sequence[Measured]) -> list[Group]:
    """The public sets each on its own, fitted as they are tested; the course's answers by language, with practice answers."""
    by: dict[tuple[str, str], list[Measured]] = defaultdict(list)
    for row in rows:
        by[row.set, row.split].append(row)
    found = []
    for name in ("sciEntsBank", "beetle", "klue"):
        own = [row for row in lexical if row.set == name and row.split != "test"]
        if by[name, "test"]:
            test = balanced(by[name, "test"]) if name == "klue" else by[name, "test"]
            found.append(
                Group(
                    f"{name}, unseen answers" if name != "klue" else "klue-nli, unseen premises",
                    test,
                    fit := by[name, "answers"] or by[name, "fit"],
                    own or fit,
                )
            )
    points = [*by["gold", "fit"], *by["practice", "fit"]]
    for language in ("en", "ko"):
        test = [row for row in by["gold", "test"] if row.language == language]
        if test:
            found.append(Group(f"own gold, unseen questions, {language}", test, points, points))
    return found


def balanced(rows: Sequence[Measured]) -> list[Measured]:
    """As many of one label as of the other, the first by id."""
    sides = [
        sorted((r for r in rows if r.label is side), key=lambda r: r.id) for side in (True, False)
    ]
    size = min(len(side) for side in sides)
    return [row for side in sides for row in side[:size]]


def lines(group: Group, ways: Sequence[Way]) -> Iterator[Line]:
    for way in ways:
        base = group.lexical_fit if way in (LEXICAL, MAJORITY) else group.fit
        if way is MAJORITY:
            share = float(labels(base).mean())
            yield line(
                group.name, way.name, group.test, np.full(len(group.test), share), share, share
            )
        elif (
            len(some := known(way, base)) >= FEWEST
            and len(test := known(way, group.test)) >= FEWEST
        ):
            yield of(group.name, fitted(way, some), test)
            if JUDGE.columns[0] in way.columns and len(test) < len(group.test):
                beside = of(group.name, fitted(JUDGE, some), test)
                yield beside._replace(way="  the judge alone on these")


def of(name: str, found: Fitted, rows: Sequence[Measured]) -> Line:
    return line(name, found.way.name, rows, found.p(rows), found.unmet, found.met)


def line(name: str, way: str, rows: Sequence[Measured], p: Array, unmet: float, met: float) -> Line:
    y = labels(rows)
    sure, right = metrics.decided(p, y, unmet, met)
    return Line(
        name, way, len(rows), metrics.interval(metrics.accuracy, p, y, [row.group for row in rows]),
        metrics.macro_f1(p, y), metrics.auc(p, y), metrics.ece(p, y), metrics.risk_coverage(p, y), sure, right,
    )  # fmt: skip


def unseen_questions(rows: Sequence[Measured]) -> Iterator[Line]:
    """Train questions that no adapter was trained on, in five folds by question."""
    for name in ("sciEntsBank", "beetle", "klue", "practice"):
        every = [row for row in rows if row.set == name and row.split == "fit"]
        for way in (LEXICAL, NAIVE, JUDGE):
            part = known(way, every)
            if len({row.group for row in part}) >= FOLDS:
                yield line(
                    f"{name}, five folds by question", way.name, part, folded(way, part), 0.5, 0.5
                )


SCORED = {"saf": ("sciEntsBank", "beetle"), "klue-sts": ("klue",)}
"""A set that people gave scores to, and the sets that a probability is fitted on for it."""


class Against(NamedTuple):
    """How the probability that all is right goes with the scores of people."""

    set: str
    way: str
    n: int
    r: float
    rmse: float
    qwk: float

    def __str__(self) -> str:
        return f"  {self.way:<32} {self.n:>5}  r {self.r:.3f}  RMSE {self.rmse:.3f}  QWK {self.qwk:.3f}"


def scored(rows: Sequence[Measured]) -> Iterator[Against]:
    """The floor, and the judge, on every set with scores that was measured."""
    for name, base in SCORED.items():
        part = [row for row in rows if row.set == name and row.score is not None]
        fit = [row for row in rows if row.set in base and row.split == "fit"]
        for way in (LEXICAL, JUDGE):
            test = known(way, part)
            if len(test) >= FEWEST and len(known(way, fit)) >= FEWEST:
                p, y = (
                    fitted(way, known(way, fit)).p(test),
                    np.array([row.score for row in test], float),
                )
                yield Against(
                    name,
                    way.name,
                    len(test),
                    metrics.pearson(p, y),
                    metrics.rmse(p, y),
                    metrics.qwk(p, y),
                )


def accepted(rows: Sequence[Measured], found: Fitted) -> dict[tuple[str, str], tuple[int, int]]:
    """(kind, language) of an attack to (accepted as full, how many): all points met is accepted."""
    answers: dict[tuple[str, str, str], list[bool]] = defaultdict(list)
    for row, p in zip(rows, found.p(known(JUDGE, rows)), strict=True):
        answers[row.kind, row.language, row.answer].append(bool(p >= found.met))
    counts: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for (kind, language, _), points in answers.items():
        counts[kind, language].append(all(points))
    return {key: (sum(full), len(full)) for key, full in sorted(counts.items())}


def by_kind(rows: Sequence[Measured], found: Fitted) -> dict[str, tuple[int, float, float]]:
    """Kind of answer to (points, accuracy, share decided)."""
    kinds: dict[str, list[Measured]] = defaultdict(list)
    for row in rows:
        kinds[row.kind].append(row)
    told = {}
    for kind, part in sorted(kinds.items()):
        p, y = found.p(part), labels(part)
        told[kind] = (
            len(part),
            metrics.accuracy(p, y),
            metrics.decided(p, y, found.unmet, found.met)[0],
        )
    return told


WAYS = (MAJORITY, LEXICAL, NAIVE, JUDGE)
ALL_WAYS = (*WAYS, *ABLATIONS)
