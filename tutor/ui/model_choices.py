"""Which models there are to choose from: here, held by other programs, or to be had. No Textual here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tutor.content.schema import LANGUAGES, Language
from tutor.llm.address import BadAddress, RemoteAddress, parse_address
from tutor.llm.catalog import HEADROOM, Catalog, CatalogModel, recommend
from tutor.llm.footprint import Estimate, estimate
from tutor.llm.gguf import GgufHeader
from tutor.llm.installed import Installed
from tutor.llm.offered import Offered

Whereabouts = Literal["in_use", "installed", "offered", "available"]


@dataclass(frozen=True)
class ModelChoice:
    """One model. `memory` is bytes to run it; `problem` why its file cannot be used; `path` of a file that is here.

    `parts` says what the memory is for, where the file is here and its header can be read. `address` is that of a model
    on a server; it takes nothing of this machine.
    """

    name: str
    title: str
    where: Whereabouts
    bytes: int
    memory: int
    fits: bool
    recommended: bool = False
    catalogued: CatalogModel | None = None
    path: Path | None = None
    origin: str = ""
    problem: str | None = None
    added: bool = False
    parts: Estimate | None = None
    address: RemoteAddress | None = None

    @property
    def here(self) -> bool:
        return self.where in ("in_use", "installed")

    def knows(self, language: Language) -> bool | None:
        """None for a model that the catalogue does not tell of."""
        return self.catalogued.knows(language) if self.catalogued else None


@dataclass(frozen=True)
class Machine:
    """What choosing depends on; `free` is bytes of memory, `context` the tokens of each context."""

    free: int
    language: Language
    in_use: str | None
    context: int = 4096


def all_choices(
    catalog: Catalog, installed: list[Installed], offered: list[Offered], machine: Machine
) -> list[ModelChoice]:
    """Every model: what is here first, then what other programs hold, then the catalogue, the fitting ones first."""
    best = recommend(catalog, machine.free, machine.language)
    here = [_installed(model, best, machine) for model in installed]
    names = {choice.name for choice in here}
    others = [
        _available(model, best, machine) for model in catalog.models if model.name not in names
    ]
    here.sort(
        key=lambda choice: (
            choice.where != "in_use",
            choice.problem is not None,
            -choice.recommended,
        )
    )
    others.sort(key=lambda choice: (not choice.recommended, not choice.fits))
    return [*_remote(machine), *here, *(_offered(model, machine) for model in offered), *others]


def first_choices(choices: list[ModelChoice]) -> list[ModelChoice]:
    """What to offer at the first start: usable files, and catalogue models that fit and can teach here.

    A model without all of Tutor's languages is among them only when no other fits.
    """
    usable = [choice for choice in choices if choice.problem is None and choice.fits]
    files = [choice for choice in usable if choice.where != "available"]
    catalogued = list(_teachers(usable))
    whole = [
        choice for choice in catalogued if all(choice.knows(language) for language in LANGUAGES)
    ]
    return [*files, *(whole or catalogued)]


def preselected(choices: list[ModelChoice], language: Language) -> ModelChoice | None:
    """The model to propose: in use, else here and able to teach in `language` (the largest), else recommended, else any here."""
    usable = [choice for choice in choices if choice.problem is None and choice.fits]
    here = [choice for choice in usable if choice.here]
    able = [it for it in here if it.knows(language) is not False and _teaches(it)]
    able.sort(key=lambda choice: (choice.recommended, choice.bytes), reverse=True)
    in_use = [choice for choice in choices if choice.where == "in_use"]
    recommended = [choice for choice in usable if choice.recommended]
    return next(iter([*in_use, *able, *recommended, *here, *usable]), None)


def _teaches(choice: ModelChoice) -> bool:
    return choice.catalogued is None or choice.catalogued.instruct


def _teachers(choices: list[ModelChoice]) -> Iterator[ModelChoice]:
    for choice in choices:
        if choice.where == "available" and _teaches(choice):
            yield choice


def _remote(machine: Machine) -> Iterator[ModelChoice]:
    """The model in use, where it runs on a server."""
    with suppress(BadAddress):
        address = parse_address(machine.in_use or "")
        if address is not None:
            yield ModelChoice(
                name=str(address),
                title=address.stem,
                where="in_use",
                bytes=0,
                memory=0,
                fits=True,
                address=address,
            )


def _installed(model: Installed, best: CatalogModel | None, machine: Machine) -> ModelChoice:
    known = model.catalogued
    parts = _parts(model.header, machine)
    otherwise = known.memory if known else model.bytes
    memory = parts.total if parts else otherwise
    in_use = machine.in_use in (model.name, str(model.path))
    return ModelChoice(
        name=model.name,
        title=known.title if known else model.name,
        where="in_use" if in_use else "installed",
        bytes=model.bytes,
        memory=memory,
        fits=in_use or _fits(memory, machine),
        recommended=known is not None and best is not None and known.name == best.name,
        catalogued=known,
        path=model.path,
        problem=model.problem,
        added=model.added,
        parts=parts,
    )


def _offered(model: Offered, machine: Machine) -> ModelChoice:
    parts = estimate(model.header, n_ctx=machine.context)
    return ModelChoice(
        name=model.name,
        title=model.name,
        where="offered",
        bytes=model.bytes,
        memory=parts.total,
        fits=_fits(parts.total, machine),
        path=model.path,
        origin=model.origin,
        parts=parts,
    )


def _available(model: CatalogModel, best: CatalogModel | None, machine: Machine) -> ModelChoice:
    return ModelChoice(
        name=model.name,
        title=model.title,
        where="available",
        bytes=model.bytes,
        memory=model.memory,
        fits=_fits(model.memory, machine),
        recommended=model is best,
        catalogued=model,
    )


def _parts(header: GgufHeader | None, machine: Machine) -> Estimate | None:
    return estimate(header, n_ctx=machine.context) if header else None


def _fits(memory: int, machine: Machine) -> bool:
    return memory + HEADROOM <= machine.free
