"""Reads the values of a GGUF header from a file that may hold anything."""

from __future__ import annotations

import struct
from typing import BinaryIO

from msgspec import Struct

HEADER_LIMIT = 256 * 1024 * 1024
"""No header of a real model comes near this many bytes; a claim beyond it is not believed."""

NUMBER_LIMIT = 1 << 31
"""No count in the metadata of a real model comes near this; one beyond it is taken as not given."""

_CHUNK = 1024 * 1024
_KEPT_NUMBERS = 4096
_ARRAY_DEPTH = 4
_STRING, _ARRAY = 8, 9
_U32, _U64 = struct.Struct("<I"), struct.Struct("<Q")
_NUMBERS = {
    0: struct.Struct("<B"),
    1: struct.Struct("<b"),
    2: struct.Struct("<H"),
    3: struct.Struct("<h"),
    4: _U32,
    5: struct.Struct("<i"),
    6: struct.Struct("<f"),
    7: struct.Struct("<?"),
    10: _U64,
    11: struct.Struct("<q"),
    12: struct.Struct("<d"),
}


class Malformed(Exception):
    """The bytes are not a GGUF header; the message says why."""


class EndOfFile(Malformed):
    """The file ends inside its header."""


class Items(Struct, frozen=True):
    """An array: how many items it has, and those of a short array of numbers."""

    length: int
    numbers: tuple[float, ...] = ()


Value = str | int | float | bool | Items


class Cursor:
    """A position in a file, read forward in chunks and never past `HEADER_LIMIT`."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._buffer = bytearray()
        self.position = 0

    def u32(self) -> int:
        return int(self._number(_U32))

    def u64(self) -> int:
        return int(self._number(_U64))

    def text(self, limit: int = HEADER_LIMIT) -> str:
        """A string of at most `limit` bytes; bytes that are not UTF-8 become U+FFFD."""
        length = self.u64()
        if length > limit:
            raise Malformed(f"a string of {length} bytes where at most {limit} are expected")
        start = self._advance(length)
        return self._buffer[start : self.position].decode("utf-8", "replace")

    def value(self) -> Value:
        """A metadata value after its type."""
        kind = self.u32()
        if kind == _STRING:
            return self.text()
        if kind == _ARRAY:
            return self._items(depth=1)
        return self._number(self._layout(kind))

    def _items(self, depth: int) -> Items:
        kind, count = self.u32(), self.u64()
        if kind == _STRING:
            self._skip_strings(count)
            return Items(count)
        if kind == _ARRAY:
            self._skip_arrays(count, depth)
            return Items(count)
        layout = self._layout(kind)
        start = self._advance(count * layout.size)
        if count > _KEPT_NUMBERS:
            return Items(count)
        held = memoryview(self._buffer)[start : self.position]
        return Items(count, tuple(number for (number,) in layout.iter_unpack(held)))

    def _skip_strings(self, count: int) -> None:
        self._require(count * _U64.size)
        for _ in range(count):
            self._advance(self.u64())

    def _skip_arrays(self, count: int, depth: int) -> None:
        if depth >= _ARRAY_DEPTH:
            raise Malformed(f"arrays nested deeper than {_ARRAY_DEPTH}")
        self._require(count * (_U32.size + _U64.size))
        for _ in range(count):
            self._items(depth + 1)

    def _number(self, layout: struct.Struct) -> int | float | bool:
        start = self._advance(layout.size)
        number: int | float | bool = layout.unpack_from(self._buffer, start)[0]
        return number

    def _layout(self, kind: int) -> struct.Struct:
        try:
            return _NUMBERS[kind]
        except KeyError:
            raise Malformed(f"a metadata value of the unknown type {kind}") from None

    def _advance(self, count: int) -> int:
        start = self.position
        if start + count > len(self._buffer):
            self._require(count)
        self.position = start + count
        return start

    def _require(self, count: int) -> None:
        """Read on until `count` more bytes are held."""
        end = self.position + count
        if end > HEADER_LIMIT:
            raise Malformed(f"a header of more than {HEADER_LIMIT} bytes")
        while len(self._buffer) < end:
            chunk = self._file.read(_CHUNK)
            if not chunk:
                raise EndOfFile("it ends inside its header")
            self._buffer += chunk
