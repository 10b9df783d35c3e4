"""A batch as it runs: several rows at once, each row's result as soon as it is there, an end when the model is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from tutor.commands.batch_input import Source, Waiting
from tutor.commands.batch_rows import Row, as_item
from tutor.content.schema import Language
from tutor.grading.answer import ExplainAnswer
from tutor.grading.grader import Grader
from tutor.grading.overrule import expected_score
from tutor.grading.verdict import Versions
from tutor.llm.protocol import Client, ModelError

AT_ONCE_REMOTE = 4
"""Rows at once where a server answers; a model on this machine has one place to remember what rows have in common."""

Result = dict[str, Any]


class Gone(Exception):
    """The model answers nothing any more, whatever the row; the message is the model's."""


class Grading:
    """Rows to results with one client. `language_of` says in which language a row is graded."""

    def __init__(self, client: Client, language_of: Callable[[Row], Language]) -> None:
        self._client, self._grader = client, Grader(client)
        self._language_of = language_of

    @property
    def at_once(self) -> int:
        """How many rows at once this client is good for."""
        return AT_ONCE_REMOTE if self._client.name == "remote" else 1

    async def versions(self) -> Versions:
        """What the verdicts will depend on. Raises NoModel."""
        versions, _ = await self._grader.measured()
        return versions

    async def grade(self, waiting: Waiting) -> Result:
        """The verdict of one row with its id and expected score, or what is wrong with the row."""
        row = waiting.row
        if row is None:
            known = {} if waiting.id is None else {"id": waiting.id}
            return {
                "row": waiting.key,
                **known,
                "error": f"line {waiting.number}: {waiting.error}",
            }
        language = self._language_of(row)
        item = as_item(row, waiting.number, language)
        verdict = await self._grader.grade(
            item, ExplainAnswer(text=row.answer), language, whole=row.points is None
        )
        expected = None if verdict.score is None else expected_score(item.points, verdict.points)
        return {
            "row": waiting.key,
            "id": row.id,
            **msgspec.to_builtins(verdict),
            "expected": None if expected is None else round(expected, 4),
        }

    async def check(self) -> None:
        """Whether the model still answers, so that it was the row's fault. Raises Gone."""
        try:
            await self._grader.check()
        except ModelError as error:
            raise Gone(str(error)) from error


async def run(
    source: Source,
    grade: Callable[[Waiting], Awaitable[Result]],
    write: Callable[[Result], None],
    check: Callable[[], Awaitable[None]],
    at_once: int,
) -> None:
    """Grade and write every row of `source`, `at_once` at a time, each as soon as it is done.

    After a row that the model failed at, `check` decides whether it is worth going on.
    Raises the first error of any of the four; rows that are not written then are left undone.
    """

    async def work() -> None:
        while (waiting := await source.next()) is not None:
            result = await grade(waiting)
            write(result)
            if result.get("verdict") == "ungraded":
                await check()

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(work())
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
