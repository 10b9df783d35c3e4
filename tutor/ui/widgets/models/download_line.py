"""The line that shows a download: how far, how fast, how long."""

from __future__ import annotations

from textual import getters
from textual.content import Content
from textual.widgets import Static

from tutor.ui.app import TutorApp
from tutor.ui.cells import bar
from tutor.ui.downloads import Download, progress_text
from tutor.ui.errors import error_line
from tutor.ui.strings import Strings

BAR = 24


class DownloadLine(Static):
    """Follows the app's download; hidden while there is none."""

    app = getters.app(TutorApp)

    def __init__(self) -> None:
        super().__init__(id="download", markup=False)

    @property
    def shown(self) -> bool:
        return self.has_class("-shown")

    def on_mount(self) -> None:
        self.watch(self.app, "download", self._show)
        self.watch(self.app, "language", self._show, init=False)

    def _show(self) -> None:
        download = self.app.download
        self.set_class(download.stage not in ("idle", "done"), "-shown")
        self.update(download_text(download, self.app.strings))


def download_text(download: Download, strings: Strings) -> Content:
    """What a learner reads of a download."""
    title = download.model.title if download.model else ""
    if download.stage == "failed" and download.error is not None:
        return Content.styled(f"✗ {error_line(download.error, strings)}", "$text-error")
    if download.stage == "stopped":
        return Content.styled(strings("models.stopped", model=title), "$text-warning")
    share = download.share
    return Content.assemble(
        (f"↓ {title}  ", "bold"),
        (bar(share, share, BAR), "$text-accent"),
        f"  {round(share * 100)} %\n  ",
        (progress_text(download, strings), "$foreground-muted"),
    )
