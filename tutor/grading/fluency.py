"""Feedback from templates, put into smoother words by the model in use; only where nothing is claimed that was not."""

from __future__ import annotations

import re
from contextlib import aclosing
from string import ascii_uppercase
from typing import Final

from tutor.content.schema import Language
from tutor.grading.calibration import ENOUGH_PARAMETERS
from tutor.grading.feedback import Feedback
from tutor.grading.fluency_check import adds_nothing, same_wording
from tutor.grading.wording import word
from tutor.llm.protocol import Client, Message, Sampling, gather

SAMPLING: Final = Sampling(max_tokens=160, temperature=0.0, seed=7)

_TALK: Final[dict[Language, tuple[str, str, str]]] = {
    "en": (
        "You put feedback to a learner into warmer words, in English, in two to four short sentences. Letters in "
        "brackets stand for words that stay as they are: use each once. Add nothing new. Write only the feedback.",
        "Well said: [A]. Still missing: [B] ([C]). Next, read [C] again and say it in your own words.",
        "You rightly said [A]. What's still missing is this: [B]. Please read [C] once more and say it in your own words.",
    ),
    "ko": (
        "학습자에게 주는 피드백을 더 따뜻한 해요체로, 두 문장에서 네 문장으로 다시 쓰세요. 대괄호 안의 글자는 바꾸지 않을 말을 "
        "대신해요. 하나씩 그대로 쓰세요. 새로운 내용을 더하지 마세요. 피드백만 쓰세요.",
        "[A] 부분이 잘 맞아요. 아직 빠진 내용: [B] ([C]). [C] 부분을 다시 읽고 자신의 말로 써 보세요.",
        "[A] 부분을 정확히 쓰셨어요. 아직 빠진 내용이 있어요: [B]. 이제 [C] 부분을 다시 한번 읽고 자신의 말로 써 보세요.",
    ),
}
_INSIDE: Final = re.compile(r"(?<=[a-z] )(?:A|An|The|One|No|Some|Many|Each|It|In)(?= )")
"""Words that have a capital only because a statement began with them."""


async def reworded(client: Client, feedback: Feedback, language: Language) -> str | None:
    """A smoother wording of `feedback` that says the same; None where there is none to be had. Raises ModelError.

    Below a billion parameters no model is asked. It gives way to whatever somebody waits for.
    """
    info = (await client.status()).model
    if info is None or info.parameters < ENOUGH_PARAMETERS or "chat" not in client.capabilities:
        return None
    letters = _letters(feedback, language)
    stream = client.chat(asked(feedback, language), SAMPLING, lane="chat", urgency="background")
    async with aclosing(stream):
        reply = await gather(stream)
    text = _filled(reply.text.strip(), letters)
    if reply.finish != "stop" or same_wording(text, feedback.text):
        return None
    return " ".join(text.split()) if adds_nothing(text, feedback, language) else None


def asked(feedback: Feedback, language: Language) -> list[Message]:
    """What the model is given: an example, and the template with letters for all that has to stay word for word."""
    text = feedback.text
    for letter, piece in sorted(_letters(feedback, language), key=lambda pair: -len(pair[1])):
        text = text.replace(piece, letter)
    system, before, after = _TALK[language]
    return [
        Message("system", system),
        Message("user", before),
        Message("assistant", after),
        Message("user", text),
    ]


def _letters(feedback: Feedback, language: Language) -> list[tuple[str, str]]:
    """Each piece that stays, in the order in which the template first has it, and the letter that stands for it."""
    pieces = [
        *(word(language, "quote", text=each) for each in feedback.said),
        *(word(language, "title", text=each) for each in feedback.titles),
        *(each.rstrip(". ") for each in feedback.replies),
        *feedback.missing,
    ]
    pieces = sorted(dict.fromkeys(pieces), key=feedback.text.find)
    return [(f"[{letter}]", piece) for letter, piece in zip(ascii_uppercase, pieces, strict=False)]


def _filled(text: str, letters: list[tuple[str, str]]) -> str:
    """Letters are replaced once: what a piece has in brackets itself is left alone."""
    pieces = dict(letters)
    shown = re.sub(r"\[[A-Z]\]", lambda found: pieces.get(found[0], found[0]), text)
    return _INSIDE.sub(lambda found: found[0].lower(), shown)
