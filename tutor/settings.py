"""The settings of one person, and the file they live in."""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from tutor.content.schema import Language


class SettingsError(Exception):
    """The settings file can't be used; the message is one line that says where and what to do."""


class Settings(Struct, frozen=True):
    language: Language | None = None
    """Of the interface and of grading; None until it was asked for."""
    model: str | None = None
    """A name of the catalogue or given by `tutor models add`, an absolute path, or a server's address: URL#MODEL."""
    leaves_to: str | None = None
    """The server, off this machine, of which it was said that answers and questions go there."""
    profile: str = "default"
    """Whose history is shown: a folder under `profiles/`."""
    theme: str = "textual-dark"
    """A name of a Textual theme."""
    context: Annotated[int, Meta(ge=512, le=1_048_576)] = 4096
    """Tokens each of the two contexts of a model holds."""
    threads: Annotated[int, Meta(ge=1, le=1024)] | None = None
    """Threads a model runs on; None leaves it to the machine's cores."""
    kept_prefixes_mb: Annotated[int, Meta(ge=0, le=65_536)] = 256
    """Megabytes (10^6 bytes) of evaluated prompts that are set aside for when they come back."""

    fluent_feedback: bool = False
    """Whether a model from a billion parameters up may put feedback into other words, once its verdict is shown."""
    socratic: bool = False
    """Whether the tutor, asked beside an answer that lacks something, asks back before it explains."""

    @property
    def kept_limit(self) -> int:
        """`kept_prefixes_mb` in bytes."""
        return self.kept_prefixes_mb * 1_000_000


def load(path: Path) -> Settings:
    """The settings in `path`, the defaults where there is no such file. Raises SettingsError."""
    text = _text(path)
    try:
        return msgspec.convert(_parse(path, text), Settings)
    except msgspec.ValidationError as error:
        raise SettingsError(_invalid(path, text, str(error))) from None


def save(path: Path, settings: Settings) -> None:
    """Write `settings` in one step, with every key of the file that is not ours kept. Raises SettingsError."""
    import tomli_w

    kept = {
        key: value
        for key, value in _parse(path, _text(path)).items()
        if key not in Settings.__struct_fields__
    }
    ours = {
        key: value for key, value in msgspec.structs.asdict(settings).items() if value is not None
    }
    try:
        _replace(path, tomli_w.dumps(ours | kept))
    except OSError as error:
        raise SettingsError(
            f"{path} can't be written ({error.strerror}): check its folder's permissions"
        ) from None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SettingsError(
            f"{path}:{line}: not UTF-8 text: save the file as UTF-8, or delete it"
        ) from None
    except OSError as error:
        raise SettingsError(
            f"{path} can't be read ({error.strerror}): check its permissions"
        ) from None


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason = str(error)
        found = re.search(r"line (\d+)", reason)
        line = int(found[1]) if found else text.count("\n") + 1
        reason = re.sub(r" \(at .*\)$", "", reason)
        raise SettingsError(
            f"{path}:{line}: {reason}: correct that line, or delete the file"
        ) from None


def _invalid(path: Path, text: str, reason: str) -> str:
    what, _, where = reason.partition(" - at ")
    key = where.strip("`").removeprefix("$.")
    before = re.split(rf"^[ \t]*{re.escape(key)}\s*=", text, maxsplit=1, flags=re.MULTILINE)
    line = before[0].count("\n") + 1
    return f"{path}:{line}: {key}: {what}: correct that line, or remove it"


def _replace(path: Path, text: str) -> None:
    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=target.name)
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
