"""What was made for one model's weights and ships beside them: how it is found, known again and put on."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from tutor.llm.protocol import Adapter, BadModel, Client, Lane, ModelInfo

T = TypeVar("T")


class Fingerprint(Struct, frozen=True, kw_only=True):
    """What tells a model's weights from others once it is loaded; `sha256` is for people and scripts."""

    name: str
    architecture: str
    parameters: int
    bytes: int
    sha256: str | None = None

    def matches(self, info: ModelInfo) -> bool:
        return (self.architecture, self.parameters, self.bytes) == (
            info.architecture,
            info.parameters,
            info.bytes,
        )


class AdapterFile(Struct, frozen=True, kw_only=True):
    """A LoRA adapter that a model wears while it grades, or while it talks: a file of `models/adapters`."""

    file: str
    bytes: int
    sha256: str

    def is_at(self, path: Path) -> bool:
        """Whether this very file is there: what was measured was measured with no other."""
        try:
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256
        except OSError:
            return False

    async def put_on(self, client: Client, folder: Path, lane: Lane) -> bool:
        """Whether the model wears it now; where it is another file, or does not fit, all stays as it was.

        Raises ModelError when the model is gone.
        """
        path = folder / self.file
        if not await asyncio.to_thread(self.is_at, path):
            return False
        try:
            await client.adapters([Adapter(str(path))], lane=lane)
        except BadModel:
            return False
        return True


def read_all(folder: Path, kind: type[T]) -> list[T]:
    """Every `kind` in a folder of JSON files; what is none, or can't be read, is left out."""
    found = []
    for path in sorted(folder.glob("*.json")):
        try:
            found.append(msgspec.json.decode(path.read_bytes(), type=kind))
        except (OSError, msgspec.DecodeError):
            continue
    return found
