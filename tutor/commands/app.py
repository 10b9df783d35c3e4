"""`tutor`: the app on the whole terminal, at home or at the lesson or quiz asked for."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from typing import TYPE_CHECKING

from tutor.commands.failures import Failed, WrongUsage

if TYPE_CHECKING:
    from tutor.commands.context import Context
    from tutor.ui.workspace import Start

FRAMES = 240
"""Most paints a second. At Textual's 60 a key typed while a reply streams in waits up to two frames, 33 ms."""
THRESHOLDS = (2_000, 20, 100)
"""Objects, then collections of the younger generation; the oldest is gone through every few minutes of streaming."""


def run(args: argparse.Namespace, context: Context) -> int:
    return open_app(context, None)


def open_app(context: Context, start: Start | None) -> int:
    """Run the app until it is left. Raises Failed where there is no terminal, WrongUsage for a bad profile."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Failed(context.strings("cli.needs_terminal"))
    os.environ.setdefault("TEXTUAL_FPS", str(FRAMES))  # read when Textual is imported
    from tutor.ui.app import TutorApp
    from tutor.ui.workspace import open_workspace

    try:
        workspace = open_workspace(
            context.environ, profile=context.asked_profile, language=context.asked_language
        )
    except ValueError as error:
        raise WrongUsage(str(error)) from None
    app = TutorApp(workspace, start=start)
    _collect_seldom()
    app.run()
    return app.return_code or 0


def _collect_seldom() -> None:
    """What is loaded by now stays to the end: going through all of it every few seconds is a stall of 70 ms in mid-typing."""
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
