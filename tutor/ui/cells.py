"""Measuring and cutting text by terminal cells: a Hangul syllable takes two."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size


def width(text: str) -> int:
    """Cells of the terminal that the text takes."""
    return cell_len(text)


def fit(text: str, width: int) -> str:
    """`text` in exactly `width` cells: padded with spaces, or cut and ended with an ellipsis."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width)


def bar(done: float, touched: float, width: int) -> str:
    """A bar of `width` cells: full for the share `done`, shaded up to the share `touched` (both 0..1)."""
    full = round(width * min(1.0, max(0.0, done)))
    shaded = max(full, round(width * min(1.0, max(0.0, touched))))
    return "█" * full + "▒" * (shaded - full) + "░" * (width - shaded)
