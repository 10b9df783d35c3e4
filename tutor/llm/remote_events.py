"""Server-sent events: from bytes, split anywhere, to the payloads in them."""

from __future__ import annotations

import re

LONGEST_EVENT = 1024 * 1024
"""Bytes of one event; no answer's piece comes near it."""

_LINE_END = re.compile(rb"\r\n|\n|\r")


class EventTooLong(ValueError):
    """The server sends an event without end."""


class EventStream:
    """Feed bytes, take payloads; comments and keep-alives give none."""

    def __init__(self) -> None:
        self._held = b""
        self._after_cr = False
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> list[str]:
        """The payloads of the events that are now complete. Raises EventTooLong."""
        if self._after_cr and data:
            # The other half of a line end that was split between two feeds.
            data, self._after_cr = data.removeprefix(b"\n"), False
        *lines, self._held = _LINE_END.split(self._held + data)
        self._after_cr = data.endswith(b"\r") or (self._after_cr and not data)
        found = [payload for line in lines for payload in self._line(line)]
        if len(self._held) + self._size > LONGEST_EVENT:
            raise EventTooLong
        return found

    def end(self) -> list[str]:
        """What is left when the bytes end, also without the empty line that should close it."""
        line, self._held = self._held, b""
        return [*self._line(line), *self._line(b"")]

    def _line(self, line: bytes) -> list[str]:
        if not line:
            whole, self._data, self._size = b"\n".join(self._data), [], 0
            return [whole.decode("utf-8", "replace")] if whole else []
        name, _, value = line.removeprefix(b"\xef\xbb\xbf").partition(b":")
        if name in (b"data", b"error"):  # llama-server has written a field `error` of its own
            self._data.append(value.removeprefix(b" "))
            self._size += 1 + len(value)
        return []
