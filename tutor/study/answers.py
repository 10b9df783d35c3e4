"""Answers handed in, and what was made of them: written as events, read back as a history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from tutor.grading.answer import Answer
from tutor.grading.verdict import Verdict
from tutor.study.payloads import AnswerGiven, HintShown, Overruled, VerdictGiven, decoded
from tutor.study.store import Store


class Attempt(Struct, frozen=True, kw_only=True):
    """One answer and the verdict that holds now (None until there is one). `id` is the answer event's."""

    id: str
    answer: Answer
    verdict: Verdict | None
    at_utc: str
    language: str
    session: str | None
    hints_used: int
    seconds: float


class OwnHint(Struct, frozen=True):
    """A hint that the tutor made up itself, and the id of the point that it leads to."""

    text: str
    point: str


class JudgedVerdict(Struct, frozen=True):
    """What a verdict event and an overrule event have in common."""

    verdict: Verdict


def answered(
    store: Store,
    session: str | None,
    item: str,
    item_hash: str | None,
    answer: Answer,
    language: str,
    hints_used: int = 0,
    seconds: float = 0.0,
) -> str:
    """Record an answer to `item` ("course/item"), before anything is graded; the id to judge it by. Its draft goes."""
    given = AnswerGiven(
        session=session, answer=answer, language=language, hints_used=hints_used, seconds=seconds
    )
    return store.append("answer", given, item=item, item_hash=item_hash).id


def judged(store: Store, answer_id: str, verdict: Verdict) -> str:
    """Record what grading said of an answer: the last verdict holds. The id of the event.

    One that failed is recorded too, as "ungraded", and counts as no score. ValueError when there is no such answer.
    """
    item, item_hash = _asked_of(store, answer_id)
    given = VerdictGiven(answer=answer_id, verdict=verdict)
    versions: dict[str, str | None] = msgspec.to_builtins(verdict.versions)
    return store.append("verdict", given, item=item, item_hash=item_hash, versions=versions).id


def overruled(store: Store, answer_id: str, point_id: str, met: bool, verdict: Verdict) -> str:
    """Record that the learner set a point met or unmet; `verdict` is the whole verdict after that. The id of the event.

    ValueError when there is no such answer.
    """
    item, item_hash = _asked_of(store, answer_id)
    given = Overruled(answer=answer_id, point=point_id, met=met, verdict=verdict)
    versions: dict[str, str | None] = msgspec.to_builtins(verdict.versions)
    return store.append("overrule", given, item=item, item_hash=item_hash, versions=versions).id


def hinted(
    store: Store,
    session: str | None,
    item: str,
    item_hash: str | None,
    hint: int,
    own: OwnHint | None = None,
) -> str:
    """Record that the learner asked for the `hint`-th hint of an item, from 1. The id of the event.

    `own`: of a hint that no author wrote, so that it can be shown again.
    """
    shown = HintShown(
        session=session,
        hint=hint,
        text=own.text if own else None,
        point=own.point if own else None,
    )
    return store.append("hint", shown, item=item, item_hash=item_hash).id


def hints_used(store: Store, item: str) -> int:
    """How many hints were shown since the item was last answered, also before the program was quit."""
    rows = store.query(
        """
        SELECT payload FROM events WHERE item = ?1 AND kind = 'hint'
            AND id > coalesce((SELECT max(id) FROM events WHERE item = ?1 AND kind = 'answer'), '')
        """,
        item,
    )
    shown = (decoded(payload, HintShown) for (payload,) in rows)
    return max((hint.hint for hint in shown if hint), default=0)


def own_hints(store: Store, item: str, answer_id: str | None = None) -> list[OwnHint]:
    """The tutor's own hints since the item was last answered, oldest first; with an answer's id those given before it."""
    rows = store.query(
        """
        SELECT payload FROM events WHERE item = ?1 AND kind = 'hint' AND (?2 IS NULL OR id < ?2)
            AND id > coalesce((SELECT max(id) FROM events
                WHERE item = ?1 AND kind = 'answer' AND (?2 IS NULL OR id < ?2)), '')
        ORDER BY id
        """,
        item,
        answer_id,
    )
    shown = (decoded(payload, HintShown) for (payload,) in rows)
    return [OwnHint(hint.text, hint.point or "") for hint in shown if hint and hint.text]


def history(store: Store, item: str, *old: str) -> list[Attempt]:
    """All attempts at an item, oldest first; `old` are its former keys (see `keys`)."""
    return _attempts(
        store, f"answers.item IN ({_marks((item, *old))}) ORDER BY answers.id", item, *old
    )


def last_answer(store: Store, item: str, *old: str) -> tuple[Answer, Verdict | None] | None:
    """The latest answer to an item and its verdict; None when it was never answered."""
    found = _attempts(
        store,
        f"answers.item IN ({_marks((item, *old))}) ORDER BY answers.id DESC LIMIT 1",
        item,
        *old,
    )
    return (found[0].answer, found[0].verdict) if found else None


def attempt(store: Store, answer_id: str) -> Attempt | None:
    """One attempt by the id of its answer event."""
    found = _attempts(store, "answers.id = ?", answer_id)
    return found[0] if found else None


def _attempts(store: Store, which: str, *values: str) -> list[Attempt]:
    rows = store.query(
        f"""
        SELECT answers.id, answers.at_utc, given.payload, judged.payload
        FROM answers JOIN events AS given ON given.id = answers.id
        LEFT JOIN events AS judged ON judged.id = answers.verdict
        WHERE {which}
        """,
        *values,
    )
    return [found for row in rows if (found := _attempt(*row))]


def _attempt(id: str, at_utc: str, given: str, judged: str | None) -> Attempt | None:
    answer = decoded(given, AnswerGiven)
    if answer is None:
        return None
    return Attempt(
        id=id,
        answer=answer.answer,
        verdict=verdict_in(judged),
        at_utc=at_utc,
        language=answer.language,
        session=answer.session,
        hints_used=answer.hints_used,
        seconds=answer.seconds,
    )


def verdict_in(payload: str | None) -> Verdict | None:
    """The verdict that the JSON of a verdict or overrule event carries."""
    found = None if payload is None else decoded(payload, JudgedVerdict)
    return found.verdict if found else None


def _asked_of(store: Store, answer_id: str) -> tuple[Any, Any]:
    rows = store.query(
        "SELECT item, item_hash FROM events WHERE id = ? AND kind = 'answer'", answer_id
    )
    if not rows:
        raise ValueError(f"no answer has the id {answer_id!r}")
    item, item_hash = rows[0]
    return item, item_hash


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))
