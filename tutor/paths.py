"""Where Tutor keeps things, and where it looks for courses and models."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).resolve().parent
_PROFILE = re.compile(r"[A-Za-z0-9_\-ㄱ-ㅎㅏ-ㅣ가-힣]{1,40}")


@dataclass(frozen=True)
class Places:
    """One person's folders and files; none of them need exist. `settings` is a file, the rest are folders."""

    settings: Path
    profiles: Path
    models: Path
    courses: Path
    cache: Path
    log: Path

    @property
    def tried(self) -> Path:
        """The folder of what came of trying models that nobody has measured."""
        return self.cache / "grading"

    def database(self, profile: str) -> Path:
        """The store of `profile`. Raises ValueError for a name that is no plain word."""
        name = unicodedata.normalize("NFC", profile)
        if not _PROFILE.fullmatch(name):
            raise ValueError(
                f"{profile!r} can't name a profile: use up to 40 letters (English or Hangul), digits, - and _"
            )
        return self.profiles / name / "study.db"


def places(environ: Mapping[str, str] = os.environ) -> Places:
    """The folders of this system's conventions, or all of them under `TUTOR_HOME`."""
    if home := environ.get("TUTOR_HOME"):
        root = Path(home).expanduser().absolute()
        return _under(config=root, data=root, cache=root / "cache", log=root / "log")
    from platformdirs import PlatformDirs

    system = PlatformDirs("tutor", appauthor=False)
    return _under(
        config=system.user_config_path,
        data=system.user_data_path,
        cache=system.user_cache_path,
        log=system.user_log_path,
    )


def bundled(kind: Literal["content", "models"]) -> Path:
    """What comes with Tutor: the checkout's folder, otherwise the one inside the package."""
    checkout = _PACKAGE.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / kind).is_dir():
        return checkout / kind
    return _PACKAGE / "_data" / kind


def course_roots(at: Places, environ: Mapping[str, str] = os.environ) -> list[Path]:
    """Folders to look for courses in, the first to have a course wins."""
    return [bundled("content"), at.courses, *_listed(environ.get("TUTOR_CONTENT", ""))]


def model_roots(at: Places, environ: Mapping[str, str] = os.environ) -> list[Path]:
    """Folders to look for GGUF files in; the first is the one that models are pulled into."""
    return [at.models, *_listed(environ.get("TUTOR_MODELS", "")), bundled("models")]


def _under(*, config: Path, data: Path, cache: Path, log: Path) -> Places:
    return Places(
        settings=config / "settings.toml",
        profiles=data / "profiles",
        models=data / "models",
        courses=data / "courses",
        cache=cache,
        log=log,
    )


def _listed(entries: str) -> list[Path]:
    return [
        Path(entry).expanduser().absolute() for entry in entries.split(os.pathsep) if entry.strip()
    ]
