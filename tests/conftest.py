"""For every test: repeatable examples, a home of its own; for some: the real SmolLM2-135M, or the smallest model that grades."""

from __future__ import annotations

import asyncio
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from platformdirs import user_cache_path

from tutor.llm.catalog import CatalogModel, load_catalog
from tutor.llm.pull import pull
from tutor.paths import bundled

_homes = count()

settings.register_profile(
    "tutor",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("tutor")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever asks for a real model carries the marker `model`."""
    for item in items:
        if isinstance(item, pytest.Function) and {"smollm", "judging"} & set(item.fixturenames):
            item.add_marker("model")


# A shell starts background jobs with SIGINT ignored, and what tests Ctrl-C would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _home_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No test sees or touches what the person who runs it has studied."""
    home = tmp_path_factory.getbasetemp() / "homes" / str(next(_homes))
    monkeypatch.setenv("TUTOR_HOME", str(home))


@pytest.fixture(scope="session")
def smollm_entry() -> CatalogModel:
    return load_catalog(bundled("models") / "catalog.yaml").find("smollm2-135m")


@pytest.fixture(scope="session")
def smollm(smollm_entry: CatalogModel) -> Path:
    """The file of SmolLM2-135M."""
    return _pulled(smollm_entry)


@pytest.fixture(scope="session")
def judging_entry() -> CatalogModel:
    """The smallest model of the catalogue that can grade."""
    return load_catalog(bundled("models") / "catalog.yaml").find("qwen2.5-coder-0.5b")


@pytest.fixture(scope="session")
def judging(judging_entry: CatalogModel) -> Path:
    """Its file."""
    return _pulled(judging_entry)


def _pulled(entry: CatalogModel) -> Path:
    """From a folder in TUTOR_MODELS, or pulled once into the tests' cache (TUTOR_TEST_MODELS)."""
    for folder in filter(None, os.environ.get("TUTOR_MODELS", "").split(os.pathsep)):
        path = Path(folder) / entry.file
        if path.is_file() and path.stat().st_size == entry.bytes:
            return path
    cache = os.environ.get("TUTOR_TEST_MODELS") or user_cache_path("llm-tutor-tests")
    with ThreadPoolExecutor() as threads:  # away from whatever event loop the tests use
        return threads.submit(
            lambda: asyncio.run(pull(entry, Path(cache), on_progress=lambda _: None))
        ).result()
