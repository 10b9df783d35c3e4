"""The one download that may run behind everything else. No Textual here."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from tutor.llm.catalog import CatalogModel
from tutor.llm.pull import PullProgress
from tutor.ui.strings import Strings

Stage = Literal["idle", "running", "stopped", "failed", "done"]


class Download(Struct, frozen=True, kw_only=True):
    """What is being fetched and how far it is. `error` is set when `stage` is failed."""

    stage: Stage = "idle"
    model: CatalogModel | None = None
    progress: PullProgress | None = None
    error: Exception | None = None

    @property
    def running(self) -> bool:
        return self.stage == "running"

    @property
    def share(self) -> float:
        """0..1 of the stage under way."""
        if self.progress is None or not self.progress.total:
            return 0.0
        return self.progress.done / self.progress.total


def size(count: float) -> str:
    """Bytes in decimal units: "98 MB", "1.1 GB"."""
    if count >= 1e9:
        return f"{count / 1e9:.1f} GB"
    return f"{count / 1e6:.0f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


def duration(seconds: float, strings: Strings) -> str:
    """A time to wait, rounded to what a person cares for."""
    if seconds < 60:
        return strings("app.seconds", count=max(1, round(seconds)))
    minutes = round(seconds / 60)
    if minutes < 60:
        return strings("app.minutes", count=minutes)
    return strings("app.hours", count=round(minutes / 60))


def progress_text(download: Download, strings: Strings) -> str:
    """ "480 MB of 1.1 GB · 12 MB/s · 52 s left", or what it is doing instead."""
    progress = download.progress
    if progress is None:
        return strings("models.starting")
    if progress.stage == "verify":
        return strings("models.verifying")
    parts = [strings("models.done_of", done=size(progress.done), total=size(progress.total))]
    if progress.bytes_per_second > 0:
        left = (progress.total - progress.done) / progress.bytes_per_second
        parts.append(f"{size(progress.bytes_per_second)}/s")
        parts.append(strings("models.left", time=duration(left, strings)))
    return " · ".join(parts)
