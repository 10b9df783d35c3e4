"""Courses that cannot be used as they stand, one line each. No Textual here."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.content.problem import Problem
from tutor.ui.strings import Strings


def problem_lines(problems: Sequence[Problem], strings: Strings) -> list[str]:
    """One line a course folder with errors: how many, and the command that lists them. Warnings are the author's."""
    counts: dict[str, int] = {}
    for problem in problems:
        if problem.severity == "error":
            folder = str(problem.file if problem.file.is_dir() else problem.file.parent)
            counts[folder] = counts.get(folder, 0) + 1
    return [
        strings("home.problems", count=count, folder=folder) for folder, count in counts.items()
    ]
