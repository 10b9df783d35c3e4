"""What the log amounts to: tables that follow from the events alone, kept up with each one and made again by `replay`.

An event of an unknown kind, or with a payload of another shape, changes nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import msgspec

from tutor.grading.verdict import Verdict
from tutor.study import payloads
from tutor.study.events import Event
from tutor.study.payloads import decoded, shaped

VERSION = 1
"""Raise it whenever a projector changes what it makes of an event: stores are then rebuilt when opened."""

# Children before parents, so that emptying them breaks no reference.
TABLES = ("points", "progress", "answers", "sessions", "lessons", "sections", "turns")

COLUMNS = "id, device, at_utc, utc_offset, item, item_hash, kind, payload, versions"


def project(db: sqlite3.Connection, event: Event) -> None:
    """Bring every projection up to `event`, which is the newest in the log."""
    if projector := _PROJECTORS.get(event.kind):
        projector(db, event)


def replay(db: sqlite3.Connection) -> int:
    """Make all projections again from the log, inside the caller's transaction; how many events there were."""
    for table in TABLES:
        db.execute(f"DELETE FROM {table}")
    count = 0
    for row in db.execute(f"SELECT {COLUMNS} FROM events ORDER BY id"):
        count += 1
        if event := read_event(row):
            project(db, event)
    return count


def dump(db: sqlite3.Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every projection, in the order of its key."""
    return {
        table: db.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall() for table in TABLES
    }


def read_event(row: tuple[Any, ...]) -> Event | None:
    """A row of COLUMNS as an Event; None where its payload is not a JSON object."""
    *plain, payload, versions = row
    fields = dict(zip(Event.__struct_fields__, plain, strict=False))
    content = decoded(payload, dict[str, Any])
    by = decoded(versions, dict[str, str | None])
    return None if content is None else Event(**fields, payload=content, versions=by or {})


def _answer(db: sqlite3.Connection, event: Event) -> None:
    given = shaped(event.payload, payloads.AnswerGiven)
    if given is None or event.item is None:
        return
    db.execute(
        "INSERT INTO answers (id, item, session, at_utc) VALUES (?, ?, ?, ?)",
        (event.id, event.item, given.session, event.at_utc),
    )
    _progress(db, event.item)


def _verdict(db: sqlite3.Connection, event: Event) -> None:
    if given := shaped(event.payload, payloads.VerdictGiven):
        _judge(db, event.id, given.answer, given.verdict)


def _overrule(db: sqlite3.Connection, event: Event) -> None:
    if given := shaped(event.payload, payloads.Overruled):
        _judge(db, event.id, given.answer, given.verdict)


def _judge(db: sqlite3.Connection, event_id: str, answer: str, verdict: Verdict) -> None:
    found = db.execute("SELECT item FROM answers WHERE id = ?", (answer,)).fetchone()
    if found is None:
        return
    score = None if verdict.verdict == "ungraded" else verdict.score
    db.execute(
        "UPDATE answers SET verdict = ?, outcome = ?, score = ? WHERE id = ?",
        (event_id, verdict.verdict, score, answer),
    )
    db.execute("DELETE FROM points WHERE answer = ?", (answer,))
    db.executemany(
        "INSERT OR REPLACE INTO points (answer, point, state) VALUES (?, ?, ?)",
        [(answer, point.id, point.verdict) for point in verdict.points],
    )
    _progress(db, found[0])


def _progress(db: sqlite3.Connection, item: str) -> None:
    db.execute(
        """
        INSERT OR REPLACE INTO progress
        SELECT last.item, (SELECT count(*) FROM answers WHERE item = last.item),
            (SELECT max(score) FROM answers WHERE item = last.item),
            last.id, last.outcome, last.at_utc, graded.id, graded.score
        FROM (SELECT * FROM answers WHERE item = ?1 ORDER BY id DESC LIMIT 1) AS last
        LEFT JOIN (
            SELECT * FROM answers WHERE item = ?1 AND score IS NOT NULL ORDER BY id DESC LIMIT 1
        ) AS graded
        """,
        (item,),
    )


def _session_started(db: sqlite3.Connection, event: Event) -> None:
    if given := shaped(event.payload, payloads.SessionStarted):
        items = msgspec.json.encode(given.items).decode()
        db.execute(
            "INSERT INTO sessions (id, device, items, position) VALUES (?, ?, ?, 0)",
            (event.id, event.device, items),
        )


def _session_moved(db: sqlite3.Connection, event: Event) -> None:
    given = shaped(event.payload, payloads.SessionMoved)
    if given is None:
        return
    db.execute("UPDATE sessions SET position = ? WHERE id = ?", (given.position, given.session))
    if given.items is not None:
        items = msgspec.json.encode(given.items).decode()
        db.execute("UPDATE sessions SET items = ? WHERE id = ?", (items, given.session))


def _session_ended(db: sqlite3.Connection, event: Event) -> None:
    if given := shaped(event.payload, payloads.SessionEnded):
        db.execute("UPDATE sessions SET ended_at = ? WHERE id = ?", (event.at_utc, given.session))


def _lesson_opened(db: sqlite3.Connection, event: Event) -> None:
    if given := shaped(event.payload, payloads.LessonOpened):
        db.execute(
            "INSERT OR REPLACE INTO lessons (course, lesson, opened_at) VALUES (?, ?, ?)",
            (given.course, given.lesson, event.at_utc),
        )


def _section_read(db: sqlite3.Connection, event: Event) -> None:
    if given := shaped(event.payload, payloads.SectionRead):
        db.execute(
            "INSERT OR IGNORE INTO sections (course, lesson, section, read_at) VALUES (?, ?, ?, ?)",
            (given.course, given.lesson, given.section, event.at_utc),
        )


def _question(db: sqlite3.Connection, event: Event) -> None:
    if given := shaped(event.payload, payloads.Asked):
        db.execute("INSERT INTO turns (question, scope) VALUES (?, ?)", (event.id, given.scope))


def _reply(db: sqlite3.Connection, event: Event) -> None:
    if given := shaped(event.payload, payloads.Replied):
        db.execute("UPDATE turns SET reply = ? WHERE question = ?", (event.id, given.question))


_PROJECTORS: dict[str, Callable[[sqlite3.Connection, Event], None]] = {
    "answer": _answer,
    "verdict": _verdict,
    "overrule": _overrule,
    "session_started": _session_started,
    "session_moved": _session_moved,
    "session_ended": _session_ended,
    "lesson_opened": _lesson_opened,
    "section_read": _section_read,
    "question": _question,
    "reply": _reply,
}
