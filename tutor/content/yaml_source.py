"""From bytes to YAML parser events; whatever is wrong with the text is said with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml
from yaml.events import Event

from tutor.content.wording import quote

MAX_BYTES = 2_000_000

_FORBIDDEN = re.compile(
    "[^\t\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_DIRECTIVE = re.compile(r"(?:\A|(?<=[\r\n]))%")
_LINE_END = re.compile(r"\r\n|\r|\n")
_UNCLOSED = re.compile(r"expected (',' or '[\]}]')")
_TAB = "a tab is not allowed here: indent with spaces"


class Mark(NamedTuple):
    """A place in a file; both count from 1, columns in characters."""

    line: int
    column: int


START = Mark(1, 1)


class YamlError(Exception):
    """The file cannot be read as YAML; `mark` says where and `message` what to do."""

    def __init__(self, mark: Mark, message: str) -> None:
        super().__init__(message)
        self.mark = mark
        self.message = message


def decode(data: bytes) -> str:
    """The text of a file. Raises YamlError for what is too large, not UTF-8, or not text."""
    if len(data) > MAX_BYTES:
        raise YamlError(START, f"the file is larger than {MAX_BYTES:,} bytes: split it")
    if data.startswith(b"\xef\xbb\xbf"):
        raise YamlError(START, "the file begins with a byte order mark: save it as UTF-8 without")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        mark = _locate(data[: error.start].decode("utf-8"))
        byte = f"0x{data[error.start]:02X}"
        raise YamlError(mark, f"byte {byte} is not UTF-8: save the file as UTF-8") from None
    if found := _FORBIDDEN.search(text):
        mark = _locate(text[: found.start()])
        raise YamlError(mark, f"character U+{ord(found.group()):04X} is not allowed: remove it")
    # libyaml compares each %TAG with all before it, so many of them would take minutes.
    if found := _DIRECTIVE.search(text):
        mark = _locate(text[: found.start()])
        raise YamlError(mark, "a line may not begin with '%': indent the text or remove the line")
    return text


def _locate(head: str) -> Mark:
    lines = _LINE_END.split(head)
    return Mark(len(lines), len(lines[-1]) + 1)


def as_mark(mark: Any) -> Mark:
    """The parser's mark (from 0, or None) as ours."""
    return START if mark is None else Mark(mark.line + 1, mark.column + 1)


def events(text: str) -> Iterator[Event]:
    """What the YAML parser sees in `text`, by libyaml where it is built in. Raises YamlError."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from yaml.parse(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        raise _explained(error, text) from None
    except (yaml.YAMLError, ValueError, OverflowError):
        raise YamlError(START, "not valid YAML: an escape is out of range") from None


def _explained(error: yaml.MarkedYAMLError, text: str) -> YamlError:
    """The parser's complaint in an author's words, the same for the C and the Python parser."""
    problem, mark = error.problem or "", error.problem_mark
    if "mapping values are not allowed" in problem:
        return YamlError(
            as_mark(mark), "a ':' is not allowed here: quote the text or mend the indent"
        )
    if "tab character" in problem:
        return YamlError(as_mark(mark), _TAB)
    if "cannot start any token" in problem and mark is not None:
        return YamlError(as_mark(mark), _bad_start(text, mark.line, mark.column))
    if "unexpected end of stream" in problem and error.context_mark is not None:
        return YamlError(as_mark(error.context_mark), "this quotation mark is never closed")
    if unclosed := _UNCLOSED.search(problem):
        return YamlError(as_mark(mark), f"expected {unclosed.group(1)} here")
    return YamlError(as_mark(mark), f"not valid YAML: {problem}")


def _bad_start(text: str, line: int, column: int) -> str:
    char = _LINE_END.split(text)[line][column : column + 1]
    if char == "\t":
        return _TAB
    return f"text that begins with {quote(char)} needs quotes"
