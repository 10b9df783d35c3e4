"""What is set off in a reply's Markdown: numbers that open a passage, and sentences that go beyond the lesson.

Everything here works on what the parser made of the model's text: nothing the model writes becomes one of these tokens.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from markdown_it.token import Token

BEYOND: Final = "°"
"""Stands behind each sentence that the lesson does not say."""
PASSAGE: Final = "passage:"
"""What the target of a number's link begins with."""

_CITED: Final = re.compile(r"\[(\d{1,3})\]")
_TAIL: Final = re.compile(r"[^\w\s]*")

Cuts = dict[int, list[tuple[int, int]]]
"""For the index of a token, [start, end) of the parts of its text that are set off, in order."""


def marked(
    blocks: Sequence[Token], numbers: Collection[int], beyond: Sequence[Sequence[Token]]
) -> None:
    """Set off, in place, in the inline tokens among `blocks`. `beyond`: each sentence, parsed by itself, in their order.

    A sentence is found again by its letters and digits; one that isn't found stays as it is.
    """
    inline = [block for block in blocks if block.type == "inline" and block.children]
    cuts: list[Cuts] = [{} for _ in inline]
    ends: list[set[tuple[int, int]]] = [set() for _ in inline]
    at = (0, 0)
    for sentence in beyond:
        wanted = "".join(sign for _, _, sign in _signs(_children(sentence)))
        for index in range(at[0], len(inline)):
            signs = list(_signs(inline[index].children or []))
            start = "".join(sign for *_, sign in signs).find(wanted, at[1] if index == at[0] else 0)
            if wanted and start >= 0:
                found = signs[start : start + len(wanted)]
                ends[index].add(_cut(cuts[index], found, inline[index].children or []))
                at = (index, start + len(wanted))
                break
    for block, of_block, last in zip(inline, cuts, ends, strict=True):
        block.children = list(_set_off(block.children or [], of_block, last, numbers))


def _children(blocks: Sequence[Token]) -> list[Token]:
    return [child for block in blocks for child in block.children or []]


def _signs(children: Sequence[Token]) -> Iterator[tuple[int, int, str]]:
    """Every letter and digit of the text: the index of its token, where in that it stands, and itself."""
    for index, child in enumerate(children):
        if child.type in ("text", "code_inline"):
            for at, sign in enumerate(child.content):
                if sign.isalnum():
                    yield index, at, sign


def _cut(
    cuts: Cuts, found: Sequence[tuple[int, int, str]], children: Sequence[Token]
) -> tuple[int, int]:
    """Note the parts of the tokens that `found` covers; the token and position at which the sentence ends."""
    for index in dict.fromkeys(index for index, *_ in found):
        places = [at for token, at, _ in found if token == index]
        cuts.setdefault(index, []).append((places[0], places[-1] + 1))
    index, at, _ = found[-1]
    tail = _TAIL.match(children[index].content, at + 1)
    end = tail.end() if tail else at + 1
    start, _ = cuts[index][-1]
    cuts[index][-1] = (start, end)
    return index, end


def _set_off(
    children: Sequence[Token], cuts: Cuts, ends: set[tuple[int, int]], numbers: Collection[int]
) -> Iterator[Token]:
    for index, child in enumerate(children):
        if child.type != "text":
            yield child
            if any(at == index for at, _ in ends):
                yield _text(BEYOND)
            continue
        at = 0
        for start, end in cuts.get(index, []):
            yield from _linked(child.content[at:start], numbers)
            # The parser of a reply has no strikethrough of its own, so that this style is ours.
            yield Token("s_open", "s", 1)
            yield from _linked(child.content[start:end], numbers)
            if (index, end) in ends:
                yield _text(BEYOND)
            yield Token("s_close", "s", -1)
            at = end
        yield from _linked(child.content[at:], numbers)


def _linked(text: str, numbers: Collection[int]) -> Iterator[Token]:
    """The text, with a link for each number of a passage."""
    at = 0
    for match in _CITED.finditer(text):
        if int(match[1]) in numbers:
            yield from _plain(text[at : match.start()])
            yield Token("link_open", "a", 1, attrs={"href": f"{PASSAGE}{int(match[1])}"})
            yield _text(match[0])
            yield Token("link_close", "a", -1)
            at = match.end()
    yield from _plain(text[at:])


def _plain(text: str) -> Iterator[Token]:
    if text:
        yield _text(text)


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
