"""Whether a plain value has the shape of a schema type; every misfit is told, in an author's words."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from msgspec.inspect import (
    BoolType,
    DictType,
    FloatType,
    IntType,
    ListType,
    LiteralType,
    NoneType,
    StrType,
    StructType,
    Type,
    UnionType,
    type_info,
)

from tutor.content.wording import describe, near, quote, suggest
from tutor.content.yaml_reader import Trail


def shape_of(kind: Any) -> Type:
    """What msgspec knows about a type of the schema."""
    return _cached_info(kind)


_cached_info = cache(type_info)


class Misfit(NamedTuple):
    """`message` is about the value at `trail`, or about its key when `at_key`."""

    trail: Trail
    message: str
    at_key: bool = False


def misfits(value: Any, expected: Type, trail: Trail = ()) -> Iterator[Misfit]:
    """Everything in `value` that is not as `expected`; when nothing comes, msgspec converts it."""
    match expected:
        case UnionType():
            yield from _union(value, expected, trail)
        case StructType() if isinstance(value, dict):
            yield from _struct(value, expected, trail)
        case ListType() if isinstance(value, list):
            yield from _list(value, expected, trail)
        case DictType() if isinstance(value, dict) and len(value) >= (expected.min_length or 0):
            yield from _map(value, expected, trail)
        case _:
            if not _fits(value, expected):
                yield Misfit(trail, f"expected {_wanted(expected)}, got {_given(value, expected)}")


def variant(value: Any, expected: Type) -> Type | None:
    """The member of a union that `value` means to be, by its `kind`; other types are themselves."""
    if not isinstance(expected, UnionType):
        return expected
    rest = [member for member in expected.types if not isinstance(member, NoneType)]
    if len(rest) == 1:
        return rest[0]
    kind = value.get("kind") if isinstance(value, dict) else None
    return next((it for it in rest if isinstance(it, StructType) and it.tag == kind), None)


def _union(value: Any, expected: UnionType, trail: Trail) -> Iterator[Misfit]:
    if value is None and expected.includes_none:
        return
    member = variant(value, expected)
    if member is not None:
        yield from misfits(value, member, trail)
        return
    kinds = [str(it.tag) for it in expected.types if isinstance(it, StructType)]
    one_of = f"one of {', '.join(kinds)}"
    if not isinstance(value, dict):
        yield Misfit(trail, f"expected a map with a kind ({one_of}), got {describe(value)}")
    elif "kind" not in value:
        yield Misfit(trail, f"missing field 'kind' ({one_of})")
    elif isinstance(kind := value["kind"], str):
        match = near(kind, kinds)
        guess = f"did you mean {quote(match)}? " if match else ""
        message = f"unknown kind {quote(kind)} ({guess}kinds: {', '.join(kinds)})"
        yield Misfit((*trail, "kind"), message)
    else:
        yield Misfit((*trail, "kind"), f"expected {one_of}, got {describe(kind)}")


def _struct(value: dict[str, Any], expected: StructType, trail: Trail) -> Iterator[Misfit]:
    fields = {field.encode_name: field for field in expected.fields}
    names = [*fields, expected.tag_field] if expected.tag_field else [*fields]
    for key in value:
        if key not in names:
            hint = suggest(key, names, "fields")
            yield Misfit((*trail, key), f"unknown field {quote(key)}{hint}", at_key=True)
    for name, field in fields.items():
        if name in value:
            yield from misfits(value[name], field.type, (*trail, name))
        elif field.required:
            yield Misfit(trail, f"missing field {quote(name)} ({_wanted(field.type)})")


def _list(value: list[Any], expected: ListType, trail: Trail) -> Iterator[Misfit]:
    least, most = expected.min_length or 0, expected.max_length
    if len(value) < least:
        yield Misfit(trail, f"expected at least {_entries(least)}, got {len(value)}")
    if most is not None and len(value) > most:
        yield Misfit(trail, f"expected at most {_entries(most)}, got {len(value)}")
    for index, entry in enumerate(value):
        yield from misfits(entry, expected.item_type, (*trail, index))


def _map(value: dict[str, Any], expected: DictType, trail: Trail) -> Iterator[Misfit]:
    for key, entry in value.items():
        if _fits(key, expected.key_type):
            yield from misfits(entry, expected.value_type, (*trail, key))
        elif isinstance(expected.key_type, LiteralType):
            hint = suggest(key, _words(expected.key_type), "languages")
            yield Misfit((*trail, key), f"unknown language {quote(key)}{hint}", at_key=True)
        else:
            message = f"expected {_wanted(expected.key_type)}, got {quote(key)}"
            yield Misfit((*trail, key), message, at_key=True)


def _fits(value: Any, expected: Type) -> bool:
    match expected:
        case StrType():
            return isinstance(value, str) and _fits_text(value, expected)
        case LiteralType():
            return value in expected.values if isinstance(value, str) else False
        case BoolType():
            return isinstance(value, bool)
        case IntType():
            return isinstance(value, int) and not isinstance(value, bool)
        case FloatType():
            return _fits_number(value, expected)
        case _:
            return False


def _fits_text(value: str, expected: StrType) -> bool:
    if expected.max_length is not None and len(value) > expected.max_length:
        return False
    return expected.pattern is None or re.fullmatch(expected.pattern, value) is not None


def _fits_number(value: Any, expected: FloatType) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return False
    return (
        (expected.gt is None or value > expected.gt)
        and (expected.ge is None or value >= expected.ge)
        and (expected.le is None or value <= expected.le)
    )


def _wanted(expected: Type) -> str:
    match expected:
        case UnionType():
            return _wanted(expected.types[0])
        case DictType(key_type=LiteralType() as languages):
            return f"a map of languages ({', '.join(_words(languages))})"
        case DictType() | StructType():
            return "a map"
        case ListType():
            return "a list"
        case StrType(pattern=str(), max_length=longest):
            return f"an id of at most {longest} lower-case letters, digits and single hyphens"
        case LiteralType():
            return f"one of {', '.join(_words(expected))}"
        case BoolType():
            return "true or false"
        case IntType():
            return "a whole number"
        case FloatType():
            return _wanted_number(expected)
        case _:
            return "text"


def _wanted_number(expected: FloatType) -> str:
    limits = {"above": expected.gt, "of at least": expected.ge, "at most": expected.le}
    said = [f"{word} {limit:g}" for word, limit in limits.items() if limit is not None]
    return " ".join(("a number", " and ".join(said))).strip()


def _given(value: Any, expected: Type) -> str:
    if isinstance(value, str) and isinstance(expected, StrType | LiteralType | BoolType):
        return quote(value)
    if isinstance(expected, StrType) and isinstance(value, bool | int | float):
        return f"{describe(value)}: put it in quotes"
    return describe(value)


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def _words(literal: LiteralType) -> list[str]:
    return [str(value) for value in literal.values]
