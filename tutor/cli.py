"""The `tutor` command: what it is called with, and one line for whatever goes wrong."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

from tutor import __version__
from tutor.commands.terminal import complain

if TYPE_CHECKING:
    from tutor.commands.context import Context

INTERRUPTED = 130

COMMANDS = {
    "learn": ("study", "read a lesson"),
    "quiz": ("study", "answer questions and have them graded"),
    "ask": ("ask", "ask a question about the courses"),
    "grade": ("grade", "grade one answer, or a file of answers"),
    "check": ("check", "find the mistakes in courses"),
    "models": ("models", "list, get and choose language models"),
    "courses": ("courses", "list, add and begin courses"),
    "export": ("export", "write what you have learned into files for other programs"),
    "doctor": ("doctor", "find out what is wrong, and what mends it"),
}
"""Name, module under `tutor.commands`, and what it is for."""

_EXAMPLE = """\
without a command, the app starts

example:
  tutor learn llm-basics/use-cases
"""


class Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one line."""

    def error(self, message: str) -> NoReturn:
        complain(f"{self.prog}: {message}: see `{self.prog} --help`")
        raise SystemExit(2)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it is done, 1 when the work failed, 2 for wrong usage, 130 after Ctrl-C."""
    _speak_utf8()
    try:
        code = _run(sys.argv[1:] if argv is None else list(argv))
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return 1
    return code


def _run(argv: list[str]) -> int:
    try:
        args = _parser(argv).parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    from tutor.commands.context import Context

    context = Context(language=args.language, profile=args.profile)
    name = COMMANDS[args.command][0] if args.command else "app"
    try:
        code: int = import_module(f"tutor.commands.{name}").run(args, context)
    except BrokenPipeError:
        raise
    except Exception as error:
        return _failed(error, context)
    return code


def _failed(error: Exception, context: Context) -> int:
    from tutor.commands.failures import explain

    line, code = explain(error, context)
    complain(line)
    return code


def _parser(argv: Sequence[str]) -> Parser:
    parser = Parser(
        prog="tutor",
        description="An offline tutor for large language models, in the terminal.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(language=None, profile=None)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    _add_globals(parser)
    for name, (module, summary) in COMMANDS.items():
        command = commands.add_parser(
            name,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        # Only what may be meant is imported, so that `tutor --help` needs none of the rooms.
        if name in argv:
            import_module(f"tutor.commands.{module}").arguments(command)
        for leaf in _leaves(command):
            _add_globals(leaf)
    return parser


def _leaves(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """The parser and those of its subcommands."""
    inner = [
        child
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for child in action.choices.values()
    ]
    return [parser, *inner]


def _add_globals(parser: argparse.ArgumentParser) -> None:
    """Options that stand before or after the command; the later one holds."""
    everywhere = parser.add_argument_group("everywhere")
    everywhere.add_argument("--version", action="version", version=f"tutor {__version__}")
    everywhere.add_argument(
        "--profile", metavar="NAME", default=argparse.SUPPRESS, help="whose history to use"
    )
    everywhere.add_argument(
        "--language",
        choices=("en", "ko"),
        default=argparse.SUPPRESS,
        help="the language to speak and to grade in",
    )


def _speak_utf8() -> None:
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _drop_output() -> None:
    """Whoever read our output is gone: let what is still buffered go nowhere instead of failing at exit."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        pass


if __name__ == "__main__":
    sys.exit(main())
