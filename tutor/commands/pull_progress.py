"""How far a download is: one line written over on a terminal, a line every ten percent elsewhere."""

from __future__ import annotations

from tutor.commands.terminal import StatusLine, note
from tutor.llm.catalog import CatalogModel
from tutor.llm.pull import PullProgress
from tutor.ui.downloads import Download, progress_text
from tutor.ui.strings import Strings

STEP = 10


class PullLines:
    """`show` is called with every report of the pull."""

    def __init__(self, model: CatalogModel, strings: Strings) -> None:
        self._model, self._strings = model, strings
        self._status = StatusLine()
        self._next = (0, False)

    def show(self, progress: PullProgress) -> None:
        download = Download(stage="running", model=self._model, progress=progress)
        text = f"{self._model.name}: {progress_text(download, self._strings)}"
        if self._status.live:
            self._status.show(text)
            return
        tens = int(download.share * 100) // STEP
        verifying = progress.stage == "verify"
        if verifying != self._next[1]:
            self._next = (0, verifying)
        if verifying and self._next[0]:
            return
        if tens >= self._next[0]:
            self._next = (tens + 1, verifying)
            note(text)

    def clear(self) -> None:
        self._status.clear()
