"""The prompt of a judge that was tuned for it: a plain text, the claim last, so that everything before is read once."""

from __future__ import annotations

from typing import Final

VERSION: Final = "plain-1"
YES: Final = " Yes"
NO: Final = " No"


def opening(question: str, answer: str = "") -> str:
    """What is known before the answer is finished; every `prompt` with this beginning of an answer starts like it."""
    return f"{_asked(question)}Answer:{_led(answer)}"


def prompt(question: str, answer: str, claim: str, *, whole: bool = False) -> str:
    """The whole text; YES or NO comes next. `whole`: `claim` is a reference answer, not one statement of several."""
    if whole:
        tail = f"\nReference: {flat(claim)}\nIs the answer correct?"
    else:
        tail = f"\nStatement: {flat(claim)}\nDoes the answer say this?"
    return opening(question, answer) + tail


def flat(text: str) -> str:
    """`text` on one line without control characters: no answer can begin a line of the prompt."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _asked(question: str) -> str:
    return f"Question:{_led(question)}\n" if flat(question) else ""


def _led(text: str) -> str:
    plain = flat(text)
    return f" {plain}" if plain else ""
