"""The speeds that were measured on this machine with one model, kept for the next start."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import msgspec
from msgspec import Struct

from tutor.llm.thread_count import Usual


class _Notes(Struct):
    most: int
    usual: dict[str, dict[int, float]]


def read(path: Path, most: int) -> dict[str, dict[int, float]]:
    """What was noted with as many cores as there are now; nothing where there is no such file."""
    try:
        notes = msgspec.json.decode(path.read_bytes(), type=_Notes)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return notes.usual if notes.most == most else {}


def write(path: Path, most: int, usual: Usual) -> None:
    """In one step; without the file nothing is lost but the first few tokens' speed."""
    rounded = {
        kind: {count: round(speed, 1) for count, speed in speeds.items()}
        for kind, speeds in usual.items()
    }
    draft = path.with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(msgspec.json.encode(_Notes(most, rounded)))
        draft.replace(path)
