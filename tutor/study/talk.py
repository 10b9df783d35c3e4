"""Follow-up questions about a lesson or an item, and the replies to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from tutor.study.payloads import Asked, Finish, Replied, decoded
from tutor.study.store import Store
from tutor.tutoring.lead import Lead

EVERYWHERE = "courses"
"""The scope of what was asked about no lesson in particular; no lesson or item can be called so."""


class Turn(Struct, frozen=True, kw_only=True):
    """A question and its reply; `reply` and `finish` are None when the program ended before there was one.

    `utc_offset`: the learner's at the time, in minutes.
    """

    id: str
    question: str
    reply: str | None
    finish: Finish | None
    at_utc: str
    utc_offset: int = 0
    citations: list[dict[str, Any]] = []
    lead: Lead | None = None
    unsupported: list[tuple[int, int]] = []
    """[start, end) of what in the reply goes beyond the lesson."""


def asked(store: Store, scope: str, question: str) -> str:
    """Record a question about `scope` ("course/lesson" or "course/item"), before it is answered; its id."""
    return store.append("question", Asked(scope=scope, question=question)).id


def replied(
    store: Store,
    question_id: str,
    reply: str,
    citations: Sequence[dict[str, Any]] = (),
    finish: Finish = "stop",
    lead: Lead | None = None,
    unsupported: Sequence[tuple[int, int]] = (),
) -> str:
    """Record the reply to a question, also half of one: the last reply holds. The id of the event."""
    given = Replied(
        question=question_id,
        reply=reply,
        citations=list(citations),
        finish=finish,
        lead=lead,
        unsupported=list(unsupported),
    )
    return store.append("reply", given).id


def talk(store: Store, scope: str) -> list[Turn]:
    """All turns about `scope`, oldest first."""
    rows = store.query(
        """
        SELECT asked.id, asked.at_utc, asked.utc_offset, asked.payload, replied.payload
        FROM turns JOIN events AS asked ON asked.id = turns.question
        LEFT JOIN events AS replied ON replied.id = turns.reply
        WHERE turns.scope = ? ORDER BY turns.question
        """,
        scope,
    )
    return [turn for row in rows if (turn := _turn(*row))]


def _turn(id: str, at_utc: str, utc_offset: int, asked: str, replied: str | None) -> Turn | None:
    question = decoded(asked, Asked)
    if question is None:
        return None
    reply = None if replied is None else decoded(replied, Replied)
    return Turn(
        id=id,
        question=question.question,
        reply=reply.reply if reply else None,
        finish=reply.finish if reply else None,
        at_utc=at_utc,
        utc_offset=utc_offset,
        citations=reply.citations if reply else [],
        lead=reply.lead if reply else None,
        unsupported=reply.unsupported if reply else [],
    )
