"""Esc ends a long command as Ctrl-C does."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_ESCAPE = b"\x1b"


@contextmanager
def escape_cancels() -> Iterator[None]:
    """Until the block ends, Esc cancels the task that runs it; nothing where no terminal gives single keys."""
    terminal, task = _terminal(), asyncio.current_task()
    if terminal is None or task is None:
        yield
        return
    import termios
    import tty

    def pressed() -> None:
        if os.read(terminal, 64).endswith(_ESCAPE):  # an arrow key begins with it, and goes on
            task.cancel()

    before = termios.tcgetattr(terminal)
    loop = asyncio.get_running_loop()
    tty.setcbreak(terminal)
    loop.add_reader(terminal, pressed)
    try:
        yield
    finally:
        loop.remove_reader(terminal)
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _terminal() -> int | None:
    """The terminal of standard input, if this process is the one in front of it."""
    try:
        found = sys.stdin.fileno()
        in_front = os.isatty(found) and os.tcgetpgrp(found) == os.getpgrp()
    except (AttributeError, OSError, ValueError):  # Windows, a closed stream, one that is no file
        return None
    return found if in_front else None
