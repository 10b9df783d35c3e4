from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.study.sample import FrozenClock, answer, graded
from tutor.study.events import Event, Ids
from tutor.study.payloads import Asked, HintShown
from tutor.study.projections import dump
from tutor.study.store import Store


def raw(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def test_an_event_reads_back_as_it_was_written(store: Store) -> None:
    written = store.append(
        "question",
        {"scope": "llm/a", "question": "왜?", "extra": [1, None, {"x": 0.5}]},
        item="llm/a",
        item_hash="cafe",
        versions={"model": "m", "prompt": None},
    )
    assert list(store.events()) == [written]
    assert written.at_utc == "2026-03-01T03:00:00.250Z"
    assert written.utc_offset == 540
    assert written.device == store.device


def test_events_come_by_kind_and_item_across_pages(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.study.store._PAGE", 3)
    hints = [
        store.append("hint", HintShown(session=None, hint=n), item=f"llm/{n % 2}") for n in range(8)
    ]
    other = store.append("question", Asked(scope="llm/0", question="?"))
    assert list(store.events()) == [*hints, other]
    assert list(store.events("hint", "llm/1")) == hints[1::2]
    assert list(store.events(item="llm/0")) == hints[::2]
    assert list(store.events("verdict")) == []


def test_the_log_may_grow_while_it_is_read(store: Store) -> None:
    store.append("question", Asked(scope="a", question="1"))
    seen = []
    for event in store.events():
        seen.append(event.id)
        if len(seen) < 4:
            store.append("question", Asked(scope="a", question="more"))
    assert len(seen) == 4


def test_ids_keep_the_order_of_writing_when_the_clock_goes_back(
    path: Path, clock: FrozenClock
) -> None:
    with Store(path, clock=clock) as first:
        before = answer(first, "llm/a")
    clock.pass_by(days=-30)
    with Store(path, clock=clock) as second:
        after = answer(second, "llm/a")
        assert [event.id for event in second.events()] == [before, after]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE events SET payload = '{}'",
        "DELETE FROM events",
        "INSERT OR REPLACE INTO events SELECT id, 'x', at_utc, 0, item, item_hash, kind, '{}', '{}' FROM events",
    ],
)
def test_the_log_refuses_every_change(store: Store, change: str) -> None:
    answer(store, "llm/a")
    before = list(store.events())
    with raw(store.path) as db, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute(change)
    db.close()
    assert list(store.events()) == before


def test_half_a_surrogate_pair_is_no_reason_to_lose_an_answer(store: Store) -> None:
    answer(store, "llm/a", text="ab\ud800c")
    (event,) = store.events("answer")
    assert event.payload["answer"]["text"] == "ab?c"
    store.save_draft("llm/a", "x\udfff")
    assert store.draft("llm/a") == "x?"


def test_a_payload_that_could_not_be_read_back_is_not_written(store: Store) -> None:
    with pytest.raises(ValueError, match="read back"):
        store.append("hint", HintShown(session=None, hint=-1))
    assert list(store.events()) == []


def test_an_event_that_fails_half_way_leaves_no_trace(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    store.save_draft("llm/a", "typed")
    with monkeypatch.context() as patched:
        patched.setattr("tutor.study.projections.project", fail)
        with pytest.raises(KeyboardInterrupt):
            answer(store, "llm/a")
    assert list(store.events()) == []
    assert store.draft("llm/a") == "typed"
    answer(store, "llm/a")
    assert len(list(store.events())) == 1


def test_a_draft_stays_until_its_answer_is_handed_in(path: Path) -> None:
    with Store(path) as store:
        store.save_draft("llm/a", "first words")
        store.save_draft("llm/b", "other")
        store.save_draft("llm/a", "first words, and more")
    with Store(path) as store:
        assert store.draft("llm/a") == "first words, and more"
        answer(store, "llm/a")
        assert store.draft("llm/a") is None
        assert store.draft("llm/b") == "other"
        store.drop_draft("llm/b")
        assert store.draft("llm/b") is None


def test_rebuilding_leaves_a_draft_alone(store: Store) -> None:
    answer(store, "llm/a")
    store.save_draft("llm/a", "a second try")
    assert store.rebuild() == 1
    assert store.draft("llm/a") == "a second try"


def test_kept_values(store: Store) -> None:
    assert store.kept("lesson") is None
    store.keep("lesson", "llm/what")
    store.keep("lesson", "llm/why")
    assert store.kept("lesson") == "llm/why"
    store.keep("lesson", None)
    assert store.kept("lesson") is None


def test_a_device_keeps_its_id_and_differs_from_others(tmp_path: Path) -> None:
    def device(name: str) -> str:
        with Store(tmp_path / name) as store:
            return store.device

    assert device("one.db") == device("one.db") != device("two.db")


def test_a_kind_of_a_newer_program_is_kept_and_changes_nothing(
    store: Store, path: Path, clock: FrozenClock
) -> None:
    graded(store, "llm/a", 1.0)
    newest = list(store.events())[-1]
    following = Ids().next(clock(), after=newest.id)
    future = replace(newest, id=following, kind="rating", payload={"ease": 3})
    db = raw(path)
    before = dump(db)
    assert store.absorb([future]) == 1
    assert dump(db) == before
    db.close()
    assert list(store.events())[-1] == future


def merged(
    path: Path, clock: FrozenClock, *histories: list[Event]
) -> dict[str, list[tuple[object, ...]]]:
    with Store(path, clock=clock) as store:
        for history in histories:
            store.absorb(history)
        db = raw(path)
        try:
            return dump(db)
        finally:
            db.close()


def test_two_machines_that_take_in_each_other_become_the_same(
    tmp_path: Path, clock: FrozenClock
) -> None:
    def studied(name: str, score: float) -> list[Event]:
        with Store(tmp_path / name, clock=clock) as store:
            for _ in range(3):
                clock.pass_by(minutes=1)
                graded(store, "llm/a", score, first="unmet")
            return list(store.events())

    one, two = studied("one.db", 0.5), studied("two.db", 1.0)
    there = merged(tmp_path / "one.db", clock, two)
    back = merged(tmp_path / "two.db", clock, one, one)
    assert there == back
    assert there["progress"][0][1] == 6


@pytest.mark.parametrize(
    "spoil",
    [
        lambda event: replace(event, id="nonsense"),
        lambda event: replace(event, id="ffffffff-ffff-7fff-bfff-ffffffffffff"),
    ],
)
def test_a_foreign_history_is_taken_whole_or_not_at_all(
    tmp_path: Path, store: Store, spoil: Callable[[Event], Event]
) -> None:
    with Store(tmp_path / "other.db") as other:
        graded(other, "llm/a", 1.0)
        good, bad = other.events()
    with pytest.raises(ValueError, match="not the id of an event"):
        store.absorb([good, spoil(bad)])
    assert list(store.events()) == []


def test_home_opens_in_a_blink_with_a_long_history(path: Path) -> None:
    with Store(path) as store:
        plans = [
            ("SELECT item FROM progress WHERE item >= 'a/' AND item < 'a0'", "progress"),
            (
                "SELECT id FROM sessions WHERE device = 'd' AND ended_at IS NULL ORDER BY id DESC LIMIT 1",
                "sessions_open",
            ),
            (
                "SELECT id FROM answers WHERE item = 'a/b' ORDER BY id DESC LIMIT 1",
                "answers_by_item",
            ),
            ("SELECT id FROM answers WHERE session = 'x' ORDER BY id", "answers_by_session"),
            ("SELECT question FROM turns WHERE scope = 'x' ORDER BY question", "turns_by_scope"),
            ("SELECT id FROM events WHERE item = 'a/b' AND id > '' ORDER BY id", "events_by_item"),
            ("SELECT max(id) FROM events", "sqlite_autoindex_events_1"),
        ]
        for sql, index in plans:
            steps = " ".join(row[3] for row in store.query(f"EXPLAIN QUERY PLAN {sql}"))
            assert steps.startswith("SEARCH"), sql
            assert index in steps, sql
            assert "TEMP B-TREE" not in steps, sql
