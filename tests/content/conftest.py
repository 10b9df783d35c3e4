from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.content.sample import COURSE, GLOSSARY, LESSON, SECOND

settings.register_profile(
    "content",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
settings.load_profile("content")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A course without problems: two lessons, an item of every kind, a glossary."""
    folder = tmp_path / "sample"
    folder.mkdir()
    (folder / "course.yaml").write_text(COURSE, encoding="utf-8")
    (folder / "glossary.yaml").write_text(GLOSSARY, encoding="utf-8")
    (folder / "one.yaml").write_text(LESSON, encoding="utf-8")
    (folder / "two.yaml").write_text(SECOND, encoding="utf-8")
    return folder
