"""What the doctor looks at, one finding or more each; nothing here changes anything."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from tutor import __version__
from tutor.commands.failures import WrongUsage
from tutor.commands.models_server import ask
from tutor.llm import hardware
from tutor.llm.address import parse_address
from tutor.llm.footprint import Estimate, estimate
from tutor.llm.gguf import BadGguf, read_header
from tutor.llm.installed import ModelNotFound, installed, resolve
from tutor.llm.protocol import ModelError
from tutor.settings import SettingsError
from tutor.study import integrity
from tutor.ui.downloads import size
from tutor.ui.memory_words import memory_text
from tutor.ui.problem_lines import problem_lines

if TYPE_CHECKING:
    from tutor.commands.context import Context

State = Literal["ok", "warn", "fail"]

OLDEST_PYTHON = (3, 11)
SMALLEST_SCREEN = (80, 24)
ROOM_WANTED = 2_000_000_000
"""Bytes of disk from which a model fits in any case."""


class Finding(Struct, frozen=True):
    """`about` names what was looked at; `message` says how it is and, unless it is ok, what to do."""

    about: str
    state: State
    message: str


Check = Callable[["Context"], Iterator[Finding]]


def examine(context: Context) -> list[Finding]:
    """All findings, those about the machine first."""
    checks: tuple[Check, ...] = (
        _python,
        _packages,
        _places,
        _settings,
        _terminal,
        _record,
        _courses,
        _models,
        _machine,
    )
    return [finding for check in checks for finding in check(context)]


def _python(context: Context) -> Iterator[Finding]:
    new = sys.version_info[:2] >= OLDEST_PYTHON
    about = ".".join(map(str, sys.version_info[:3]))
    yield (
        Finding("python", "ok", about)
        if new
        else Finding("python", "fail", context.strings("cli.doctor.old_python", version=about))
    )


def _packages(context: Context) -> Iterator[Finding]:
    yield Finding("tutor", "ok", __version__)
    for name in ("textual", "llama-cpp-python"):
        try:
            yield Finding(name, "ok", version(name))
        except PackageNotFoundError:
            line = context.strings("cli.doctor.no_package", name=name)
            yield Finding(name, "fail", line)


def _places(context: Context) -> Iterator[Finding]:
    at = context.places
    folders = {
        "settings": at.settings.parent,
        "profiles": at.profiles,
        "models": at.models,
        "courses": at.courses,
        "cache": at.cache,
        "log": at.log,
    }
    for name, folder in folders.items():
        if _writable(folder):
            yield Finding(f"{name} folder", "ok", str(folder))
        else:
            line = context.strings("cli.doctor.not_writable", path=folder)
            yield Finding(f"{name} folder", "fail", line)


def _writable(folder: Path) -> bool:
    """Whether the folder can be written, or made where it is missing."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def _settings(context: Context) -> Iterator[Finding]:
    try:
        found = context.settings
    except SettingsError as error:
        yield Finding("settings", "fail", str(error))
        return
    language = found.language or context.strings("cli.doctor.not_chosen")
    yield Finding("settings", "ok", f"language {language}, profile {context.profile}")


def _terminal(context: Context) -> Iterator[Finding]:
    strings = context.strings
    if not sys.stdout.isatty():
        yield Finding("terminal", "ok", strings("cli.doctor.no_terminal"))
        return
    columns, lines = shutil.get_terminal_size()
    about = f"{columns}x{lines}"
    if columns < SMALLEST_SCREEN[0] or lines < SMALLEST_SCREEN[1]:
        about = strings("cli.doctor.small_terminal", size=about)
        yield Finding("terminal", "warn", about)
    else:
        yield Finding("terminal", "ok", about)
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE") or os.environ.get("LANG") or ""
    if os.name == "posix" and "utf" not in locale.lower():
        yield Finding("text", "warn", strings("cli.doctor.not_utf8", locale=locale or "C"))
    else:
        yield Finding("text", "ok", "UTF-8")


def _record(context: Context) -> Iterator[Finding]:
    try:
        path = context.database
    except WrongUsage as error:
        yield Finding("record", "fail", str(error))
        return
    except SettingsError:
        return
    if not path.exists():
        yield Finding("record", "ok", context.strings("cli.doctor.no_record"))
        return
    findings = integrity.examine(path)
    for line in findings:
        yield Finding("record", "fail", line)
    if not findings:
        yield Finding("record", "ok", str(path))


def _courses(context: Context) -> Iterator[Finding]:
    refused = [
        problem for each in context.loaded if each.course is None for problem in each.problems
    ]
    for line in problem_lines(refused, context.strings):
        yield Finding("courses", "warn", line)
    if context.courses:
        names = ", ".join(course.course.id for course in context.courses)
        yield Finding("courses", "ok", names)
    else:
        yield Finding("courses", "fail", context.strings("cli.no_course"))


def _models(context: Context) -> Iterator[Finding]:
    models = installed(context.model_roots, context.catalog)
    for model in models:
        if model.problem:
            yield Finding("models", "warn", model.problem)
    usable = [model.name for model in models if not model.problem]
    if usable:
        yield Finding("models", "ok", ", ".join(usable))
    try:
        wanted = context.settings.model
    except SettingsError:
        return
    if wanted is None:
        yield Finding("model in use", "warn", context.strings("cli.no_model"))
        return
    try:
        address = parse_address(wanted)
        path = address or resolve(wanted, context.model_roots, context.catalog)
        if address is not None:
            asyncio.run(ask(address, context))
    except (ModelNotFound, ModelError) as error:
        yield Finding("model in use", "fail", str(error))
    else:
        yield Finding("model in use", "ok", f"{wanted} ({path})" if address is None else wanted)


def _machine(context: Context) -> Iterator[Finding]:
    strings, free = context.strings, hardware.memory_free()
    parts = _memory_parts(context)
    needed = parts.total if parts else _catalogued_memory(context)
    if parts:
        kept = context.settings.kept_limit
        yield Finding("memory of the model", "ok", memory_text(parts, kept, strings))
    if needed > free:
        line = strings("cli.doctor.little_memory", free=size(free), needed=size(needed))
        yield Finding("memory", "warn", line)
    else:
        yield Finding("memory", "ok", strings("cli.doctor.free", free=size(free)))
    room = hardware.disk_free(context.places.models)
    if room < ROOM_WANTED:
        line = strings("cli.doctor.little_disk", free=size(room), path=context.places.models)
        yield Finding("disk", "warn", line)
    else:
        yield Finding("disk", "ok", strings("cli.doctor.free", free=size(room)))


def _catalogued_memory(context: Context) -> int:
    """Bytes the model in use takes, as far as the catalogue knows it."""
    wanted = _model_in_use(context)
    known = context.catalog.get(wanted) if wanted else None
    return known.memory if known else 0


def _memory_parts(context: Context) -> Estimate | None:
    """What the memory of the model in use is for; None where it has no file that can be read."""
    wanted = _model_in_use(context)
    if wanted is None:
        return None
    try:
        header = read_header(resolve(wanted, context.model_roots, context.catalog))
    except (BadGguf, ModelNotFound):
        return None
    return estimate(header, n_ctx=context.settings.context)


def _model_in_use(context: Context) -> str | None:
    try:
        return context.settings.model
    except SettingsError:
        return None
