"""What is wrong with a course, and where."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tutor.content.wording import printable

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Problem:
    """One thing to mend. `line` and `column` count from 1; `item` is the id of the item it stands in."""

    file: Path
    line: int
    column: int
    message: str
    item: str | None = None
    severity: Severity = "error"

    def __str__(self) -> str:
        """`file:line:column: [item ID: ]message`, always one line without control characters."""
        item = f"item {self.item}: " if self.item else ""
        return printable(f"{self.file}:{self.line}:{self.column}: {item}{self.message}")
