"""A program in a pseudo-terminal: keys go in one by one, and what it paints comes back."""

from __future__ import annotations

import contextlib
import os
import select
import struct
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import psutil

COLUMNS, LINES = 80, 24
PATIENCE = 30.0  # seconds
LEAVING = 5.0
_CHUNK = 1 << 16


class NothingPainted(Exception):
    """What was waited for never came."""


class Terminal:
    """The master's end. Whatever the program paints has to be read, or it stops to wait for us."""

    def __init__(self, process: psutil.Popen, descriptor: int) -> None:
        self.process = process
        self._descriptor = descriptor

    def write(self, keys: str) -> None:
        os.write(self._descriptor, keys.encode())

    def press(self, key: str, *, within: float = PATIENCE) -> float:
        """Seconds from writing a key until its own character is painted, wherever on the screen.

        The character must be one that nothing else can paint. Raises NothingPainted.
        """
        self.wait(0.0)
        mark = key.encode()
        seen = bytearray()
        began = time.perf_counter()
        os.write(self._descriptor, mark)
        while mark not in seen:
            painted = self._read(began + within)
            if not painted:
                raise NothingPainted(f"the key {key!r} was not painted within {within:g} s")
            seen += painted
        return time.perf_counter() - began

    def wait(self, seconds: float) -> bytes:
        """Let the program go on; what it painted meanwhile."""
        end = time.perf_counter() + seconds
        seen = bytearray()
        while True:
            painted = self._read(end)
            if not painted:
                return bytes(seen)
            seen += painted

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        """Let the program go on until `condition` holds. Raises NothingPainted."""
        end = time.perf_counter() + PATIENCE
        while not condition():
            if time.perf_counter() > end or self.process.poll() is not None:
                raise NothingPainted(f"the app: {what} did not come")
            self.wait(0.05)

    def _read(self, end: float) -> bytes:
        """What is painted next; nothing when `end` passes before, or the program has ended."""
        timeout = max(0.0, end - time.perf_counter())
        if not select.select([self._descriptor], [], [], timeout)[0]:
            return b""
        try:
            return os.read(self._descriptor, _CHUNK)
        except OSError:
            return b""


@contextmanager
def terminal(command: Sequence[str], environ: Mapping[str, str]) -> Iterator[Terminal]:
    """Run `command` on a terminal of 80 by 24 until the block ends. Raises ImportError where there are none."""
    import fcntl
    import pty
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    process = psutil.Popen(
        list(command),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**environ, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS), "LINES": str(LINES)},
        start_new_session=True,
    )
    os.close(theirs)
    shown = Terminal(process, ours)
    try:
        yield shown
    finally:
        _leave(shown)
        os.close(ours)


def _leave(shown: Terminal) -> None:
    with contextlib.suppress(OSError):
        shown.write("\x11")  # Ctrl+Q
    end = time.perf_counter() + LEAVING
    while shown.process.poll() is None and time.perf_counter() < end:
        shown.wait(0.05)
    if shown.process.poll() is None:
        shown.process.kill()
    with contextlib.suppress(subprocess.TimeoutExpired):
        shown.process.wait(LEAVING)
