"""Putting a document where the learner finds it."""

from __future__ import annotations

import os
import re
import tempfile
from itertools import count
from pathlib import Path

_LONGEST = 60
_UNNAMED = re.compile(r"[^\w-]+")


def write_whole(path: Path, text: str) -> None:
    """Write `text` beside `path` and rename it: half a document is never found. Raises OSError."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:_LONGEST]}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def free_path(folder: Path, name: str, suffix: str) -> Path:
    """A path in `folder` where nothing is yet, called after `name` whatever is in it."""
    stem = _UNNAMED.sub("-", name).strip("-")[:_LONGEST] or "talk"
    numbered = (f"{stem}-{number}" if number > 1 else stem for number in count(1))
    return next(path for each in numbered if not (path := folder / f"{each}{suffix}").exists())
