"""`tutor doctor`: what is as it should be, what is not, and what mends it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tutor.commands.terminal import one_line, say, say_json

if TYPE_CHECKING:
    from tutor.commands.context import Context

_EXAMPLE = """\
examples:
  tutor doctor
  tutor doctor --rebuild
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EXAMPLE
    parser.add_argument(
        "--rebuild",
        action="store_true",
        help="first make progress and sessions again from the record's log",
    )
    parser.add_argument("--json", action="store_true", help="the findings as one line of JSON")


def run(args: argparse.Namespace, context: Context) -> int:
    """1 when anything fails. Raises StoreError when a rebuild can't be done."""
    from tutor.commands.doctor_checks import examine

    rebuilt = _rebuild(context) if args.rebuild else None
    findings = examine(context)
    fails = any(finding.state == "fail" for finding in findings)
    if args.json:
        say_json({"findings": findings, "rebuilt": rebuilt, "ok": not fails})
        return int(fails)
    if rebuilt is not None:
        say(context.strings("cli.doctor.rebuilt", count=rebuilt))
    for finding in findings:
        say(f"{finding.state:<4} {one_line(finding.about)}: {one_line(finding.message)}")
    return int(fails)


def _rebuild(context: Context) -> int:
    """How many events were replayed; none where nothing was recorded yet."""
    if not context.database.exists():
        return 0
    with context.store() as store:
        return store.rebuild()
