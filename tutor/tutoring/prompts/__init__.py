"""The tutor's prompts, short enough for models of half a billion parameters, and how each task is sampled: a module a task."""

from __future__ import annotations

from typing import Final

VERSION: Final = "tutor-4"
"""Of all prompts together; raised whenever a word of one changes."""
