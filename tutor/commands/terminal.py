"""What reaches a terminal or a pipe: cleaned of control characters, one line where one line is due."""

from __future__ import annotations

import re
import sys
from typing import Any, TextIO

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Control characters but tab and newline, what turns the direction of writing, and halves of characters."""


def clean(text: str) -> str:
    """`text` without what a terminal would obey instead of showing."""
    return _UNSAFE.sub("", text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """`text` cleaned, with every run of white space a single space."""
    return " ".join(clean(text).split())


def say(text: str = "", *, end: str = "\n") -> None:
    """Print cleaned text, at once."""
    print(clean(text), end=end, flush=True)


def complain(text: str) -> None:
    """One cleaned line on stderr."""
    note(one_line(text))


def note(text: str) -> None:
    """Cleaned text on stderr: for people, beside the output."""
    print(clean(text), file=sys.stderr, flush=True)


def say_json(value: Any, out: TextIO | None = None) -> None:
    """`value` as one line of JSON, in which nothing can move the cursor."""
    print(json_text(value), file=out or sys.stdout, flush=True)


def json_text(value: Any) -> str:
    """One line of JSON; characters a terminal would obey stand as escapes, which mean the same."""
    import msgspec

    text = msgspec.json.encode(value).decode()
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def whole(text: str) -> str:
    """An argument as UTF-8 can hold it: bytes that were no text become question marks."""
    return text.encode("utf-8", "replace").decode()


class StatusLine:
    """A line on stderr that is written over and over; nothing where stderr is no terminal."""

    def __init__(self) -> None:
        self.live = sys.stderr.isatty()
        self._shown = False

    def show(self, text: str) -> None:
        if self.live:
            self._shown = True
            print(f"\r\x1b[K{one_line(text)}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self._shown:
            self._shown = False
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
