"""The GGUF files on this disk that Tutor may use: pulled, put into a model folder, or added by path."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count
from pathlib import Path

import msgspec

from tutor.llm.catalog import Catalog, CatalogModel, unknown
from tutor.llm.gguf import BadGguf, GgufHeader, read_header

REGISTRY = "added.json"
"""In the folder models are pulled into: names and absolute paths of files that lie elsewhere."""

_DRIFT = 0.05
_NAME_LIMIT = 60
LATER_SHARD = re.compile(r"-(?!00001)\d{5}-of-\d{5}$")


class ModelNotFound(Exception):
    """No installed model has that name, or its file can't be used; the message is one line that says what to do."""


@dataclass(frozen=True)
class Installed:
    """A GGUF file. `added`: it lies elsewhere and only its path is known here.

    `header` is None where the file can't be used; `problem` then says why in one line.
    """

    name: str
    path: Path
    bytes: int
    catalogued: CatalogModel | None
    header: GgufHeader | None
    problem: str | None = None
    added: bool = False


def installed(roots: Sequence[Path], catalog: Catalog) -> list[Installed]:
    """The models in the folders `roots` and those added to them, smallest first. Every name is there once."""
    models = (_described(found) for found in _found(roots, catalog).values())
    whole = (model for model in models if not model.header or model.header.kind == "model")
    return sorted(whole, key=lambda model: (model.bytes, model.name))


def resolve(name_or_path: str, roots: Sequence[Path], catalog: Catalog) -> Path:
    """The file of the installed model of that name, or at that path. Raises ModelNotFound."""
    found = _found(roots, catalog)
    if match := found.get(name_or_path):
        model = _described(match)
        if model.problem:
            raise ModelNotFound(model.problem)
        return model.path
    path = Path(name_or_path).expanduser()
    if path.is_file():
        return path.absolute()
    if catalog.get(name_or_path):
        raise ModelNotFound(
            f"{name_or_path} is not here yet: run `tutor models pull {name_or_path}`"
        )
    if path.suffix == ".gguf" or path.name != name_or_path:
        raise ModelNotFound(f"there is no file {name_or_path!r}: check the path")
    raise ModelNotFound(unknown(name_or_path, [*found, *(model.name for model in catalog.models)]))


def add(path: Path, into: Path, name: str | None = None) -> str:
    """Make the GGUF file at `path` known in the model folder `into`, where it lies; the name it got.

    The name is `name`, or else made from the file's. Raises BadGguf for what is no model that can be used.
    """
    real = path.expanduser().absolute()
    header = read_header(real)
    if header.kind != "model":
        raise BadGguf(
            f"{path.name} is no model but of the kind {header.kind!r}: add the model itself"
        )
    known = _registry(into)
    for old, where in known.items():
        if where == real:
            return old
    chosen = _unused(_slug(name or path.stem), known)
    _store(into, known | {chosen: real})
    return chosen


def remove(name: str, roots: Sequence[Path], catalog: Catalog) -> Path:
    """Delete the model's file in the first of `roots`, or only forget an added one; where it lies or lay.

    Raises ModelNotFound.
    """
    found = _found(roots, catalog)
    match = found.get(name)
    if match is None:
        raise ModelNotFound(unknown(name, list(found)))
    if match.added:
        for root in roots:
            known = _registry(root)
            if known.pop(name, None):
                _store(root, known)
    elif match.path.parent == roots[0]:
        match.path.unlink()
    else:
        raise ModelNotFound(
            f"{name} lies in {match.path.parent}, outside Tutor's folder: delete it there"
        )
    return match.path


def _found(roots: Sequence[Path], catalog: Catalog) -> dict[str, Installed]:
    """Every file by its name, before its header was read."""
    found: dict[str, Installed] = {}
    seen: set[Path] = set()
    for path, given in _candidates(roots):
        real = path.resolve()
        if real not in seen:
            seen.add(real)
            size = path.stat().st_size if path.is_file() else 0
            match = _match(path, size, catalog)
            name = given or _name(path, match, found, catalog)
            added = given is not None
            found.setdefault(name, Installed(name, path, size, match, None, None, added))
    return found


def _described(model: Installed) -> Installed:
    """The model with what its header says, or the problem that keeps it from being used."""
    try:
        stat = model.path.stat()
        return replace(model, header=_header(model.path, stat.st_size, stat.st_mtime_ns))
    except OSError:
        return replace(model, problem=f"{model.path} is gone: put it back, or remove the model")
    except BadGguf as error:
        return replace(model, problem=str(error))


@lru_cache(maxsize=256)
def _header(path: Path, size: int, changed: int) -> GgufHeader:
    """Cached by what changes when the file does."""
    return read_header(path)


def _candidates(roots: Sequence[Path]) -> Iterator[tuple[Path, str | None]]:
    """Every GGUF file of the folders and, with its name, every added one."""
    for root in roots:
        for path in sorted(root.glob("*.gguf")):
            if path.is_file() and not LATER_SHARD.search(path.stem):
                yield path, None
        for name, path in _registry(root).items():
            yield path, name


def _match(path: Path, size: int, catalog: Catalog) -> CatalogModel | None:
    for model in catalog.models:
        if model.sha256 and path.resolve().name == f"sha256-{model.sha256}":
            return model
        if path.name.lower() == model.file.lower():
            drift = 0 if model.sha256 else _DRIFT * model.bytes
            return model if abs(size - model.bytes) <= drift else None
    return None


def _name(path: Path, match: CatalogModel | None, found: Container[str], catalog: Catalog) -> str:
    if match and match.name not in found:
        return match.name
    return _unused(_slug(path.stem), {*(model.name for model in catalog.models)}, found)


def _unused(name: str, *taken: Container[str]) -> str:
    numbered = (name if number == 1 else f"{name}-{number}" for number in count(1))
    return next(name for name in numbered if not any(name in names for names in taken))


def _slug(text: str) -> str:
    """`text` as a name: letters of any script, digits, and . _ - between them."""
    words = re.sub(r"[^\w.-]+", "-", unicodedata.normalize("NFC", text).lower())
    return words.strip("-._")[:_NAME_LIMIT] or "model"


def _registry(folder: Path) -> dict[str, Path]:
    try:
        held = msgspec.json.decode((folder / REGISTRY).read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError):
        return {}
    return {name: Path(path) for name, path in held.items() if _slug(name) == name}


def _store(folder: Path, known: dict[str, Path]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{REGISTRY}.new"
    draft.write_bytes(msgspec.json.encode({name: str(path) for name, path in known.items()}))
    draft.replace(folder / REGISTRY)
