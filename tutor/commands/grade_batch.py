"""Many answers from a file of JSON lines, each graded as the app grades; a row goes out as soon as it is done."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, TextIO

import msgspec
from msgspec import Meta, Struct

from tutor.commands.failures import WrongUsage
from tutor.commands.model_session import model_path, open_model
from tutor.commands.terminal import StatusLine, note, one_line, say_json
from tutor.content.schema import LANGUAGES, Explain, Language, Point
from tutor.grading.answer import ExplainAnswer
from tutor.grading.grader import Grader
from tutor.grading.overrule import expected_score
from tutor.grading.signals import language_of

if TYPE_CHECKING:
    from tutor.commands.context import Context

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


def grade_file(source: str, target: str | None, model: str | None, context: Context) -> int:
    """Grade every row of the file `source` ("-": stdin) into `target` (None: stdout); 1 when one could not be."""
    if target is not None and source != "-" and _same(source, target):
        raise WrongUsage(context.strings("cli.batch.same"))
    path = model_path(context, model)
    with _reading(source) as rows, _writing(target) as out:
        return asyncio.run(_grade_all(rows, out, path, context))


async def _grade_all(rows: BinaryIO, out: TextIO, model: Path, context: Context) -> int:
    status = StatusLine()
    graded = failed = 0
    try:
        status.show(context.strings("cli.loading", model=model.stem))
        async with open_model(context, model) as client:
            grader = Grader(client)
            for number, line in enumerate(rows, start=1):
                if not line.strip():
                    continue
                result = await _graded(line, number, grader, context)
                say_json(result, out)
                unhappy = "error" in result or result["verdict"] == "ungraded"
                graded, failed = graded + (not unhappy), failed + unhappy
                status.show(context.strings("cli.batch.progress", graded=graded, failed=failed))
    finally:
        status.clear()
    note(context.strings("cli.batch.done", graded=graded, failed=failed))
    return 1 if failed else 0


async def _graded(line: bytes, number: int, grader: Grader, context: Context) -> dict[str, Any]:
    """The verdict of one row with its id and expected score, or what is wrong with the row."""
    try:
        row = read_row(line)
    except BadRow as error:
        return {**_id_of(line), "error": f"line {number}: {error}"}
    language = row.language or context.asked_language or _language(row) or context.language
    item = as_item(row, number, language)
    verdict = await grader.grade(item, ExplainAnswer(text=row.answer), language)
    expected = None if verdict.score is None else expected_score(item.points, verdict.points)
    return {
        "id": row.id,
        **msgspec.to_builtins(verdict),
        "expected": None if expected is None else round(expected, 4),
    }


def read_row(line: bytes) -> Row:
    """The row in one line of JSON. Raises BadRow."""
    try:
        row = msgspec.json.decode(line.removeprefix(b"\xef\xbb\xbf"), type=Row)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRow(one_line(str(error))) from None
    ids = [point.id for point in row.points or ()]
    twice = next((id for id in ids if ids.count(id) > 1), None)
    if twice is not None:
        raise BadRow(f"two points have the id {twice!r}")
    return row


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


def _language(row: Row) -> Language | None:
    """What the question is written in, or else the reference or the answer."""
    found = language_of(row.question) or language_of(row.reference) or language_of(row.answer)
    return next((language for language in LANGUAGES if language == found), None)


def _id_of(line: bytes) -> dict[str, Any]:
    """The id of a row that is wrong in other ways, if that much of it can be read."""
    try:
        row = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    id = row.get("id") if isinstance(row, dict) else None
    return {"id": id} if isinstance(id, str | int) else {}


def _same(source: str, target: str) -> bool:
    return Path(source).resolve() == Path(target).resolve()


@contextmanager
def _reading(source: str) -> Iterator[BinaryIO]:
    if source == "-":
        yield sys.stdin.buffer
    else:
        with Path(source).open("rb") as file:
            yield file


@contextmanager
def _writing(target: str | None) -> Iterator[TextIO]:
    if target is None:
        yield sys.stdout
    else:
        with Path(target).open("w", encoding="utf-8", newline="\n") as file:
            yield file
