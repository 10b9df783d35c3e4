"""Text from a file, a native library or a peer, made fit for a message to the learner."""

from __future__ import annotations

import re

LONGEST = 300


def one_line(text: str) -> str:
    """At most 300 printable characters of `text`, on one line: no control characters, no terminal escapes."""
    spaced = re.sub(r"\s+", " ", text[: LONGEST * 4]).strip()
    shown = "".join(character for character in spaced if character.isprintable())
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
