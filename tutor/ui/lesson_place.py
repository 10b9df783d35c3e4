"""Where a lesson was left, as a small value kept in the record. No Textual here."""

from __future__ import annotations

from tutor.content.schema import Lesson


def place_key(course: str, lesson: str) -> str:
    """The name the place is kept under."""
    return f"lesson:{course}/{lesson}"


def pack(section: str, share: float) -> str:
    """A section's id and how far into it (0..1) as one text."""
    return f"{section}:{share:.4f}"


def unpack(kept: str | None, lesson: Lesson) -> tuple[int, float]:
    """Index of the section and share 0..1; the beginning when nothing was kept or the section is gone."""
    section, _, share = (kept or "").partition(":")
    index = next((at for at, each in enumerate(lesson.sections) if each.id == section), None)
    try:
        into = float(share)
    except ValueError:
        return 0, 0.0
    return (index, into) if index is not None and 0 <= into <= 1 else (0, 0.0)
