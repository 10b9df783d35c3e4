"""The fast commands bring neither Textual nor llama.cpp, and `--help` brings nothing at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tutor.paths import Places

HEAVY = {"textual", "rich", "llama_cpp", "huggingface_hub", "pip"}
ROOMS = {"yaml", "msgspec", "sqlite3", "psutil", "asyncio", "tomllib", "platformdirs"}

_WRAPPER = """\
import json, sys
from tutor.cli import main
code = main(sys.argv[1:])
print(json.dumps([code, sorted({name.partition('.')[0] for name in sys.modules})]))
"""


def brought(*argv: str) -> set[str]:
    """The packages a command has imported by its end."""
    done = subprocess.run(
        [sys.executable, "-c", _WRAPPER, *argv],
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env=dict(os.environ),
    )
    code, names = json.loads(done.stdout.splitlines()[-1])
    assert code == 0, done.stderr
    return set(names)


@pytest.mark.parametrize("argv", [("--help",), ("--version",)])
def test_help_and_version_bring_no_room(home: Places, argv: tuple[str, ...]) -> None:
    assert brought(*argv) & (HEAVY | ROOMS) == set()


@pytest.mark.parametrize(
    "argv",
    [
        ("grade", "--help"),
        ("check",),
        ("models", "list"),
        ("courses", "list"),
        ("grade", "llm-basics/loss-to-zero", "false", "--json"),
        ("learn", "llm-basics", "--plain"),
        ("doctor",),
        ("export", "--help"),
    ],
)
def test_fast_commands_bring_nothing_heavy(home: Places, argv: tuple[str, ...]) -> None:
    assert brought(*argv) & HEAVY == set()
