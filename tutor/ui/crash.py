"""Where the traceback of a crash goes instead of the learner's screen."""

from __future__ import annotations

import traceback
from pathlib import Path


def keep_traceback(folder: Path) -> Path:
    """Append the exception being handled to `folder`/crash.log; its path, whether or not that could be written."""
    log = folder / "crash.log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            file.write(traceback.format_exc() + "\n")
    except OSError:
        pass
    return log
