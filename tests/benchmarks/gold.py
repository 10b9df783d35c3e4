"""The answers graded by hand in content/*/gold.yaml, and which of them nothing is fitted on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import yaml
from msgspec import Struct

from tutor.content.loader import LoadedCourse, load_course
from tutor.content.schema import Explain, Language
from tutor.paths import bundled


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


def held_out(item_id: str) -> bool:
    """A fifth of the items, by sha256 of the id: never fitted on."""
    return int.from_bytes(hashlib.sha256(item_id.encode()).digest()) % 5 == 0


def read_gold(path: Path) -> list[GoldItem]:
    return msgspec.convert(yaml.safe_load(path.read_text("utf-8")), list[GoldItem])


def rows(content: Path | None = None) -> Iterator[Row]:
    """Every graded answer of every course that has a gold.yaml."""
    for path in sorted((content or bundled("content")).glob("*/gold.yaml")):
        course = load_course(path.parent).course
        if course is None:
            raise ValueError(f"{path.parent} does not load; run `tutor check` on it")
        for gold in read_gold(path):
            found = course.find(gold.item)
            if found is None or not isinstance(found[1], Explain):
                raise ValueError(f"{path}: {gold.item} is no explain item of the course")
            for answer in gold.answers:
                yield Row(course, found[1], answer)
