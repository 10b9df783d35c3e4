"""`tutor check`: every mistake in courses, with its place."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutor.commands.failures import WrongUsage
from tutor.commands.terminal import one_line, say, say_json
from tutor.content.check import check, counts, json_schema
from tutor.content.course_files import course_folders
from tutor.content.loader import load_courses
from tutor.content.problem import Problem
from tutor.paths import bundled

if TYPE_CHECKING:
    from tutor.commands.context import Context

_EXAMPLE = """\
without PATH, every course that Tutor finds is checked

examples:
  tutor check my-course
  tutor check my-course/first-lesson.yaml
  tutor check --schema > course.schema.json
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EXAMPLE
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="a course, a folder of courses, or one of a course's files",
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="warnings are errors, as for the courses that come with Tutor",
    )
    parser.add_argument(
        "--counts", action="store_true", help="also how many items of each kind there are"
    )
    parser.add_argument(
        "--schema", action="store_true", help="print the JSON Schema of course files instead"
    )
    parser.add_argument("--json", action="store_true", help="the result as one line of JSON")


def run(args: argparse.Namespace, context: Context) -> int:
    """1 when there is an error, 0 when there are at most warnings."""
    if args.schema:
        say_json(json_schema())
        return 0
    roots = _given(args.paths, context) if args.paths else _known(context)
    problems = [
        problem for root in roots for problem in check(root, strict=args.strict or _is_ours(root))
    ]
    if not args.paths:
        problems += _between(context, problems)
    table = _counts(roots) if args.counts else None
    _tell(args, problems, roots, table, context)
    return int(any(problem.severity == "error" for problem in problems))


def _given(paths: Sequence[str], context: Context) -> list[Path]:
    roots = [Path(path) for path in paths]
    missing = next((root for root in roots if not root.exists()), None)
    if missing is not None:
        raise WrongUsage(context.strings("cli.check.no_path", path=missing))
    return roots


def _known(context: Context) -> list[Path]:
    """The course folders of all roots; a root that is missing or empty has nothing to check."""
    return [root for root in context.course_roots if root.is_dir() and _folders(root)]


def _folders(root: Path) -> list[Path]:
    try:
        return course_folders(root)
    except OSError:
        return [root]


def _is_ours(root: Path) -> bool:
    return root.resolve().is_relative_to(bundled("content").resolve())


def _between(context: Context, found: Sequence[Problem]) -> list[Problem]:
    """What only shows when all courses are looked at together: an id that is taken."""
    told = {(it.file, it.line, it.column, it.message) for it in found}
    return [
        problem
        for loaded in context.loaded
        for problem in loaded.problems
        if (problem.file, problem.line, problem.column, problem.message) not in told
    ]


def _counts(roots: Sequence[Path]) -> dict[str, dict[str, dict[str, int]]]:
    """Items by course, lesson and kind, of the courses without errors."""
    folders = [root if root.is_dir() else root.parent for root in roots]
    courses = [loaded.course for loaded in load_courses(folders) if loaded.course]
    return {course.course.id: counts(course) for course in courses}


def _tell(
    args: argparse.Namespace,
    problems: Sequence[Problem],
    roots: Sequence[Path],
    table: dict[str, dict[str, dict[str, int]]] | None,
    context: Context,
) -> None:
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    if args.json:
        found: dict[str, Any] = {
            "problems": [_as_json(problem) for problem in problems],
            "errors": errors,
            "warnings": warnings,
        }
        say_json(found if table is None else found | {"counts": table})
        return
    strings = context.strings
    for problem in problems:
        say(
            str(problem)
            if problem.severity == "error"
            else f"{problem} {strings('cli.check.mild')}"
        )
    for line in _table(table or {}):
        say(line)
    courses = sum(len(_folders(root)) for root in roots)
    checked = strings("cli.check.courses", count=courses)
    amounts = [
        strings("cli.check.errors", count=errors) if errors else "",
        strings("cli.check.warnings", count=warnings) if warnings else "",
    ]
    say(f"{checked}: {', '.join(filter(None, amounts)) or strings('cli.check.clean')}")


def _table(table: dict[str, dict[str, dict[str, int]]]) -> Iterator[str]:
    for course, lessons in table.items():
        for lesson, kinds in lessons.items():
            shown = ", ".join(f"{kind} {count}" for kind, count in kinds.items() if count)
            yield one_line(f"{course}/{lesson}: {sum(kinds.values())} ({shown})")


def _as_json(problem: Problem) -> dict[str, Any]:
    return {
        "file": str(problem.file),
        "line": problem.line,
        "column": problem.column,
        "severity": problem.severity,
        "item": problem.item,
        "message": problem.message,
    }
