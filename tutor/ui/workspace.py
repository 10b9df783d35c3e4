"""Everything the app works on, gathered once: places, settings, courses, record, models. No Textual here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import msgspec

from tutor import settings as settings_file
from tutor.content.loader import LoadedCourse, load_courses
from tutor.content.problem import Problem
from tutor.content.schema import Language
from tutor.llm import hardware, installed, pull
from tutor.llm.address import BadAddress, ModelPlace, parse_address
from tutor.llm.catalog import Catalog, CatalogModel, load_catalog
from tutor.llm.hosted import HostedClient
from tutor.llm.installed import Installed
from tutor.llm.protocol import Client
from tutor.llm.pull import PullProgress
from tutor.llm.remote import RemoteClient
from tutor.paths import Places, bundled, course_roots, model_roots, places
from tutor.settings import Settings
from tutor.study.events import Clock, now
from tutor.study.store import Store


@dataclass(frozen=True)
class Start:
    """What to open at once: a lesson to read, or a quiz of `count` items (None: all); `lesson` None: the whole course."""

    mode: Literal["learn", "quiz"]
    course: str
    lesson: str | None = None
    section: str | None = None
    count: int | None = None


class Pull(Protocol):
    def __call__(
        self, model: CatalogModel, into: Path, *, on_progress: Callable[[PullProgress], None]
    ) -> Awaitable[Path]: ...


@dataclass
class Workspace:
    """`make_client` opens a client for models on this machine; the other callables stand for the clock, this machine and the network."""

    places: Places
    settings: Settings
    courses: list[LoadedCourse]
    problems: list[Problem]
    store: Store
    catalog: Catalog
    make_client: Callable[[], Client]
    environ: Mapping[str, str] = field(default_factory=dict)
    clock: Clock = now
    memory_free: Callable[[], int] = hardware.memory_free
    pull: Pull = pull.pull
    home: Path | None = None
    """Where other programs' models are looked for; None for the person's home."""
    tries_models: bool = True
    """Whether a model that nobody has measured is tried in the background."""

    def course(self, id: str) -> LoadedCourse | None:
        return next((loaded for loaded in self.courses if loaded.course.id == id), None)

    def change_settings(self, **changes: Any) -> None:
        """Set and save some settings; they hold for this run even when saving raises SettingsError."""
        self.settings = msgspec.structs.replace(self.settings, **changes)
        settings_file.save(self.places.settings, self.settings)

    @property
    def model_roots(self) -> list[Path]:
        return model_roots(self.places, self.environ)

    def installed(self) -> list[Installed]:
        """The GGUF files on this machine."""
        return installed.installed(self.model_roots, self.catalog)

    def model_place(self, name: str) -> ModelPlace:
        """The file behind a name of the catalogue, an added name or a path; or the server's address that it is.

        Raises ModelNotFound, BadAddress.
        """
        address = parse_address(name)
        return address or installed.resolve(name, self.model_roots, self.catalog)

    def client_for(self, place: ModelPlace) -> Client:
        """A client, without a model yet, that can load what is there."""
        if isinstance(place, Path):
            return self.make_client()
        return RemoteClient.at(place, self.environ)

    def model_title(self, name: str) -> str:
        """What a learner calls the model."""
        known = self.catalog.get(name)
        if known:
            return known.title
        with suppress(BadAddress):
            if address := parse_address(name):
                return address.stem
        return Path(name).stem


def likely_language(environ: Mapping[str, str]) -> Language:
    """The language of the person's system, as far as Tutor speaks it."""
    locale = next(
        (environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), ""
    )
    return "ko" if locale.startswith("ko") else "en"


def open_workspace(
    environ: Mapping[str, str], *, profile: str | None = None, language: Language | None = None
) -> Workspace:
    """All there is on this machine, as settings say; `profile` and `language` hold for this run only.

    Raises SettingsError, StoreError, CatalogError, or ValueError for a profile that is no plain word.
    """
    at = places(environ)
    settings = settings_file.load(at.settings)
    if language is not None:
        settings = msgspec.structs.replace(settings, language=language)
    catalog = load_catalog(bundled("models") / "catalog.yaml")
    loaded = load_courses(course_roots(at, environ))
    return Workspace(
        places=at,
        settings=settings,
        courses=[each.course for each in loaded if each.course],
        problems=[problem for each in loaded for problem in each.problems],
        store=Store(at.database(profile or settings.profile)),
        catalog=catalog,
        make_client=lambda: HostedClient(
            log=at.log / "model.log",
            threads=settings.threads,
            kept_limit=settings.kept_limit,
            notes=at.cache / "threads",
        ),
        environ=environ,
    )
