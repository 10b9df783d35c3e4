"""A scripted model whose judge was tuned, or that speaks with an adapter: what ships for it, and the adapter named."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tutor.grading import grader
from tutor.grading.calibration import Calibration, Curve
from tutor.llm.fitted import AdapterFile, Fingerprint
from tutor.tutoring import voice
from tutor.tutoring.prompts import VERSION
from tutor.tutoring.voice import Voice

CURVE = Curve(bias=0.0, margin=1.0, baseline=0.0, unmet=0.2, met=0.8)
MODEL = Fingerprint(name="m", architecture="scripted", parameters=1_000_000_000, bytes=0)
CALIBRATION = Calibration(
    version="test",
    prompt="plain-1",
    points=CURVE,
    misconceptions=CURVE,
    model=MODEL,
)


def models(folder: Path, **changes: Any) -> Path:
    """`folder` with `grading` and `adapters` in it; `changes` of the calibration."""
    for name in ("grading", "adapters"):
        folder.joinpath(name).mkdir(parents=True, exist_ok=True)
    data = b"lora"
    folder.joinpath("adapters", "judge.gguf").write_bytes(data)
    file = AdapterFile(file="judge.gguf", bytes=4, sha256=hashlib.sha256(data).hexdigest())
    found = msgspec.structs.replace(CALIBRATION, **{"adapter": file, **changes})
    folder.joinpath("grading", "m.json").write_bytes(msgspec.json.encode(found))
    return folder


def use(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let every grader find these in place of what ships."""
    models(folder)
    monkeypatch.setattr(grader, "bundled", lambda part: folder)


def speak(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """Let the scripted model speak with an adapter; where that lies."""
    for name in ("tutoring", "adapters"):
        folder.joinpath(name).mkdir(parents=True, exist_ok=True)
    data, path = b"voice", folder / "adapters" / "tutor.gguf"
    path.write_bytes(data)
    found = Voice(
        model=MODEL,
        adapter=AdapterFile(file=path.name, bytes=5, sha256=hashlib.sha256(data).hexdigest()),
        prompt=VERSION,
        trained_on="",
        licence="",
    )
    folder.joinpath("tutoring", "m.json").write_bytes(msgspec.json.encode(found))
    monkeypatch.setattr(voice, "bundled", lambda part: folder)
    return path
