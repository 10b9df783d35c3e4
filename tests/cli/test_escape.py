"""Esc on a real terminal, in a process in front of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tutor.commands.escape import escape_cancels

if sys.platform == "win32":
    pytest.skip("no terminals that can be made here", allow_module_level=True)

import pty
import termios

CHILD = """\
import asyncio, fcntl, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from tutor.commands.escape import escape_cancels

async def main():
    with escape_cancels():
        print("ready", flush=True)
        await asyncio.Event().wait()

try:
    asyncio.run(main())
except asyncio.CancelledError:
    print("cancelled", flush=True)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    ours, theirs = pty.openpty()
    yield ours, theirs
    os.close(ours)
    os.close(theirs)


@pytest.mark.parametrize(
    ("keys", "ending"),
    [(b"\x1b", "cancelled"), (b"x\x1b[A\x1b", "cancelled"), (b"\x1b[A\x03", "interrupted")],
)
def test_esc_ends_it_and_the_terminal_is_as_before(
    terminal: tuple[int, int], keys: bytes, ending: str
) -> None:
    ours, theirs = terminal
    before = termios.tcgetattr(theirs)
    with subprocess.Popen(
        [sys.executable, "-c", CHILD],
        stdin=theirs,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        assert termios.tcgetattr(theirs) != before
        os.write(ours, keys)
        assert child.stdout.readline() == f"{ending}\n"
        assert child.wait(10) == 0
    assert termios.tcgetattr(theirs) == before


async def test_where_there_is_no_terminal_it_does_nothing(
    terminal: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A terminal that this process is not in front of counts as none."""
    _, theirs = terminal
    before = termios.tcgetattr(theirs)
    with os.fdopen(os.dup(theirs)) as keyboard:
        monkeypatch.setattr(sys, "stdin", keyboard)
        with escape_cancels():
            assert termios.tcgetattr(theirs) == before
