"""What belongs to one loaded model beside its contexts: adapters, the count of threads, the way to free it all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llama_cpp as llama

from tutor.llm import thread_notes
from tutor.llm.cores_left import CoresLeft
from tutor.llm.engine import Refused
from tutor.llm.error_log import ErrorLog
from tutor.llm.gguf import BadGguf, read_header
from tutor.llm.hardware import cores
from tutor.llm.one_line import one_line
from tutor.llm.thread_count import FixedThreads, ThreadCount
from tutor.llm.wire import Load


class Holdings:
    """`free` is set by whoever has built the model."""

    free: Callable[[], None]

    def __init__(self, model: Any, path: Path, request: Load, errors: ErrorLog) -> None:
        self._model, self._errors = model, errors
        self._adapters: dict[str, Any] = {}
        self._notes = _notes(path, request)
        self._most = cores()
        self._written: dict[str, dict[int, float]] = {}
        self.count: ThreadCount | FixedThreads
        if request.threads is not None:
            self.count = FixedThreads(request.threads)
        else:
            known = thread_notes.read(self._notes, self._most) if self._notes else {}
            self.count = ThreadCount(self._most, usual=known, left=CoresLeft())
            self._written = self.count.usual

    @property
    def threads(self) -> int:
        return self.count.current

    def adapter(self, path: str) -> Any:
        """Loaded once; llama.cpp frees it with the model. Raises Refused."""
        if path not in self._adapters:
            self._adapters[path] = self._loaded(Path(path))
        return self._adapters[path]

    def _loaded(self, path: Path) -> Any:
        try:
            read_header(path)
        except BadGguf as error:
            raise Refused("bad_model", str(error)) from error
        self._errors.clear()
        adapter = llama.llama_adapter_lora_init(self._model, os.fsencode(path))
        if not adapter:
            name = one_line(path.name)
            raise Refused(
                "bad_model",
                f"{name} is no adapter for this model ({self._errors.first()}); choose one made for it",
            )
        return adapter

    def rest(self) -> None:
        """Write the speeds down, when one of them has changed by a tenth."""
        usual = self.count.usual
        if self._notes is not None and _differ(usual, self._written):
            thread_notes.write(self._notes, self._most, usual)
            self._written = usual


def _notes(path: Path, request: Load) -> Path | None:
    """The file for this model: found again by name and size, whatever folder it lies in."""
    if request.notes is None:
        return None
    return Path(request.notes) / f"{path.stem}-{path.stat().st_size}.json"


def _differ(now: dict[str, dict[int, float]], before: dict[str, dict[int, float]]) -> bool:
    return any(
        abs(speed - before.get(kind, {}).get(count, 0.0)) > 0.1 * speed
        for kind, speeds in now.items()
        for count, speed in speeds.items()
    )
