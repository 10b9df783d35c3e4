"""Markdown that somebody else wrote, put into a document of ours so that the document's own structure holds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

DEEPEST = 3
"""The document's own headings go so deep; those in a guarded text begin below."""

_PASSES = 6
_DIRECTIONS = frozenset(
    "\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_UNDERLINE = re.compile(r"^([\s>*+\-0-9.)]*?)(=+|-+)(\s*)$")
_DEFINITION = re.compile(r"^([\s>*+\-0-9.)]*)\[")
_HASHES = re.compile(r"#{1,6}")
_TAG = re.compile(r"(?<!\\)<(?=[A-Za-z/!?])")
_CODE_SPAN = re.compile(r"(`+[^`\n]+`+)")
_SIGNS = re.compile(r"([\\`*_<>\[\]#|~&])")


def cleaned(text: str) -> str:
    """`text` with plain line ends, without control characters and marks that reorder what is shown."""
    return "".join(
        sign
        for sign in text.replace("\r\n", "\n").replace("\r", "\n")
        if sign in "\n\t"
        or (unicodedata.category(sign) not in ("Cc", "Cs") and sign not in _DIRECTIONS)
    )


def plain(text: str) -> str:
    """One line that Markdown shows letter by letter."""
    return _SIGNS.sub(r"\\\1", " ".join(cleaned(text).split()))


def guarded(text: str) -> str:
    """`text`, changed only where it would change what stands around it.

    Headings go below the document's, what would be HTML or define a link is escaped, an open code block is closed.
    """
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark")
    held = cleaned(text).strip("\n")
    for _ in range(_PASSES):
        lines = held.split("\n")
        changed = _mended(lines, parser, held)
        if changed == lines:
            return held
        held = "\n".join(changed)
    return _fenced(cleaned(text).strip("\n"))


def quoted(text: str) -> str:
    """`text` as a block quote, guarded."""
    return "\n".join(f"> {line}".rstrip() for line in guarded(text.expandtabs(4)).split("\n"))


def _mended(lines: Sequence[str], parser: MarkdownIt, text: str) -> list[str]:
    environment: dict[str, Any] = {}
    tokens = parser.parse(text, environment)
    changed = list(lines)
    for token in tokens:
        begin, end = token.map or (0, 0)
        if token.type == "heading_open" and int(token.tag[1:]) <= DEEPEST:
            if token.markup.startswith("#"):
                changed[begin] = _HASHES.sub(
                    lambda found: _deeper(found[0]), changed[begin], count=1
                )
            else:
                changed = [_UNDERLINE.sub(r"\1\\\2\3", line) for line in changed]
        elif token.type == "html_block":
            changed[begin:end] = [_TAG.sub(r"\\<", line) for line in changed[begin:end]]
        elif token.type == "inline" and any(
            it.type == "html_inline" for it in token.children or ()
        ):
            changed[begin:end] = [_without_tags(line) for line in changed[begin:end]]
    if environment.get("references"):
        changed = [_DEFINITION.sub(r"\1\\[", line) for line in changed]
    if changed == list(lines) and tokens and _is_open(tokens[-1], lines):
        changed.append(tokens[-1].markup)
    return changed


def _deeper(hashes: str) -> str:
    return "#" * min(6, len(hashes) + DEEPEST)


def _without_tags(line: str) -> str:
    parts = _CODE_SPAN.split(line)
    return "".join(part if at % 2 else _TAG.sub(r"\\<", part) for at, part in enumerate(parts))


def _is_open(token: Token, lines: Sequence[str]) -> bool:
    """A fence that nothing closes takes in all that comes after."""
    if token.type != "fence" or token.level or token.map is None:
        return False
    last = lines[-1].strip()
    closed = len(lines) - 1 > token.map[0] and set(last) == {token.markup[0]}
    return not (closed and len(last) >= len(token.markup))


def _fenced(text: str) -> str:
    """All of it as code: what no smaller change has tamed."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"
