"""The wheel carries the courses and the catalogue, and finds them where it is installed."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import tutor
from tutor.paths import bundled

ROOT = Path(__file__).parents[2]


def run(*command: str, cwd: Path, **environ: str) -> str:
    """Standard output of a command that must succeed."""
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, **environ}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(out), ".", cwd=ROOT)
    return next(out.glob("*.whl"))


def test_it_carries_the_data_and_of_weights_only_adapters(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for path in (*(ROOT / "content").rglob("*.yaml"), *(ROOT / "models").rglob("*.json")):
        assert f"tutor/_data/{path.relative_to(ROOT)}" in names
    for inside in (
        "tutor/_data/models/catalog.yaml",
        "tutor/ui/app.tcss",
        "tutor/ui/strings/ko.yaml",
    ):
        assert inside in names
    assert any(
        name.startswith("tutor/study/migrations/") and name.endswith(".sql") for name in names
    )
    adapters = {
        f"tutor/_data/{p.relative_to(ROOT)}" for p in (ROOT / "models/adapters").glob("*.gguf")
    }
    assert {name for name in names if name.endswith(".gguf")} == adapters
    assert not [
        name
        for name in names
        if name.endswith(".part")
        or name.startswith("tests/")
        or "/practice/" in name
        or "/tuning/" in name
    ]
    assert wheel.stat().st_size < 30_000_000


def test_installed_it_finds_its_courses(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    run(
        sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", str(site), str(wheel),
        cwd=tmp_path,
    )  # fmt: skip
    environ = {"PYTHONPATH": str(site), "TUTOR_HOME": str(tmp_path / "home"), "PYTHONSAFEPATH": "1"}
    where = run(
        sys.executable,
        "-c",
        "import tutor.paths as p; print(p.bundled('content'))",
        cwd=tmp_path,
        **environ,
    )
    assert Path(where.strip()) == site / "tutor/_data/content"
    assert "llm-basics" in run(
        sys.executable, "-m", "tutor", "courses", "list", cwd=tmp_path, **environ
    )
    assert "qwen2.5-coder-1.5b" in run(
        sys.executable, "-m", "tutor", "models", "list", cwd=tmp_path, **environ
    )
    run(sys.executable, "-m", "tutor", "check", cwd=tmp_path, **environ)


def test_in_a_checkout_it_finds_the_checkout() -> None:
    assert Path(tutor.__file__).parents[1] == ROOT
    assert bundled("content") == ROOT / "content"
    assert bundled("models") == ROOT / "models"


def test_ci_and_readme_run_the_same_test_command() -> None:
    command = next(
        line.strip()
        for line in (ROOT / "README.md").read_text().splitlines()
        if line.endswith("-m pytest")
    )
    assert command in (ROOT / ".ci/run").read_text().splitlines()
