"""Answers written and graded for this project: the course's gold answers and the practice answers, as cases."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import yaml
from msgspec import Struct

from tests.benchmarks.grading.attacks import Target, attacks
from tests.benchmarks.grading.cases import Case, Split, held_out, share
from tutor.content.loader import LoadedCourse, load_course
from tutor.content.schema import Explain, Language, Misconception, Point
from tutor.paths import bundled

PRACTICE = bundled("models") / "grading" / "practice"


class GoldAnswer(Struct, frozen=True, forbid_unknown_fields=True):
    kind: str
    language: Language
    text: str
    points: list[str] = []
    misconceptions: list[str] = []


class GoldItem(Struct, frozen=True, forbid_unknown_fields=True):
    item: str
    answers: list[GoldAnswer]


class Row(Struct, frozen=True):
    course: LoadedCourse
    item: Explain
    answer: GoldAnswer
    id: str


class Claim(Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    en: str
    ko: str

    def text(self, language: Language) -> str:
        return self.ko if language == "ko" else self.en


class Question(Struct, frozen=True, forbid_unknown_fields=True):
    en: str
    ko: str


class PracticeItem(Struct, frozen=True, forbid_unknown_fields=True):
    """A question of another subject, its points and misconceptions, and graded answers to it."""

    id: str
    question: Question
    points: list[Claim]
    misconceptions: list[Claim]
    answers: list[GoldAnswer]


def read_gold(path: Path) -> list[GoldItem]:
    return msgspec.convert(yaml.safe_load(path.read_text("utf-8")), list[GoldItem])


def gold_rows(content: Path | None = None) -> Iterator[Row]:
    """Every graded answer of every course that has a gold.yaml."""
    for path in sorted((content or bundled("content")).glob("*/gold.yaml")):
        course = load_course(path.parent).course
        if course is None:
            raise ValueError(f"{path.parent} does not load; run `tutor check` on it")
        for gold in read_gold(path):
            found = course.find(gold.item)
            if found is None or not isinstance(found[1], Explain):
                raise ValueError(f"{path}: {gold.item} is no explain item of the course")
            for at, answer in enumerate(gold.answers):
                yield Row(course, found[1], answer, f"{course.course.id}/{gold.item}/{at}")


def gold(content: Path | None = None) -> Iterator[Case]:
    """Each point about each gold answer; the items that are held out to test, the others to fit on."""
    for row in gold_rows(content):
        yield from _about(row, "gold", row.item.points, row.answer.points)


def believed(content: Path | None = None) -> Iterator[Case]:
    """Each misconception about each gold answer."""
    for row in gold_rows(content):
        yield from _about(row, "beliefs", row.item.misconceptions, row.answer.misconceptions)


def _about(
    row: Row, name: str, claims: Sequence[Point | Misconception], stated: Sequence[str]
) -> Iterator[Case]:
    """Each of the claims about one gold answer, as cases of the set `name`."""
    language = row.answer.language
    for claim in claims:
        yield Case(
            id=f"{name}/{row.id}/{claim.id}",
            set=name,
            split="test" if held_out(row.item.id) else "fit",
            language=language,
            group=f"gold/{row.item.id}",
            question=row.item.prompt[language],
            answer=row.answer.text,
            claim=claim.text[language],
            label=claim.id in stated,
            kind=row.answer.kind,
        )


def read_practice(folder: Path) -> Iterator[PracticeItem]:
    for path in sorted(folder.glob("*.yaml")):
        yield from msgspec.convert(yaml.safe_load(path.read_text("utf-8")), list[PracticeItem])


def split_of(practice_item: str) -> Split:
    """A tenth of the practice items to fit on, the rest to tune."""
    return "fit" if share(practice_item, 10) == 0 else "tune"


def practice(folder: Path) -> Iterator[Case]:
    """Each point and each misconception about each practice answer."""
    for item in read_practice(folder):
        split = split_of(item.id)
        for at, answer in enumerate(item.answers):
            stated = {*answer.points, *answer.misconceptions}
            for claim in (*item.points, *item.misconceptions):
                yield Case(
                    id=f"practice/{item.id}/{at}/{claim.id}",
                    set="practice",
                    split=split,
                    language=answer.language,
                    group=f"practice/{item.id}",
                    question=item.question.ko if answer.language == "ko" else item.question.en,
                    answer=answer.text,
                    claim=claim.text(answer.language),
                    label=claim.id in stated,
                    kind=answer.kind,
                )


def attacked(content: Path | None = None) -> Iterator[Case]:
    """Each point about each attack, in the wordings for testing, on every explain item with gold answers, in both languages."""
    seen: set[str] = set()
    for row in gold_rows(content):
        item, language = row.item, row.answer.language
        address = f"{item.id}/{language}"
        if address in seen:
            continue
        seen.add(address)
        claims = [point.text[language] for point in item.points]
        target = Target(address, language, item.prompt[language], claims)
        for kind, answer in attacks(target, "test", random.Random(address)):
            for point, claim in zip(item.points, claims, strict=True):
                yield Case(
                    id=f"attack/{address}/{kind}/{point.id}",
                    set="attack",
                    split="test",
                    language=language,
                    group=f"gold/{item.id}",
                    question=item.prompt[language],
                    answer=answer,
                    claim=claim,
                    label=False,
                    kind=kind,
                )
