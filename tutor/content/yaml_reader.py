"""YAML read safely: plain values and where each stands; no tags, aliases, surprises or bombs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn

from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from tutor.content.wording import describe, quote
from tutor.content.yaml_scalars import LONGEST_INTEGER, resolve
from tutor.content.yaml_source import START, Mark, YamlError, as_mark, decode, events

MAX_DEPTH = 50
MAX_NODES = 50_000

Trail = tuple[str | int, ...]
"""The keys and indexes that lead from the top of a file to a value."""


class Flaw(NamedTuple):
    """Something wrong that does not keep the rest of the file from being read."""

    mark: Mark
    trail: Trail
    message: str


@dataclass(frozen=True)
class Document:
    """Plain values (dict with text keys, list, str, int, float, bool, None) and the marks of values and keys."""

    value: Any = None
    marks: Mapping[Trail, Mark] = field(default_factory=dict)
    key_marks: Mapping[Trail, Mark] = field(default_factory=dict)
    flaws: tuple[Flaw, ...] = ()

    def at(self, trail: Trail) -> Mark:
        """Where the value at `trail` stands, or the nearest one around it."""
        while trail and trail not in self.marks:
            trail = trail[:-1]
        return self.marks.get(trail, START)

    def at_key(self, trail: Trail) -> Mark:
        """Where the last key of `trail` is written, or else its value."""
        return self.key_marks.get(trail) or self.at(trail)


def read_yaml(data: bytes) -> Document:
    """The one document in `data`. Raises YamlError; duplicate and non-text keys become flaws instead."""
    return _Composer(decode(data)).document()


class _Composer:
    """Builds values from parser events; depth, count and kind of nodes are checked as they come."""

    def __init__(self, text: str) -> None:
        self._events = events(text)
        self._nodes = 0
        self._marks: dict[Trail, Mark] = {}
        self._key_marks: dict[Trail, Mark] = {}
        self._flaws: list[Flaw] = []

    def document(self) -> Document:
        next(self._events)
        if isinstance(next(self._events), StreamEndEvent):
            raise YamlError(START, "the file is empty")
        value = self._node(next(self._events), ())
        next(self._events)
        end = next(self._events)
        if not isinstance(end, StreamEndEvent):
            _refuse(end, "a second document begins here: a file holds one, so remove the '---'")
        return Document(value, self._marks, self._key_marks, tuple(self._flaws))

    def _node(self, event: Any, trail: Trail) -> Any:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            _refuse(event, f"more than {MAX_NODES:,} values in one file: split it")
        _check_plain(event)
        self._marks.setdefault(trail, self._mark_of(event, trail))
        if isinstance(event, ScalarEvent):
            return self._scalar(event)
        if len(trail) >= MAX_DEPTH:
            _refuse(event, f"nested more than {MAX_DEPTH} deep")
        if isinstance(event, SequenceStartEvent):
            return self._sequence(trail)
        return self._mapping(trail)

    def _mark_of(self, event: Any, trail: Trail) -> Mark:
        unwritten = isinstance(event, ScalarEvent) and event.implicit[0] and not event.value
        key_mark = self._key_marks.get(trail)
        return key_mark if unwritten and key_mark else as_mark(event.start_mark)

    def _scalar(self, event: Any) -> Any:
        if not event.implicit[0]:
            if any("\ud800" <= char <= "\udfff" for char in event.value):
                _refuse(event, "half of a surrogate pair is not a character: remove the \\u escape")
            return event.value
        try:
            return resolve(event.value)
        except ValueError:
            limit = f"a number of more than {LONGEST_INTEGER} digits"
            _refuse(event, f"{limit}: put it in quotes if it is text")

    def _sequence(self, trail: Trail) -> list[Any]:
        values: list[Any] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            values.append(self._node(event, (*trail, len(values))))
        return values

    def _mapping(self, trail: Trail) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            key, mark = self._key(event), as_mark(event.start_mark)
            inner = (*trail, key if isinstance(key, str) else "")
            if not isinstance(key, str):
                message = f"a key must be text, got {describe(key)}: put it in quotes"
                self._flaws.append(Flaw(mark, trail, message))
            elif key in values:
                first = self._key_marks[inner].line
                message = f"{quote(key)} is already given on line {first}: keep one of them"
                self._flaws.append(Flaw(mark, inner, message))
            self._key_marks.setdefault(inner, mark)
            value = self._node(next(self._events), inner)
            if isinstance(key, str):
                values.setdefault(key, value)
        return values

    def _key(self, event: Any) -> Any:
        _check_plain(event)
        if not isinstance(event, ScalarEvent):
            kind = "a map" if isinstance(event, MappingStartEvent) else "a list"
            _refuse(event, f"a key must be text, got {kind}: put it in quotes if it is text")
        return self._scalar(event)


def _check_plain(event: Any) -> None:
    if isinstance(event, AliasEvent):
        _refuse(event, "an alias (*name) is not allowed: text that begins with '*' needs quotes")
    if event.anchor is not None:
        _refuse(event, "an anchor (&name) is not allowed: text that begins with '&' needs quotes")
    if event.tag is not None:
        _refuse(event, "a tag (!name) is not allowed: text that begins with '!' needs quotes")


def _refuse(event: Any, message: str) -> NoReturn:
    raise YamlError(as_mark(event.start_mark), message)
