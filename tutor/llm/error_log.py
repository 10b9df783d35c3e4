"""Why llama.cpp refused a file, picked from what it logged."""

from __future__ import annotations

import re

from tutor.llm.one_line import one_line

ERROR = 4  # ggml's log level
KEPT = 50
_PREFIXES = re.compile(r"^(?:[A-Za-z0-9]+_\w*: |error loading model(?: \w+)?: )+")


class ErrorLog:
    """The first errors since the last `clear`: they come in a row, and the first says why."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def note(self, level: int, text: str) -> None:
        if level == ERROR and text.strip() and len(self._lines) < KEPT:
            self._lines.append(text)

    def clear(self) -> None:
        self._lines.clear()

    def first(self) -> str:
        """The first error on one line, without llama.cpp's own names for functions."""
        if not self._lines:
            return "it gave no reason"
        return one_line(_PREFIXES.sub("", self._lines[0].strip()))

    def reason(self) -> str:
        """Why a model could not be loaded, and what to do about it."""
        reason = self.first()
        if reason.startswith("unknown model architecture"):
            return f"{reason}; this llama.cpp does not know it, choose another model"
        return f"{reason}; pull it again or choose another model"
