"""Markdown cut into parts between its blocks: what belongs together stays together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

_BLANK = re.compile(r"\n(?:[ \t]*\n)+")
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`\n]*$)|~{3,})", re.MULTILINE)
_LISTED = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)")
_HEADING = re.compile(r"#{1,6}(?:[ \t]|$)")


def parts(text: str, limit: int) -> list[str]:
    """`text` in pieces of about even length, as few as `limit` characters a piece allow; joined they are `text` again.

    A cut stands only after blank lines between two blocks: never in a list, a table or code, nor after a block that
    introduces the next one. So a piece is longer than `limit` where nothing may be cut; blank lines end a piece.
    """
    cuts = list(_cuts(text))
    count = -(-len(text) // limit)
    if count <= 1 or not cuts:
        return [text]
    even = (len(text) * number / count for number in range(1, count))
    chosen = sorted({min(cuts, key=lambda cut: abs(cut - ideal)) for ideal in even})
    return [text[start:end] for start, end in pairwise([0, *chosen, len(text)])]


def _cuts(text: str) -> Iterator[int]:
    """Where a block begins that does not belong to the one before it."""
    start, in_list, fence = 0, False, ""
    for blank in _BLANK.finditer(text):
        block, following = text[start : blank.start()], text[blank.end() :]
        fence = _fence_after(block, fence)
        if not fence and not block[:1].isspace():
            in_list = bool(_LISTED.match(block))
        start = blank.end()
        if fence or not following.strip() or not block.strip() or following[:1].isspace():
            continue
        if in_list and _LISTED.match(following):
            continue
        if not _introduces(block):
            yield start


def _introduces(block: str) -> bool:
    """A heading, or a line that ends in a colon, be it in bold."""
    return bool(_HEADING.match(block)) or block.rstrip(" \t\n*_").endswith((":", "："))


def _fence_after(block: str, fence: str) -> str:
    """The fence that is open at the end of a block, given the one open at its beginning; "" for none."""
    for line in block.splitlines():
        found = _FENCE.match(line)
        if not found:
            continue
        if not fence:
            fence = found[1]
        elif found[1].startswith(fence) and not line.strip().strip(fence[0]):
            fence = ""
    return fence
