"""Many answers from a file of JSON lines, each graded as the app grades; what was interrupted goes on where it was."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from msgspec import Struct

from tutor.commands.batch_input import Source, by_question, keys, reading, waiting
from tutor.commands.batch_output import Busy, Kept, OtherVersions, Output, Printed, kept
from tutor.commands.batch_record import NotVerdicts
from tutor.commands.batch_rows import Row, language_in
from tutor.commands.batch_run import Gone, Grading, Result, run
from tutor.commands.failures import Failed, WrongUsage
from tutor.commands.model_session import model_path, open_model
from tutor.commands.terminal import StatusLine, note
from tutor.grading.verdict import Versions
from tutor.llm.one_line import one_line

if TYPE_CHECKING:
    from tutor.commands.context import Context
    from tutor.content.schema import Language
    from tutor.llm.address import ModelPlace


class Order(Struct, frozen=True, kw_only=True):
    """`source` "-" is stdin, `target` None stdout, `jobs` None as many as the client is good for."""

    source: str
    target: str | None = None
    model: str | None = None
    jobs: int | None = None
    fresh: bool = False


def grade_file(order: Order, context: Context) -> int:
    """Grade every row that is not graded yet; 1 when one could not be. Raises Failed, WrongUsage, ModelError, OSError."""
    if order.target is not None and order.source != "-" and _same(order.source, order.target):
        raise WrongUsage(context.strings("cli.batch.same"))
    model = model_path(context, order.model)
    with reading(order.source) as lines, _writing(order, context) as output:
        return _Batch(context, lines, output).run(model, order.jobs)


class _Batch:
    """One run, and how far it is."""

    def __init__(self, context: Context, lines: BinaryIO, output: Output) -> None:
        self._context, self._lines, self._output = context, lines, output
        self._file = output if isinstance(output, Kept) else None
        # Only what can be put in order afterwards is graded in another order.
        self._start = lines.tell() if self._file is not None and lines.seekable() else None
        self._status = StatusLine()
        self._graded = self._failed = 0

    def run(self, model: ModelPlace, jobs: int | None) -> int:
        try:
            asyncio.run(self._grade_all(model, jobs))
            self._put_in_order()
        except Gone as error:
            raise Failed(self._stopped("cli.batch.gone", reason=str(error))) from error
        except KeyboardInterrupt:
            self._status.clear()
            note(self._stopped("cli.batch.stopped"))
            raise
        finally:
            self._status.clear()
        note(self._count("cli.batch.done"))
        return 1 if self._failed else 0

    async def _grade_all(self, model: ModelPlace, jobs: int | None) -> None:
        self._status.show(self._context.strings("cli.loading", model=model.stem))
        async with open_model(self._context, model) as client:
            grading = Grading(client, self._language)
            await self._begin(await grading.versions())
            rows = waiting(self._lines, self._output.is_done)
            source = Source(rows if self._start is None else by_question(rows))
            await run(source, grading.grade, self._write, grading.check, jobs or grading.at_once)

    async def _begin(self, versions: Versions) -> None:
        """Make the output ready, and say what is done already."""
        strings = self._context.strings
        try:
            await asyncio.to_thread(self._output.begin, versions)
        except OtherVersions as error:
            found, now = _named(error.found), _named(versions)
            raise WrongUsage(strings("cli.batch.other_versions", found=found, now=now)) from None
        if self._output.kept:
            self._status.clear()
            note(strings("cli.batch.kept", count=self._output.kept))

    def _write(self, result: Result) -> None:
        self._output.write(result)
        unhappy = "error" in result or result["verdict"] == "ungraded"
        self._graded, self._failed = self._graded + (not unhappy), self._failed + unhappy
        self._status.show(self._count("cli.batch.progress"))

    def _put_in_order(self) -> None:
        if self._file is not None and self._start is not None:
            self._lines.seek(self._start)
            self._file.put_in_order(keys(self._lines))

    def _language(self, row: Row) -> Language:
        asked = row.language or self._context.asked_language
        return asked or language_in(row) or self._context.language

    def _count(self, key: str, **fields: str) -> str:
        return self._context.strings(key, graded=self._graded, failed=self._failed, **fields)

    def _stopped(self, key: str, **fields: str) -> str:
        """Where it ended too early, and how the rest is done."""
        told = self._count(key, **fields)
        return f"{told} {self._context.strings('cli.batch.goes_on')}" if self._file else told


@contextmanager
def _writing(order: Order, context: Context) -> Iterator[Output]:
    """Where the results go. Raises Failed, WrongUsage, OSError."""
    if order.target is None:
        yield Printed(sys.stdout)
        return
    path = Path(order.target).resolve()
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8", newline="\n") as stream:
            yield Printed(stream)
        return
    try:
        with kept(path, fresh=order.fresh) as output:
            yield output
    except Busy:
        raise Failed(context.strings("cli.batch.busy", out=order.target)) from None
    except NotVerdicts as error:
        told = context.strings("cli.batch.not_verdicts", out=order.target, line=error.line)
        raise WrongUsage(told) from None


def _named(versions: Versions) -> str:
    parts = [versions.model, versions.prompt, versions.calibration]
    if versions.sha256:
        parts.insert(1, versions.sha256[:12])
    return one_line(", ".join(part or "?" for part in parts))


def _same(source: str, target: str) -> bool:
    return Path(source).resolve() == Path(target).resolve()
