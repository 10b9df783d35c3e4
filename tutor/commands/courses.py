"""`tutor courses`: which courses there are, taking one in, and beginning one."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutor.commands.failures import Failed, WrongUsage
from tutor.commands.terminal import complain, one_line, say, say_json
from tutor.content.course_files import COURSE_FILE
from tutor.content.loader import LoadedCourse, load_course
from tutor.content.schema import Id
from tutor.content.schema import say as in_language

if TYPE_CHECKING:
    from tutor.commands.context import Context

_EXAMPLE = """\
examples:
  tutor courses list
  tutor courses new my-course
  tutor courses add my-course
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EXAMPLE
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, argument, summary in (
        ("list", None, "the courses that Tutor finds"),
        ("add", "PATH", "copy a course folder to where Tutor keeps courses"),
        ("new", "NAME", "write a small course into ./NAME, to change into your own"),
    ):
        sample = f" {'my-course' if argument else '--json'}"
        action = actions.add_parser(
            name,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            epilog=f"example:\n  tutor courses {name}{sample}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        if argument:
            action.add_argument("name", metavar=argument)
        action.add_argument("--json", action="store_true", help="the result as JSON")


def run(args: argparse.Namespace, context: Context) -> int:
    if args.action == "list":
        _list(args, context)
        return 0
    if args.action == "add":
        id, folder = _add(Path(args.name), context)
        line = context.strings("cli.courses.added", id=id)
    else:
        id, folder = _new(args.name, context)
        line = context.strings("cli.courses.new", id=id)
    if args.json:
        say_json({"id": id, "path": str(folder)})
    else:
        say(one_line(line))
    return 0


def _list(args: argparse.Namespace, context: Context) -> None:
    from tutor.ui.problem_lines import problem_lines

    if args.json:
        say_json([_as_json(course, context) for course in context.courses])
    else:
        for course in context.courses:
            say(_line(course, context))
    problems = [
        problem for each in context.loaded if each.course is None for problem in each.problems
    ]
    for line in problem_lines(problems, context.strings):
        complain(line)
    if not context.courses:
        complain(context.strings("cli.no_course"))


def _as_json(course: LoadedCourse, context: Context) -> dict[str, Any]:
    return {
        "id": course.course.id,
        "title": in_language(course.course.title, context.language),
        "languages": course.course.languages,
        "licence": course.course.licence,
        "lessons": [lesson.id for lesson in course.lessons],
        "items": sum(len(lesson.items) for lesson in course.lessons),
        "path": str(course.root),
    }


def _line(course: LoadedCourse, context: Context) -> str:
    facts = [
        in_language(course.course.title, context.language),
        context.strings("cli.courses.lessons", count=len(course.lessons)),
        context.strings(
            "home.questions", count=sum(len(lesson.items) for lesson in course.lessons)
        ),
        ", ".join(course.course.languages),
        str(course.root),
    ]
    return one_line(f"{course.course.id}  {' · '.join(facts)}")


def _add(source: Path, context: Context) -> tuple[str, Path]:
    """Copy a course that has no errors; its id and where it is now."""
    strings = context.strings
    if not (source / COURSE_FILE).is_file():
        raise WrongUsage(strings("cli.courses.no_course", path=source))
    loaded = load_course(source).course
    if loaded is None:
        raise Failed(strings("cli.courses.mistakes", path=source))
    id = loaded.course.id
    taken = next((it.root for it in context.courses if it.course.id == id), None)
    target = context.places.courses / id
    if taken is not None or target.exists():
        raise Failed(strings("cli.courses.taken", id=id, path=taken or target))
    files = list(_files(source.resolve(), context))
    context.places.courses.mkdir(parents=True, exist_ok=True)
    # Copied beside its place and renamed: a half-copied course is never found.
    with tempfile.TemporaryDirectory(dir=context.places.courses, prefix=".") as draft:
        for file in files:
            copy = Path(draft) / id / file.relative_to(source.resolve())
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
        (Path(draft) / id).rename(target)
    return id, target


def _files(root: Path, context: Context) -> Iterator[Path]:
    """The plain files of a course, hidden ones left out. Raises Failed for a link that leads out of the folder."""
    for path in sorted(root.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_symlink():
            raise Failed(context.strings("cli.courses.link", path=path))
        if path.is_dir():
            yield from _files(path, context)
        elif path.is_file():
            yield path


def _new(name: str, context: Context) -> tuple[str, Path]:
    """Write the template; its id and folder. Never writes over anything."""
    import msgspec

    from tutor.commands.course_template import FILES

    try:
        id = msgspec.convert(name, Id)
    except msgspec.ValidationError:
        raise WrongUsage(context.strings("cli.courses.name", name=name)) from None
    folder = Path(id)
    try:
        folder.mkdir()
    except FileExistsError:
        raise Failed(context.strings("cli.courses.exists", path=folder)) from None
    for file, text in FILES.items():
        (folder / file).write_text(text.replace("COURSE-ID", id), encoding="utf-8", newline="\n")
    return id, folder
