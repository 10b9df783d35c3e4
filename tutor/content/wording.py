"""How errors about a course are worded: values named plainly, near matches suggested."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

_LONGEST_QUOTE = 60


def printable(text: str) -> str:
    """`text` with every character that does not print (escapes, newlines) spelled out, like `\\x1b`."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def quote(text: str) -> str:
    """`text` in quotation marks, shortened and free of control characters."""
    short = text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + "…"
    return repr(short)


def describe(value: Any) -> str:
    """What a YAML value is, in an author's words: `text`, `the number 3`, `a list`, `nothing`."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return "text"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return "a map" if value else "an empty map"


def near(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `word` was probably meant to be, if any comes close."""
    from rapidfuzz import fuzz, process

    match = process.extractOne(word[:200], list(candidates), scorer=fuzz.ratio, score_cutoff=70)
    return None if match is None else match[0]


def suggest(word: str, candidates: Collection[str], kind: str) -> str:
    """` (did you mean 'x'?)`, or else ` (kind: a, b, c)`, or nothing when there are no candidates."""
    match = near(word, candidates)
    if match is not None:
        return f" (did you mean {quote(match)}?)"
    if not candidates:
        return ""
    shown = list(candidates)[:12]
    more = ", …" if len(candidates) > len(shown) else ""
    return f" ({kind}: {', '.join(shown)}{more})"
