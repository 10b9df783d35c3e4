"""Which earlier turns go along with a question, so that a talk of any length fits the context."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.llm.protocol import Message
from tutor.tutoring.token_count import Frame, TokenCount

PARTS = 3
"""No message of a talk takes more than this part of the room: a question, and the last turn before it, always fit."""
LEAST = 64
"""Where that part is fewer tokens, the question goes alone and whole: the client says so if even that is too long."""
_CUT = " … "


def first_kept(questions: Sequence[int], replies: Sequence[int], room: int) -> int:
    """Index of the first turn that goes along with the last of `questions`; costs and `room` in tokens.

    `questions` has one more than `replies`. Where the talk does not fit, its oldest turns go until half of the room is
    free or the last turn alone is left; then it grows from there, and all that is sent stays a prefix of what comes
    next. The decision is made again from the talk's beginning, so it does not depend on when the program was started.
    """
    first = held = 0
    for at, question in enumerate(questions):
        if held + question > room:
            while first < at and held + question > (room // 2 if first < at - 1 else room):
                held -= questions[first] + replies[first]
                first += 1
        if at < len(replies):
            held += question + replies[at]
    return first


async def remembered(
    turns: Sequence[tuple[str, str]], question: str, room: int, tokens: TokenCount, frame: Frame
) -> list[Message]:
    """The turns of the talk, each a question and its reply, that go along, and the question, in at most `room` tokens.

    Questions are given as the model gets them, so that it gets them again word for word. What is longer than its part
    of the room is cut in its middle. Raises ModelError.
    """
    longest = room // PARTS
    if longest < LEAST:
        return [Message("user", question)]
    told = [*(earlier for earlier, _ in turns), question]
    asked, questions = await _within(longest, told, frame.question, tokens)
    replies, costs = await _within(longest, [reply for _, reply in turns], frame.reply, tokens)
    first = first_kept(questions, costs, room)
    talk: list[Message] = []
    for said, reply in zip(asked[first:-1], replies[first:], strict=True):
        talk += [Message("user", said), Message("assistant", reply)]
    return [*talk, Message("user", asked[-1])]


async def _within(
    longest: int, texts: Sequence[str], around: int, tokens: TokenCount
) -> tuple[list[str], list[int]]:
    """The texts, each cut to `longest` tokens with what is `around` it, and what each then costs."""
    counts = await tokens.of(texts)
    cut = [
        text if count + around <= longest else await shortened(text, longest - around, tokens)
        for text, count in zip(texts, counts, strict=True)
    ]
    return cut, [count + around for count in await tokens.of(cut)]


async def shortened(text: str, limit: int, tokens: TokenCount) -> str:
    """The beginning and the end of `text` around "…", in at most `limit` tokens; as it is where it fits."""
    short, left = text, len(text)
    while left > 0 and (count := await tokens.one(short)) > limit:
        left = max(0, min(left - 1, left * limit // count))
        head, tail = text[: left - left // 2], text[len(text) - left // 2 :]
        short = f"{head.rstrip()}{_CUT}{tail.lstrip()}"
    return short
