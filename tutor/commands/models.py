"""`tutor models`: which language models there are, and getting, choosing and removing one."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.commands.terminal import note, say, say_json

if TYPE_CHECKING:
    from tutor.commands.context import Context
    from tutor.llm.catalog import CatalogModel

_EXAMPLE = """\
examples:
  tutor models list
  tutor models pull qwen2.5-coder-1.5b
  tutor models add ~/Downloads/some-model.gguf
  tutor models use some-model
  tutor models bench
  tutor models use http://localhost:8080/v1
  tutor models reset-thresholds
  tutor models use https://gpu.example.org/v1#qwen3-8b      the key, if it wants one, in TUTOR_API_KEY
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EXAMPLE
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, argument, summary in (
        ("list", None, "every model: here, held by other programs, or to be had"),
        ("pull", "NAME", "download a model; goes on where it was interrupted"),
        ("add", "PATH", "use a GGUF file where it lies"),
        ("use", "NAME|URL", "grade and explain with this model from now on"),
        ("remove", "NAME", "delete a model's file, or forget one that was added"),
        ("reset-thresholds", None, "let the model in use grade as it did before your corrections"),
        ("bench", None, "measure how fast the model in use is here, and its memory"),
    ):
        action = actions.add_parser(
            name,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            epilog=f"example:\n  tutor models {name}{_SAMPLES[name]}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        if argument:
            action.add_argument("name", metavar=argument)
        if name == "bench":
            action.add_argument("--model", metavar="NAME|PATH", help="instead of the model in use")
        action.add_argument("--json", action="store_true", help="the result as JSON")


_SAMPLES = {
    "list": " --json",
    "pull": " smollm2-135m",
    "add": " ~/Downloads/some-model.gguf",
    "use": " qwen2.5-coder-1.5b",
    "remove": " smollm2-135m",
    "reset-thresholds": "",
    "bench": " --model smollm2-135m --json",
}


def run(args: argparse.Namespace, context: Context) -> int:
    match args.action:
        case "list":
            from tutor.commands.models_list import show

            show(context, as_json=args.json)
        case "pull":
            _pull(args, context)
        case "add":
            _add(args, context)
        case "use":
            _use(args, context)
        case "reset-thresholds":
            from tutor.commands.models_thresholds import reset

            reset(context, as_json=args.json)
        case "bench":
            from tutor.commands.models_bench import bench

            bench(args, context)
        case _:
            _remove(args, context)
    return 0


def _pull(args: argparse.Namespace, context: Context) -> None:
    """Raises PullError, CatalogError, and KeyboardInterrupt once it was said how to go on."""
    from tutor.commands.pull_progress import PullLines
    from tutor.llm.pull import pull

    model = context.catalog.find(args.name)
    lines = PullLines(model, context.strings)
    try:
        path = asyncio.run(pull(model, context.places.models, on_progress=lines.show))
    except KeyboardInterrupt:
        lines.clear()
        note(context.strings("cli.models.stopped", name=model.name))
        raise
    finally:
        lines.clear()
    told = [context.strings("cli.models.pulled", name=model.name, path=path)]
    if context.settings.model is None:
        context.change_settings(model=model.name)
        told += [context.strings("cli.models.in_use", name=model.name), *_limits(model, context)]
    _tell(args, context, model.name, path, told)


def _add(args: argparse.Namespace, context: Context) -> None:
    """Raises BadGguf."""
    from tutor.llm.installed import add

    path = Path(args.name).expanduser().absolute()
    name = add(path, context.places.models)
    told = [
        context.strings("cli.models.added", name=name),
        context.strings("cli.models.how_to_use", name=name),
    ]
    _tell(args, context, name, path, told)


def _use(args: argparse.Namespace, context: Context) -> None:
    """Raises ModelNotFound, BadAddress, Unreachable."""
    from tutor.llm.address import parse_address
    from tutor.llm.gguf import read_header
    from tutor.llm.installed import installed, resolve

    if address := parse_address(args.name):
        from tutor.commands import models_server

        models_server.use(address, args, context)
        return
    path = resolve(args.name, context.model_roots, context.catalog)
    read_header(path)
    models = installed(context.model_roots, context.catalog)
    known = next((model for model in models if args.name in (model.name, str(model.path))), None)
    name = known.name if known else str(path)
    context.change_settings(model=name)
    catalogued = known.catalogued if known else None
    limits = _limits(catalogued, context) if catalogued else []
    _tell(args, context, name, path, [context.strings("cli.models.in_use", name=name), *limits])


def _remove(args: argparse.Namespace, context: Context) -> None:
    """Raises ModelNotFound, BadAddress."""
    from tutor.llm.address import parse_address
    from tutor.llm.installed import remove

    if address := parse_address(args.name):
        from tutor.commands import models_server

        models_server.remove(address, args, context)
        return
    path = remove(args.name, context.model_roots, context.catalog)
    gone = "cli.models.forgotten" if path.exists() else "cli.models.removed"
    told = [context.strings(gone, name=args.name, path=path)]
    if context.settings.model in (args.name, str(path)):
        context.change_settings(model=None)
        told.append(context.strings("cli.models.none_in_use"))
    _tell(args, context, args.name, path, told)


def _limits(model: CatalogModel, context: Context) -> list[str]:
    """What a learner should know before relying on the model."""
    strings = context.strings
    lines = []
    if not model.instruct:
        lines.append(strings("models.base"))
    if not model.knows(context.language):
        lines.append(strings(f"models.knows_no.{context.language}"))
    return lines


def _tell(
    args: argparse.Namespace, context: Context, name: str, path: Path, lines: Sequence[str]
) -> None:
    if args.json:
        in_use = context.settings.model == name
        say_json({"name": name, "path": str(path), "in_use": in_use})
    else:
        for line in lines:
            say(line)
