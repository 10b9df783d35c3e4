"""A sitting with a list of items: planned, started, moved through, and found again after the program was quit or killed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec import Struct

from tutor.content.schema import Lesson
from tutor.grading.verdict import Verdict
from tutor.study.answers import verdict_in
from tutor.study.payloads import Mode, SessionEnded, SessionMoved, SessionStarted, decoded
from tutor.study.shuffle import option_order, shuffled
from tutor.study.store import Store

if TYPE_CHECKING:
    from tutor.content.loader import LoadedCourse

__all__ = [
    "Mode",
    "SessionState",
    "end",
    "load",
    "move",
    "option_order",
    "plan",
    "start",
    "unfinished",
    "without_missing",
]


class SessionState(Struct, frozen=True, kw_only=True):
    """Where a session is. `items` are item ids of `course`; `position` is 0..len(items), the last meaning all are done.

    `answered` maps an item to its latest answer event in this session, `verdicts` to the verdict on it if there is one.
    """

    id: str
    mode: Mode
    course: str
    lesson: str | None
    items: list[str]
    seed: int
    position: int
    title: str
    started_at: str
    answered: dict[str, str]
    verdicts: dict[str, Verdict]

    @property
    def item(self) -> str | None:
        """The item at the position; None at the end."""
        return self.items[self.position] if self.position < len(self.items) else None

    @property
    def key(self) -> str | None:
        """`item` as "course/item"."""
        return None if self.item is None else f"{self.course}/{self.item}"


def plan(
    course: LoadedCourse, lesson: Lesson | None, mode: Mode, count: int | None = None, seed: int = 0
) -> list[str]:
    """Item ids of a lesson, or of the whole course: in the author's order to learn, shuffled by `seed` for a quiz."""
    items = [item.id for each in ([lesson] if lesson else course.lessons) for item in each.items]
    ordered = shuffled(seed, items) if mode == "quiz" else items
    return ordered[:count]


def start(
    store: Store,
    *,
    mode: Mode,
    course: str,
    lesson: str | None,
    items: Sequence[str],
    seed: int,
    title: str,
) -> SessionState:
    """Begin a session at its first item. One of this machine that was still open is abandoned."""
    while (previous := unfinished(store)) is not None:
        end(store, previous, reason="abandoned")
    given = SessionStarted(
        mode=mode, course=course, lesson=lesson, items=list(items), seed=seed, title=title
    )
    return _loaded(store, store.append("session_started", given).id)


def move(store: Store, state: SessionState, position: int) -> SessionState:
    """Go to a position, with the items as `state` has them; what comes back also knows the answers given meanwhile.

    ValueError for a position outside 0..len(items).
    """
    if not 0 <= position <= len(state.items):
        raise ValueError(f"position {position} is outside 0..{len(state.items)}")
    before = _loaded(store, state.id).items
    changed = state.items if state.items != before else None
    store.append("session_moved", SessionMoved(session=state.id, position=position, items=changed))
    return _loaded(store, state.id)


def end(
    store: Store, state: SessionState, reason: Literal["finished", "abandoned"] = "finished"
) -> None:
    """Close a session: it is not resumed any more."""
    store.append("session_ended", SessionEnded(session=state.id, reason=reason))


def unfinished(store: Store) -> SessionState | None:
    """The latest session of this machine that was not ended."""
    rows = store.query(
        "SELECT id FROM sessions WHERE device = ? AND ended_at IS NULL ORDER BY id DESC LIMIT 1",
        store.device,
    )
    return load(store, rows[0][0]) if rows else None


def load(store: Store, session_id: str) -> SessionState | None:
    """A session as it is now, ended or not."""
    rows = store.query(
        """
        SELECT events.payload, events.at_utc, sessions.items, sessions.position
        FROM sessions JOIN events ON events.id = sessions.id WHERE sessions.id = ?
        """,
        session_id,
    )
    given = decoded(rows[0][0], SessionStarted) if rows else None
    if given is None:
        return None
    _, started_at, encoded_items, position = rows[0]
    items = msgspec.json.decode(encoded_items, type=list[str])
    answered, verdicts = _answers(store, session_id, given.course)
    return SessionState(
        id=session_id,
        mode=given.mode,
        course=given.course,
        lesson=given.lesson,
        items=items,
        seed=given.seed,
        position=min(position, len(items)),
        title=given.title,
        started_at=started_at,
        answered=answered,
        verdicts=verdicts,
    )


def without_missing(state: SessionState, course: LoadedCourse) -> SessionState:
    """The session without items the course no longer has, renamed ones by their new name, at the same or the next item.

    Pure: the next `move` keeps it.
    """
    found = [course.find(item) for item in state.items]
    present = [place[1].id if place else None for place in found]
    names = {old: new for old, new in zip(state.items, present, strict=True) if new}
    before = {new for new in present[: state.position] if new}
    return msgspec.structs.replace(
        state,
        items=list(dict.fromkeys(new for new in present if new)),
        position=len(before),
        answered={names.get(item, item): answer for item, answer in state.answered.items()},
        verdicts={names.get(item, item): verdict for item, verdict in state.verdicts.items()},
    )


def _loaded(store: Store, session_id: str) -> SessionState:
    state = load(store, session_id)
    if state is None:
        raise ValueError(f"no session has the id {session_id!r}")
    return state


def _answers(
    store: Store, session_id: str, course: str
) -> tuple[dict[str, str], dict[str, Verdict]]:
    rows = store.query(
        """
        SELECT answers.item, answers.id, judged.payload FROM answers
        LEFT JOIN events AS judged ON judged.id = answers.verdict
        WHERE answers.session = ? ORDER BY answers.id
        """,
        session_id,
    )
    latest = {key.removeprefix(f"{course}/"): (answer, payload) for key, answer, payload in rows}
    verdicts = {item: verdict_in(payload) for item, (_, payload) in latest.items()}
    return (
        {item: answer for item, (answer, _) in latest.items()},
        {item: verdict for item, verdict in verdicts.items() if verdict},
    )
