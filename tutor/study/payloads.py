"""The typed shape of each event's payload, and the way in and out of JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from tutor.grading.answer import Answer
from tutor.grading.verdict import Verdict, Versions
from tutor.tutoring.lead import Lead

Mode = Literal["learn", "quiz"]
Finish = Literal["stop", "length", "cancelled", "error"]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]


class AnswerGiven(Struct, frozen=True, kw_only=True):
    """`seconds` is the time from seeing the item to handing in."""

    session: str | None
    answer: Answer
    language: str
    hints_used: Count = 0
    seconds: float = 0.0


class VerdictGiven(Struct, frozen=True, kw_only=True):
    """`answer` is the id of the answer event that was judged."""

    answer: str
    verdict: Verdict


class Overruled(Struct, frozen=True, kw_only=True):
    """The learner set one point; `verdict` is the whole verdict after that."""

    answer: str
    point: str
    met: bool
    verdict: Verdict


class HintShown(Struct, frozen=True, kw_only=True):
    """`hint` counts from 1. Of a hint of the tutor's own also what it said, and which point it leads to."""

    session: str | None
    hint: Count
    text: str | None = None
    point: str | None = None


class SessionStarted(Struct, frozen=True, kw_only=True):
    mode: Mode
    course: str
    lesson: str | None
    items: list[str]
    seed: int
    title: str


class SessionMoved(Struct, frozen=True, kw_only=True):
    """`items` is there only when the session's items are no longer those before."""

    session: str
    position: Count
    items: list[str] | None = None


class SessionEnded(Struct, frozen=True, kw_only=True):
    session: str
    reason: Literal["finished", "abandoned"] = "finished"


class LessonOpened(Struct, frozen=True, kw_only=True):
    course: str
    lesson: str


class SectionRead(Struct, frozen=True, kw_only=True):
    course: str
    lesson: str
    section: str


class Asked(Struct, frozen=True, kw_only=True):
    """`scope` is "course/lesson" or "course/item"."""

    scope: str
    question: str


class Replied(Struct, frozen=True, kw_only=True):
    """`question` is the id of the question event; `lead`: in Socratic mode, how the reply led to a missing point."""

    question: str
    reply: str
    citations: list[dict[str, Any]] = []
    finish: Finish = "stop"
    lead: Lead | None = None
    unsupported: list[tuple[int, int]] = []


class ThresholdsReset(Struct, frozen=True, kw_only=True):
    """What the learner said before of verdicts by `measured` (no own thresholds among them) is followed no more."""

    measured: Versions


T = TypeVar("T")


def encoded(value: Struct | Mapping[str, Any]) -> str:
    """`value` as JSON text; half a surrogate pair, which UTF-8 cannot hold, becomes a question mark."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(_mended(msgspec.to_builtins(value))).decode()


def mended(text: str) -> str:
    """`text` as UTF-8 can hold it, of the same length."""
    return text.encode("utf-8", "replace").decode()


def decoded(text: str, shape: type[T]) -> T | None:
    """The value that JSON `text` holds, or None where it is not of that shape (an older or newer program's)."""
    try:
        return msgspec.json.decode(text, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def shaped(payload: Mapping[str, Any], shape: type[T]) -> T | None:
    """An event's payload as a typed value, or None where it is not of that shape."""
    try:
        return msgspec.convert(payload, shape)
    except (msgspec.ValidationError, RecursionError):
        return None


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return mended(value)
    if isinstance(value, Mapping):
        return {_mended(key): _mended(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mended(each) for each in value]
    return value
