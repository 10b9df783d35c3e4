"""All that the other rooms write into a study record and read from it, in one place."""

from __future__ import annotations

from tutor.study.aliases import keys
from tutor.study.answers import (
    Attempt,
    OwnHint,
    answered,
    attempt,
    hinted,
    hints_used,
    history,
    judged,
    last_answer,
    overruled,
    own_hints,
)
from tutor.study.progress import (
    MASTERED,
    LessonProgress,
    Progress,
    WeakPoint,
    course_progress,
    item_progress,
    opened,
    progress,
    section_read,
    weakest,
)
from tutor.study.talk import Turn, asked, replied, talk
from tutor.study.talks import Talk, talks

__all__ = [
    "MASTERED",
    "Attempt",
    "LessonProgress",
    "OwnHint",
    "Progress",
    "Talk",
    "Turn",
    "WeakPoint",
    "answered",
    "asked",
    "attempt",
    "course_progress",
    "hinted",
    "hints_used",
    "history",
    "item_progress",
    "judged",
    "keys",
    "last_answer",
    "opened",
    "overruled",
    "own_hints",
    "progress",
    "replied",
    "section_read",
    "talk",
    "talks",
    "weakest",
]
