"""All talks with the tutor, and finding one again by what was said in it."""

from __future__ import annotations

from msgspec import Struct

from tutor.study.folding import folded
from tutor.study.store import Store

MOST = 200


class Talk(Struct, frozen=True, kw_only=True):
    """All that was asked about `scope` ("course/lesson", "course/item", or a place that is no longer there).

    `last_utc` is when the last question was asked; `found` the id of the newest question that, or the reply to which,
    says what was searched for.
    """

    scope: str
    turns: int
    last_utc: str
    found: str


def talks(store: Store, query: str = "", *, most: int = MOST) -> list[Talk]:
    """The talks in which `query` is said, in whatever case, the newest first; at most so many. Raises StoreError."""
    rows = store.query(
        """
        WITH said AS (
            SELECT turns.scope, turns.question, asked.at_utc,
                instr(folded_field(asked.payload, 'question'), ?1)
                OR instr(folded_field(replied.payload, 'reply'), ?1) AS fits
            FROM turns JOIN events AS asked ON asked.id = turns.question
            LEFT JOIN events AS replied ON replied.id = turns.reply
        )
        SELECT scope, count(*), max(at_utc), max(CASE WHEN fits THEN question END) AS found
        FROM said GROUP BY scope HAVING found IS NOT NULL ORDER BY max(question) DESC LIMIT ?2
        """,
        folded(query.strip()),
        most,
    )
    return [
        Talk(scope=scope, turns=turns, last_utc=last, found=found)
        for scope, turns, last, found in rows
    ]
