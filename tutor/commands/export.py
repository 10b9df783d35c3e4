"""`tutor export`: what one learned, as files for other programs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.commands.failures import Failed, WrongUsage
from tutor.commands.terminal import one_line, say

if TYPE_CHECKING:
    from tutor.commands.context import Context
    from tutor.exchange.talks import TalkAbout

STANDARD_OUTPUT = "-"

_EXAMPLE = """\
examples:
  tutor export talks talks.md
  tutor export talks - --course llm-basics
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EXAMPLE
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    talks = kinds.add_parser(
        "talks",
        help="all that was asked and replied, as Markdown",
        description="Write all that was asked and replied into a Markdown file, a heading for each lesson and question.",
        epilog="example:\n  tutor export talks talks.md",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    talks.add_argument("out", metavar="OUT.md", help="the file to write; - for standard output")
    talks.add_argument("--course", metavar="COURSE", help="only talks about this course")
    talks.add_argument("--force", action="store_true", help="write over a file that is there")


def run(args: argparse.Namespace, context: Context) -> int:
    from tutor.exchange.talks import as_markdown
    from tutor.exchange.writing import write_whole
    from tutor.ui.talk_words import document_words

    strings, out = context.strings, Path(args.out)
    to_file = args.out != STANDARD_OUTPUT
    course = _course(args.course, context) if args.course else None
    if to_file and out.exists() and not args.force:
        raise Failed(strings("cli.export.exists", path=out))
    held = _talks(course, context)
    if not held:
        raise Failed(strings("cli.export.no_talk"))
    document = as_markdown(held, document_words(strings))
    if to_file:
        write_whole(out, document)
        say(one_line(strings("cli.export.talks", count=len(held), path=out)))
    else:
        say(document, end="")
    return 0


def _course(address: str, context: Context) -> str:
    """The course's id. Raises AddressError, WrongUsage."""
    found = context.find(address)
    if found.lesson is not None:
        raise WrongUsage(context.strings("cli.export.no_course", address=address))
    return found.course.course.id


def _talks(course: str | None, context: Context) -> Sequence[TalkAbout]:
    """Those about `course`, or all, the newest first."""
    from tutor.study import record
    from tutor.ui.talk_words import about, in_course

    with context.store() as store:
        return [
            about(talk.scope, record.talk(store, talk.scope), context.courses, context.strings)
            for talk in record.talks(store, most=-1)
            if course is None or in_course(talk.scope, course)
        ]
