"""Untrusted text on its way to the screen: without escapes, and with no markup but inline Markdown."""

from __future__ import annotations

import unicodedata
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from textual.content import Content, Span

_KEPT = frozenset("\n\t")
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_OPENING = {"strong_open": "bold", "em_open": "italic", "s_open": "strike"}
_CLOSING = {"strong_close", "em_close", "s_close"}
CODE_STYLE = "bold $text-accent"


def printed(text: str) -> str:
    """`text` without control characters (escapes, bells) and without marks that reorder what is shown."""
    return "".join(
        sign
        for sign in text.replace("\r\n", "\n")
        if sign in _KEPT
        or (unicodedata.category(sign) not in ("Cc", "Cs") and sign not in _DIRECTIONS)
    )


def one_line(text: str) -> str:
    """`text` as `printed`, with every run of white space a single space."""
    return " ".join(printed(text).split())


def shortened(text: str, longest: int) -> str:
    """`text` in at most `longest` characters, an ellipsis where it was cut."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def inline(text: str) -> Content:
    """Course text with its bold, italic and code; links show their words only and cannot be opened."""
    parts: list[str] = []
    spans: list[Span] = []
    open_spans: list[tuple[int, str]] = []
    position = 0
    for token in _tokens(printed(text).strip()):
        if token.type in _OPENING:
            open_spans.append((position, _OPENING[token.type]))
        elif token.type in _CLOSING:
            start, style = open_spans.pop()
            spans.append(Span(start, position, style))
        else:
            words = _words(token)
            if token.type == "code_inline":
                spans.append(Span(position, position + len(words), CODE_STYLE))
            parts.append(words)
            position += len(words)
    return Content("".join(parts), spans)


def _words(token: Token) -> str:
    if token.type == "softbreak":
        return " "
    return "\n" if token.type == "hardbreak" else token.content


def _tokens(text: str) -> list[Token]:
    return [child for block in _parser().parseInline(text) for child in block.children or []]


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("strikethrough")
