"""The list of models, for people and for scripts."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from tutor.commands.terminal import say, say_json
from tutor.grading.calibration import Calibration, load_all
from tutor.llm.catalog import recommend
from tutor.llm.hardware import memory_free
from tutor.llm.installed import installed
from tutor.llm.offered import offered
from tutor.ui.downloads import size
from tutor.ui.grading_words import agreement_of, grading_text
from tutor.ui.memory_words import memory_text
from tutor.ui.model_choices import Machine, ModelChoice, all_choices
from tutor.ui.remote_words import server_text
from tutor.ui.strings import Strings

if TYPE_CHECKING:
    from tutor.commands.context import Context


def show(context: Context, *, as_json: bool) -> None:
    """Every model: what is here first, then what other programs hold, then the catalogue."""
    free = memory_free()
    settings = context.settings
    machine = Machine(free, context.language, settings.model, settings.context)
    here = installed(context.model_roots, context.catalog)
    best = recommend(context.catalog, free, context.language)
    choices = [
        replace(choice, recommended=best is not None and choice.catalogued is best)
        for choice in all_choices(context.catalog, here, offered(here, context.environ), machine)
    ]
    if as_json:
        say_json([_as_json(choice, context) for choice in choices])
        return
    tried = load_all(context.places.tried)
    for choice in choices:
        for line in _lines(choice, tried, context):
            say(line)
    say(context.strings("cli.models.free", free=size(free)))


def _as_json(choice: ModelChoice, context: Context) -> dict[str, Any]:
    known, parts = choice.catalogued, choice.parts
    in_use = choice.where == "in_use"
    return {
        "name": choice.name,
        "title": choice.title,
        "bytes": choice.bytes,
        "memory": choice.memory,
        "memory_parts": parts
        and {"weights": parts.weights, "kv": parts.kv, "compute": parts.compute},
        "kept_limit": context.settings.kept_limit if in_use else None,
        "languages": known.languages if known else None,
        "licence": known.licence if known else None,
        "measured": known.measured if known else False,
        "grading": msgspec.to_builtins(agreement_of(choice)) or None,
        "installed": choice.here,
        "in_use": in_use,
        "recommended": choice.recommended,
        "fits": choice.fits,
        "origin": choice.origin or None,
        "path": str(choice.path) if choice.path else None,
        "problem": choice.problem,
    }


def _lines(choice: ModelChoice, tried: Sequence[Calibration], context: Context) -> list[str]:
    """The name with its marks, then the facts, then what is wrong or how to have it."""
    strings, known = context.strings, choice.catalogued
    facts = [choice.title] if choice.title != choice.name else []
    if choice.address:
        facts.append(server_text(choice.address, strings))
    else:
        facts += [size(choice.bytes), strings("cli.models.memory", memory=size(choice.memory))]
    if known:
        facts += [", ".join(known.languages), known.licence]
    marks = _marks(choice, strings)
    lines = [f"{choice.name} ({', '.join(marks)})" if marks else choice.name]
    lines.append(f"  {' · '.join(facts)}")
    if grading := grading_text(choice, strings, tried):
        lines.append(f"  {grading}")
    if choice.parts and choice.where == "in_use":
        lines.append(f"  {memory_text(choice.parts, context.settings.kept_limit, strings)}")
    if choice.problem:
        lines.append(f"  {choice.problem}")
    elif choice.where == "offered":
        lines.append(f"  tutor models add {shlex.quote(str(choice.path))}")
    return [line.replace("\n", " ") for line in lines]


def _marks(choice: ModelChoice, strings: Strings) -> list[str]:
    marks = []
    if choice.where == "in_use":
        marks.append(strings("models.where.in_use"))
    elif choice.where == "installed":
        marks.append(strings("models.where.installed"))
    elif choice.where == "offered":
        marks.append(strings("models.offered", origin=choice.origin))
    if choice.recommended:
        marks.append(strings("models.recommended"))
    if choice.problem:
        marks.append(strings("models.unusable"))
    elif not choice.fits:
        marks.append(strings("models.too_large", memory=size(choice.memory)))
    return marks
