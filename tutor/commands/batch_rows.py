"""One row of a batch: what it must have, the item it is graded as, and the language it is graded in."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from tutor.commands.terminal import one_line
from tutor.content.schema import LANGUAGES, Explain, Language, Point
from tutor.grading.signals import language_of

REFERENCE = "reference"
"""The id of the one point of a row that brings none."""

_LONGEST_ID = 64


class Claim(Struct, frozen=True):
    id: str
    text: str
    weight: Annotated[float, Meta(gt=0, le=100)] = 1


class Row(Struct, frozen=True):
    """One answer to grade. Fields beyond these are left aside."""

    id: str | int
    question: str
    reference: str
    answer: str
    points: list[Claim] | None = None
    language: Language | None = None


class BadRow(ValueError):
    """The line is no row that can be graded."""


def read_row(line: bytes) -> Row:
    """The row in one line of JSON. Raises BadRow."""
    try:
        row = msgspec.json.decode(line, type=Row)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRow(one_line(str(error))) from None
    ids = [point.id for point in row.points or ()]
    twice = next((id for id in ids if ids.count(id) > 1), None)
    if twice is not None:
        raise BadRow(f"two points have the id {twice!r}")
    return row


def id_of(line: bytes) -> str | int | None:
    """The id of a row that is wrong in other ways, if that much of it can be read."""
    try:
        row = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    id = row.get("id") if isinstance(row, dict) else None
    return id if isinstance(id, str | int) else None


def as_item(row: Row, number: int, language: Language) -> Explain:
    """The row as an item of a course, so that it is graded on the same path; its id is a plain one."""
    slug = re.sub(r"[^a-z0-9]+", "-", str(row.id).lower()).strip("-")[:_LONGEST_ID].strip("-")
    claims = row.points or [Claim(REFERENCE, row.reference)]
    return Explain(
        id=slug or f"row-{number}",
        section="row",
        prompt={language: row.question},
        hints=[],
        reference={language: row.reference},
        points=[Point(id=c.id, text={language: c.text}, weight=c.weight) for c in claims],
    )


def language_in(row: Row) -> Language | None:
    """What the question is written in, or else the reference or the answer; None where there is too little to say."""
    found = language_of(row.question) or language_of(row.reference) or language_of(row.answer)
    return next((language for language in LANGUAGES if language == found), None)
