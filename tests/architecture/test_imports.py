"""Which room imports what: seen in a fresh process, and read in the source."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import tutor

PACKAGE = Path(tutor.__file__).parent
SCREENS = ("ui", "commands", "cli", "__main__")
FREE_OF_TEXTUAL = ("tutor.ui.strings", "tutor.ui.workspace")
WORKER = PACKAGE / "llm" / "host"

LOAD = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
loaded = {name.split(".")[0] for name in sys.modules}
print(*sorted(loaded & {"textual", "rich", "llama_cpp", "torch", "transformers", "huggingface_hub"}))
"""


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of the program by its path from the package's folder."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        yield ".".join(("tutor", *(part for part in parts if part != "__init__"))), path


def below_the_screens() -> list[str]:
    found = [
        name
        for name, path in modules()
        if path.relative_to(PACKAGE).parts[0].removesuffix(".py") not in SCREENS
        and WORKER not in path.parents
    ]
    return [*found, *FREE_OF_TEXTUAL]


def heavy_after_importing(*names: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", LOAD, *names],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
    )
    return result.stdout.strip()


def test_everything_below_the_screens_is_there() -> None:
    names = below_the_screens()
    for room in ("content", "llm", "grading", "tutoring", "study", "exchange"):
        assert f"tutor.{room}" in names
    assert "tutor.llm.hosted" in names
    assert "tutor.llm.host" not in names


def test_nothing_below_the_screens_loads_textual_or_llama_cpp() -> None:
    assert heavy_after_importing(*below_the_screens()) == ""


@pytest.mark.parametrize("name", ["tutor.llm.host", "tutor.ui.app"])
def test_what_does_load_them_shows_that_the_test_can_see_it(name: str) -> None:
    expected = "llama_cpp" if name == "tutor.llm.host" else "textual"
    assert expected in heavy_after_importing(name)


def imports(path: Path) -> set[str]:
    """The top packages named in the import statements of a file, wherever they stand."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_only_the_worker_process_imports_llama_cpp() -> None:
    importing = [path for _, path in modules() if "llama_cpp" in imports(path)]
    assert {path.parent for path in importing} == {WORKER}


def test_only_the_screens_import_textual() -> None:
    importing = {
        path.relative_to(PACKAGE).parts[0]
        for _, path in modules()
        if imports(path) & {"textual", "rich"}
    }
    assert importing == {"ui"}
