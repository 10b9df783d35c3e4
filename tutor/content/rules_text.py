"""Rules for every text of a course: there in each language, not empty, nothing hidden in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.inspect import DictType, ListType, LiteralType, StructType, Type, UnionType

from tutor.content.problem import Problem, Severity
from tutor.content.schema import Language
from tutor.content.shape import shape_of, variant
from tutor.content.sheet import Sheet
from tutor.content.yaml_reader import Trail

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
"""Control characters but tab and newline, and what turns the direction of writing unseen."""

_MAY_LACK_LANGUAGES = "also"


def text_problems(
    sheet: Sheet[Any], languages: Sequence[Language], lenient: Severity
) -> Iterator[Problem]:
    """Texts that lack one of `languages` (told as `lenient`), are empty, or hold hidden characters."""
    value, shape = sheet.document.value, shape_of(sheet.shape)
    told = {misfit.trail for misfit in sheet.misfits}
    for trail, texts in _language_maps(value, shape, ()):
        for language in languages:
            if language not in texts:
                yield sheet.problem(trail, f"missing language {language!r}", lenient)
    for trail, text in _strings(value, ()):
        if trail in told:
            continue
        if not text.strip():
            yield sheet.problem(trail, "empty text")
        elif found := _HIDDEN.search(text):
            code = f"U+{ord(found.group()):04X}"
            yield sheet.problem(trail, f"character {code} is not allowed: remove it")


def _language_maps(value: Any, shape: Type, trail: Trail) -> Iterator[tuple[Trail, dict[str, Any]]]:
    match shape:
        case UnionType() if (member := variant(value, shape)) is not None:
            yield from _language_maps(value, member, trail)
        case StructType() if isinstance(value, dict):
            for field in shape.fields:
                if field.encode_name in value and field.encode_name != _MAY_LACK_LANGUAGES:
                    name = field.encode_name
                    yield from _language_maps(value[name], field.type, (*trail, name))
        case ListType() if isinstance(value, list):
            for index, entry in enumerate(value):
                yield from _language_maps(entry, shape.item_type, (*trail, index))
        case DictType(key_type=LiteralType()) if isinstance(value, dict) and value:
            yield trail, value
        case _:
            pass


def _strings(value: Any, trail: Trail) -> Iterator[tuple[Trail, str]]:
    if isinstance(value, str):
        yield trail, value
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _strings(entry, (*trail, index))
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from _strings(entry, (*trail, key))
