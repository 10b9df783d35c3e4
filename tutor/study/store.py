"""The study record on disk: an append-only log of events, what follows from it, and a few plain values."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4

from msgspec import Struct

from tutor.study import backup, migrations, projections
from tutor.study.database import connect, transaction
from tutor.study.errors import StoreClosed, StoreUnreachable, told
from tutor.study.events import Clock, Event, EventKind, Ids, RandomBits, is_event_id, now, stamp
from tutor.study.payloads import decoded, encoded, mended

Rows = list[tuple[Any, ...]]

_PAGE = 500
_INSERT = f"INSERT INTO events ({projections.COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"


class Store:
    """One learner's record. Every method may be called from any thread, and raises StoreError."""

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock = now,
        device: str | None = None,
        random_bits: RandomBits | None = None,
        wait: float = 5.0,
    ) -> None:
        """Open or create the file at `path`, upgraded; `wait` is how many seconds another program may hold it."""
        self.path = path
        self._clock = clock
        self._ids = Ids(random_bits) if random_bits else Ids()
        self._lock = threading.RLock()
        self._open = True
        with told(path):
            self._db = connect(path, wait=wait)
        try:
            self.device = device or self._prepare()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def append(
        self,
        kind: EventKind,
        payload: Struct | Mapping[str, Any],
        *,
        item: str | None = None,
        item_hash: str | None = None,
        versions: Mapping[str, str | None] | None = None,
    ) -> Event:
        """Write one event; it is on disk when this returns, and so is all that follows from it.

        An answer takes the draft of its item with it. ValueError for a typed payload that could not be read back.
        """
        text = encoded(payload)
        if isinstance(payload, Struct) and decoded(text, type(payload)) is None:
            raise ValueError(f"not a payload that can be read back: {payload!r}")
        with self._writing():
            moment = self._clock()
            at_utc, utc_offset = stamp(moment)
            event = Event(
                id=self._ids.next(moment, after=self._newest()),
                device=self.device,
                at_utc=at_utc,
                utc_offset=utc_offset,
                item=item,
                item_hash=item_hash,
                kind=kind,
                payload=decoded(text, dict[str, Any]) or {},
                versions=dict(versions or {}),
            )
            self._insert(event)
            projections.project(self._db, event)
            if kind == "answer" and item is not None:
                self._db.execute("DELETE FROM drafts WHERE item = ?", (item,))
        return event

    def absorb(self, events: Iterable[Event]) -> int:
        """Take in events of another copy of this record, all or none; how many were new.

        Raises ValueError for an id that is no UUIDv7. Two copies that absorb each other become the same.
        """
        given = list(events)
        with self._writing():
            known = {id for (id,) in self._db.execute("SELECT id FROM events")}
            fresh = {event.id: event for event in given if event.id not in known}
            if bad := next((id for id in fresh if not is_event_id(id)), None):
                raise ValueError(f"{bad!r} is not the id of an event: export the history again")
            for event in fresh.values():
                self._insert(event)
            if fresh:
                projections.replay(self._db)
        return len(fresh)

    def events(self, kind: EventKind | None = None, item: str | None = None) -> Iterator[Event]:
        """The log in order of time, or only what is of a kind or about an item; unreadable events are left out."""
        wanted = {"kind": kind, "item": item}
        clauses = "".join(
            f" AND {name} = :{name}" for name, value in wanted.items() if value is not None
        )
        sql = f"SELECT {projections.COLUMNS} FROM events WHERE id > :after{clauses} ORDER BY id LIMIT {_PAGE}"
        page = self._select(sql, {**wanted, "after": ""})
        while page:
            yield from filter(None, map(projections.read_event, page))
            page = self._select(sql, {**wanted, "after": page[-1][0]})

    def query(self, sql: str, *values: Any) -> Rows:
        """All rows of a SELECT: for the readers of this room."""
        return self._select(sql, values)

    def rebuild(self) -> int:
        """Make every projection again from the log; how many events were replayed."""
        with self._writing():
            return projections.replay(self._db)

    def draft(self, item: str) -> str | None:
        """What was typed for `item` ("course/item") and not handed in yet."""
        return self._value("SELECT text FROM drafts WHERE item = ?", item)

    def save_draft(self, item: str, text: str) -> None:
        with self._writing():
            self._db.execute(
                "INSERT OR REPLACE INTO drafts (item, text) VALUES (?, ?)", (item, mended(text))
            )

    def drop_draft(self, item: str) -> None:
        with self._writing():
            self._db.execute("DELETE FROM drafts WHERE item = ?", (item,))

    def kept(self, key: str) -> str | None:
        """A small value kept under `key`, such as where a lesson was left."""
        return self._value("SELECT value FROM kept WHERE name = ?", key)

    def keep(self, key: str, value: str | None) -> None:
        """Keep `value` under `key`; None forgets it."""
        with self._writing():
            if value is None:
                self._db.execute("DELETE FROM kept WHERE name = ?", (key,))
            else:
                self._db.execute(
                    "INSERT OR REPLACE INTO kept (name, value) VALUES (?, ?)", (key, mended(value))
                )

    def backup(self, to: Path) -> None:
        """Copy the whole record to the file `to`."""
        if to.resolve() == self.path.resolve():
            raise StoreUnreachable(to, "a copy needs a name of its own")
        with self._using(), told(to):
            to.parent.mkdir(parents=True, exist_ok=True)
            backup.copy(self.path, to)

    def close(self) -> None:
        """Let go of the file. Safe to call twice."""
        with self._lock:
            self._open = False
            self._db.close()

    def _prepare(self) -> str:
        with self._using():
            current = f"{migrations.version(self._db)}.{projections.VERSION}"
            known = dict(self._db.execute("SELECT name, value FROM meta").fetchall())
        if known.get("projections") != current or "device" not in known:
            with self._writing():
                self._db.execute(
                    "INSERT OR IGNORE INTO meta (name, value) VALUES ('device', ?)", (str(uuid4()),)
                )
                projections.replay(self._db)
                self._db.execute(
                    "INSERT OR REPLACE INTO meta (name, value) VALUES ('projections', ?)",
                    (current,),
                )
        return str(self._value("SELECT value FROM meta WHERE name = 'device'"))

    def _newest(self) -> str | None:
        newest: str | None = self._db.execute("SELECT max(id) FROM events").fetchone()[0]
        return newest

    def _insert(self, event: Event) -> None:
        *plain, payload, versions = (getattr(event, name) for name in event.__struct_fields__)
        self._db.execute(_INSERT, (*plain, encoded(payload), encoded(versions)))

    def _value(self, sql: str, *values: Any) -> str | None:
        rows = self._select(sql, values)
        return None if not rows else str(rows[0][0])

    def _select(self, sql: str, values: Any) -> Rows:
        with self._using():
            return self._db.execute(sql, values).fetchall()

    @contextmanager
    def _using(self) -> Iterator[None]:
        with self._lock, told(self.path):
            if not self._open:
                raise StoreClosed(self.path)
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._using(), transaction(self._db):
            yield
