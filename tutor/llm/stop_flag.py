"""A flag that native code can read without asking Python."""

from __future__ import annotations

import ctypes


class StopFlag:
    """Raised by one thread, read by another or, through `cell`, by native code as a C string: empty while not raised."""

    def __init__(self) -> None:
        self.cell = ctypes.create_string_buffer(2)

    def set(self) -> None:
        self.cell[0] = b"\x01"

    def clear(self) -> None:
        self.cell[0] = b"\x00"

    def is_set(self) -> bool:
        return self.cell[0] != b"\x00"
