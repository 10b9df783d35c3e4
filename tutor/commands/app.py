"""`tutor`: the app on the whole terminal, at home or at the lesson or quiz asked for."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from tutor.commands.failures import Failed, WrongUsage

if TYPE_CHECKING:
    from tutor.commands.context import Context
    from tutor.ui.workspace import Start


def run(args: argparse.Namespace, context: Context) -> int:
    return open_app(context, None)


def open_app(context: Context, start: Start | None) -> int:
    """Run the app until it is left. Raises Failed where there is no terminal, WrongUsage for a bad profile."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Failed(context.strings("cli.needs_terminal"))
    from tutor.ui.app import TutorApp
    from tutor.ui.workspace import open_workspace

    try:
        workspace = open_workspace(
            context.environ, profile=context.asked_profile, language=context.asked_language
        )
    except ValueError as error:
        raise WrongUsage(str(error)) from None
    app = TutorApp(workspace, start=start)
    app.run()
    return app.return_code or 0
