"""Servers that speak the same interface differ: what is found out by trying, once, and remembered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from tutor.llm.remote_messages import SchemaStyle
from tutor.llm.remote_refusal import Refused

W = TypeVar("W")
R = TypeVar("R")


class Ways(Generic[W]):
    """Ways to ask the same, the best first. Those that were refused before one worked are not tried again."""

    def __init__(self, *ways: W) -> None:
        self._ways = ways

    async def first(self, attempt: Callable[[W], Awaitable[R]]) -> R:
        """What `attempt` gives for the first way that is not refused. Raises what refused the first."""
        refused: dict[W, Refused] = {}
        for way in self._ways:
            try:
                given = await attempt(way)
            except Refused as error:
                refused[way] = error
            else:
                # Another request may have found out meanwhile: only what is known here is taken off.
                self._ways = tuple(each for each in self._ways if each not in refused)
                return given
        raise next(iter(refused.values()))


class Dialect:
    """What one server understands."""

    def __init__(self) -> None:
        self._extras: Ways[bool] = Ways(True, False)
        self._schema: Ways[SchemaStyle] = Ways("json_schema", "json_object")

    async def plain(self, attempt: Callable[[bool], Awaitable[R]]) -> R:
        """`attempt(extras)`: ask with or without what goes beyond OpenAI's own interface."""
        return await self._extras.first(attempt)

    async def constrained(self, attempt: Callable[[bool, SchemaStyle], Awaitable[R]]) -> R:
        """`attempt(extras, style)`: the same, for an answer kept to a JSON Schema."""

        async def in_style(style: SchemaStyle) -> R:
            return await self._extras.first(lambda extras: attempt(extras, style))

        return await self._schema.first(in_style)
