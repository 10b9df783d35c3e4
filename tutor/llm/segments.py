"""A prompt as pieces that may and pieces that may not become control tokens."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tutor.llm.protocol import Message

Template = Callable[[list[dict[str, str]]], str]
"""A chat template: messages as dicts of `role` and `content` in, the prompt out. May raise anything."""

# Private-use characters: no template tests for them, none trims them away or changes their case.
_MARK = re.compile("\ue000([0-9]{1,6})\ue001")


class Segment(NamedTuple):
    """`trusted` text is the template's own and is parsed for special tokens; the rest is data."""

    text: str
    trusted: bool


def segments(
    messages: Sequence[Message], render: Template, *, open_turn: bool = False
) -> list[Segment]:
    """Render a chat template around marks, then put the contents back beside it.

    What someone wrote never passes through the template, so `<|im_end|>` in an answer stays ten characters. With
    `open_turn` everything after the last message's content is left out. A template that knows no system role gets
    the system text at the head of the first user turn. Raises what the template raises, ValueError when it loses a
    message.
    """
    try:
        return _around(messages, render, open_turn)
    except Exception:
        folded = fold_system(messages)
        if folded == list(messages):
            raise
        return _around(folded, render, open_turn)


def fold_system(messages: Sequence[Message]) -> list[Message]:
    """The same talk without system turns: what they say stands at the head of the first user turn."""
    system = [message.content for message in messages if message.role == "system"]
    turns = [message for message in messages if message.role != "system"]
    if not system:
        return turns
    first = next((at for at, turn in enumerate(turns) if turn.role == "user"), None)
    if first is None:
        return [Message("user", "\n\n".join(system)), *turns]
    turns[first] = Message("user", "\n\n".join([*system, turns[first].content]))
    return turns


def plain(messages: Sequence[Message], *, open_turn: bool = False) -> list[Segment]:
    """For a model without a chat template (a base model): the contents in a row, an empty line between them."""
    text = "\n\n".join(message.content for message in messages)
    return [Segment(text if open_turn else f"{text}\n\n", False)]


def common_prefix(held: Sequence[int], wanted: Sequence[int]) -> int:
    """How many leading tokens two sequences share."""
    for at, (left, right) in enumerate(zip(held, wanted, strict=False)):
        if left != right:
            return at
    return min(len(held), len(wanted))


def _around(messages: Sequence[Message], render: Template, open_turn: bool) -> list[Segment]:
    text = render([{"role": m.role, "content": f"\ue000{i}\ue001"} for i, m in enumerate(messages)])
    # A mark that stands for no message is the template's own text, however it came there.
    marks = [mark for mark in _MARK.finditer(text) if int(mark[1]) < len(messages)]
    if {int(mark[1]) for mark in marks} != set(range(len(messages))):
        raise ValueError("it leaves out a message")
    parts: list[Segment] = []
    end = 0
    for mark in marks:
        parts.append(Segment(text[end : mark.start()], True))
        parts.append(Segment(messages[int(mark[1])].content, False))
        end = mark.end()
        if open_turn and int(mark[1]) == len(messages) - 1:
            break
    else:
        parts.append(Segment(text[end:], True))
    return [part for part in parts if part.text]
