"""What every command works with, each part read when it is first asked for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.paths import Places, bundled, course_roots, model_roots, places

if TYPE_CHECKING:
    from tutor.content.address import Found
    from tutor.content.loader import Loaded, LoadedCourse
    from tutor.content.schema import Language
    from tutor.llm.catalog import Catalog
    from tutor.settings import Settings
    from tutor.study.store import Store
    from tutor.ui.strings import Strings


class Context:
    """`language` and `profile` are what the command line says; None leaves them to the settings."""

    def __init__(
        self,
        *,
        language: Language | None = None,
        profile: str | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self.environ = environ
        self.asked_language, self.asked_profile = language, profile

    @cached_property
    def places(self) -> Places:
        return places(self.environ)

    @cached_property
    def settings(self) -> Settings:
        """What the settings file says. Raises SettingsError."""
        from tutor.settings import load

        return load(self.places.settings)

    @property
    def language(self) -> Language:
        """Asked for, else set, else the system's. Raises SettingsError."""
        if self.asked_language or self.settings.language:
            return self.asked_language or self.settings.language or "en"
        from tutor.ui.workspace import likely_language

        return likely_language(self.environ)

    @cached_property
    def strings(self) -> Strings:
        """The texts of the language. Never raises: a broken settings file is told in English."""
        from tutor.settings import SettingsError
        from tutor.ui.strings import Strings

        try:
            return Strings(self.language)
        except SettingsError:
            return Strings("en")

    @property
    def profile(self) -> str:
        return self.asked_profile or self.settings.profile

    @property
    def database(self) -> Path:
        """The study record of the profile. Raises WrongUsage for a name that can't be one."""
        from tutor.commands.failures import WrongUsage

        try:
            return self.places.database(self.profile)
        except ValueError as error:
            raise WrongUsage(str(error)) from None

    def store(self) -> Store:
        """The study record, open. Raises StoreError."""
        from tutor.study.store import Store

        return Store(self.database)

    @cached_property
    def catalog(self) -> Catalog:
        from tutor.llm.catalog import load_catalog

        return load_catalog(bundled("models") / "catalog.yaml")

    @property
    def model_roots(self) -> list[Path]:
        return model_roots(self.places, self.environ)

    @property
    def course_roots(self) -> list[Path]:
        return course_roots(self.places, self.environ)

    @cached_property
    def loaded(self) -> list[Loaded]:
        """Every course folder there is, with its problems."""
        from tutor.content.loader import load_courses

        return load_courses(self.course_roots)

    @cached_property
    def courses(self) -> list[LoadedCourse]:
        """The courses that can be used."""
        return [each.course for each in self.loaded if each.course is not None]

    def find(self, address: str) -> Found:
        """What an address names. Raises AddressError."""
        from tutor.content.address import find

        return find(address, self.courses)

    def change_settings(self, **changes: object) -> None:
        """Set and save some settings. Raises SettingsError."""
        import msgspec

        from tutor.settings import save

        changed = msgspec.structs.replace(self.settings, **changes)
        save(self.places.settings, changed)
        self.settings = changed
