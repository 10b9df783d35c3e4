"""The unfinished file of a pull: what of it can be kept, and how it becomes the finished one."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import msgspec
from msgspec import Struct

from tutor.llm.transfer import CHUNK, Tick


class Piece(Struct, frozen=True):
    """What one finished part of a file in parts added to it."""

    package: str
    bytes: int
    sha256: str


class _State(Struct):
    """`target`: the SHA-256 the finished file is to have."""

    target: str
    pieces: list[Piece] = []


class Partial:
    """`FILE.part` beside the file it will be, with its state and a folder for what passes through."""

    def __init__(self, file: Path) -> None:
        final = file.absolute()
        self.final = final
        self.path = final.with_name(f"{final.name}.part")
        self.lock = final.with_name(f"{final.name}.part.lock")
        self.work = final.with_name(f"{final.name}.part.d")
        self._state_path = final.with_name(f"{final.name}.part.json")
        self._state = self._stored()

    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def resumable(self, target: str | None) -> int:
        """Bytes there are of the file whose SHA-256 is `target` (of whichever file, where that is not known)."""
        known = self._state is not None and target in (None, self._state.target)
        return self.size() if known else 0

    def begin(self, target: str) -> None:
        """Start on the file whose SHA-256 is `target`; bytes of any other file are dropped."""
        if self._state is None or self._state.target != target:
            self.discard()
            self._state = _State(target)
            self._store()
        self.path.touch()

    def pieces(self, tick: Tick) -> list[Piece]:
        """The finished parts, read back and found whole; the file is cut to the end of the last of them."""
        state = self._begun()
        whole: list[Piece] = []
        with self.path.open("rb+") as file:
            end = 0
            for piece in state.pieces:
                digest = hashlib.sha256()
                left = piece.bytes
                while left and (chunk := file.read(min(CHUNK, left))):
                    digest.update(chunk)
                    left -= len(chunk)
                    tick(end + piece.bytes - left)
                if left or digest.hexdigest() != piece.sha256:
                    break
                whole.append(piece)
                end += piece.bytes
            file.truncate(end)
        state.pieces = whole
        self._store()
        return list(whole)

    def add(self, piece: Piece) -> None:
        """Another part is whole and in its place."""
        self._begun().pieces.append(piece)
        self._store()

    def truncate(self, size: int = 0) -> None:
        self._begun().pieces.clear()
        os.truncate(self.path, size)
        self._store()

    def finish(self) -> None:
        """Move the file, whole and verified, to its final place in one step."""
        with self.path.open("rb+") as file:
            os.fsync(file.fileno())
        self.path.replace(self.final)
        _sync_folder(self.final.parent)
        self.discard()

    def discard(self) -> None:
        """Remove all that is unfinished; the finished file is not touched."""
        self.path.unlink(missing_ok=True)
        self._state_path.unlink(missing_ok=True)
        self.clear_work()
        self._state = None

    def clear_work(self) -> None:
        """Remove what a pull that was cut off left in its folder."""
        shutil.rmtree(self.work, ignore_errors=True)

    def _begun(self) -> _State:
        if self._state is None:
            raise RuntimeError("begin() comes first")
        return self._state

    def _stored(self) -> _State | None:
        try:
            return msgspec.json.decode(self._state_path.read_bytes(), type=_State)
        except (OSError, msgspec.DecodeError):
            return None

    def _store(self) -> None:
        draft = self._state_path.with_suffix(".new")
        draft.write_bytes(msgspec.json.encode(self._begun()))
        draft.replace(self._state_path)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
