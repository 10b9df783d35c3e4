"""A prompt as pieces that may and pieces that may not become control tokens."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tutor.llm.protocol import Message

# Private-use characters: no template tests for them, none trims them away.
_MARK = re.compile("\ue000(\\d+)\ue001")


class Segment(NamedTuple):
    """`trusted` text is the template's own and is parsed for special tokens; the rest is data."""

    text: str
    trusted: bool


def segments(
    messages: Sequence[Message],
    render: Callable[[list[dict[str, str]]], str],
    *,
    open_turn: bool = False,
) -> list[Segment]:
    """Render a chat template around marks, then put the contents back beside it.

    What someone wrote never passes through the template, so `<|im_end|>` in an answer stays ten characters. With
    `open_turn` everything after the last message's content is left out.
    """
    marked = [{"role": m.role, "content": f"\ue000{i}\ue001"} for i, m in enumerate(messages)]
    parts: list[Segment] = []
    end = 0
    text = render(marked)
    for match in _MARK.finditer(text):
        if match.start() > end:
            parts.append(Segment(text[end : match.start()], True))
        parts.append(Segment(messages[int(match[1])].content, False))
        end = match.end()
        if open_turn and int(match[1]) == len(messages) - 1:
            return parts
    if end < len(text):
        parts.append(Segment(text[end:], True))
    return parts


def plain(messages: Sequence[Message]) -> list[Segment]:
    """For a model without a chat template (a base model): the contents in a row, an empty line between them."""
    return [Segment("\n\n".join(message.content for message in messages) + "\n\n", False)]


def common_prefix(held: Sequence[int], wanted: Sequence[int]) -> int:
    """How many leading tokens two sequences share."""
    for at, (left, right) in enumerate(zip(held, wanted, strict=False)):
        if left != right:
            return at
    return min(len(held), len(wanted))
