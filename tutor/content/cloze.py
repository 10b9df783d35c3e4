"""The {gap} marks in the text of a cloze item."""

from __future__ import annotations

import re

GAP_MARK = re.compile(r"\{([a-z0-9]+(?:-[a-z0-9]+)*)\}")
"""A gap id in braces; other braces are text."""


def gap_marks(text: str) -> list[str]:
    """The gap ids marked in `text`, in the order in which they stand."""
    return GAP_MARK.findall(text)
