"""Where a talk in Socratic mode stands: derived from what its replies were, so that it survives a restart. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from msgspec import Struct

from tutor.content.schema import Point

MOST_QUESTIONS: Final = 3
"""To one point; then it is explained."""


class Lead(Struct, frozen=True):
    """How a reply led to a missing point; kept with it.

    `kind`: it asked about `point`, or explained it, or said that it was found and that nothing else is missing. `found`:
    the point that the learner's message stated, "" if none.
    """

    kind: Literal["question", "explanation", "found"]
    point: str
    found: str = ""


class Step(Struct, frozen=True):
    """What to reply; "follow_up": as to any question, because no point is left to lead to."""

    kind: Literal["question", "explanation", "found", "follow_up"]
    point: Point | None = None


def asked_about(leads: Sequence[Lead], missing: Sequence[Point]) -> Point | None:
    """The missing point that the last reply asked about: what the learner's next message may state."""
    if not leads or leads[-1].kind != "question":
        return None
    return next((point for point in missing if point.id == leads[-1].point), None)


def next_step(leads: Sequence[Lead], missing: Sequence[Point], *, stated: bool = False) -> Step:
    """What to reply to a message, after replies that led as `leads` say, the oldest first.

    `missing`: what the graded answer lacks, what to lead to first in front; `stated`: the message states the point that
    was asked about last.
    """
    current = asked_about(leads, missing)
    settled = {lead.found for lead in leads} | {
        lead.point for lead in leads if lead.kind == "explanation"
    }
    if stated and current is not None:
        settled.add(current.id)
    left = [point for point in missing if point.id not in settled]
    if not left:
        return Step("found", current) if stated else Step("follow_up")
    point = current if current is not None and current in left else left[0]
    asked = sum(lead.kind == "question" and lead.point == point.id for lead in leads)
    return Step("question" if asked < MOST_QUESTIONS else "explanation", point)
