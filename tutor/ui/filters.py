"""The last gate before the terminal: nothing on any screen may carry an escape or turn the writing direction."""

from __future__ import annotations

import re

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class SafeText(LineFilter):
    """Takes control and direction characters, which have no width, out of every line that is drawn."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        if not any(_UNSAFE.search(segment.text) for segment in segments):
            return segments
        return [Segment(_UNSAFE.sub("", text), style, control) for text, style, control in segments]
