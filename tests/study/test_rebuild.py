"""Whatever the log holds, making the projections again gives the same tables."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.study.sample import FrozenClock, verdict
from tutor.grading.answer import ExplainAnswer
from tutor.grading.verdict import Outcome, PointState
from tutor.study import payloads
from tutor.study.events import KINDS, EventKind
from tutor.study.projections import dump
from tutor.study.record import progress
from tutor.study.store import Store

Steps = list[tuple[str, dict[str, Any], str | None]]
REFERENCES = {"answer", "session", "question"}
ITEMS = ("llm/a", "llm/b", "rag/a")
names = st.sampled_from(["x", "y", "what"])
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)
scores = st.none() | st.sampled_from([0.0, 0.25, 0.5, 1.0])
outcomes: st.SearchStrategy[Outcome] = st.sampled_from(
    ["full", "partial", "none", "unsure", "ungraded"]
)
states: st.SearchStrategy[PointState] = st.sampled_from(["met", "unmet", "unsure"])


@st.composite
def steps(draw: st.DrawFn) -> Steps:
    """Kinds, payloads and items; an integer under a key that refers to an event is an index into those before."""
    made: Steps = []
    for _ in range(draw(st.integers(1, 14))):
        kind = draw(st.sampled_from([*KINDS, "answer", "verdict", "rating"]))
        item = draw(st.none() | st.sampled_from(ITEMS))
        garbage = draw(st.integers(0, 5)) == 0
        payload = draw(st.dictionaries(names, json)) if garbage else draw(proper(kind))
        made.append((kind, payload, item))
    return made


def proper(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    earlier = st.integers(0, 13)
    judgement = st.builds(
        lambda score, outcome, points: msgspec.to_builtins(verdict(score, outcome, **points)),
        scores,
        outcomes,
        st.dictionaries(names, states, max_size=2),
    )
    shapes: dict[str, dict[str, st.SearchStrategy[Any]]] = {
        "answer": {
            "session": st.none() | earlier,
            "answer": st.just(msgspec.to_builtins(ExplainAnswer("so"))),
            "language": st.just("en"),
        },
        "verdict": {"answer": earlier, "verdict": judgement},
        "overrule": {"answer": earlier, "point": names, "met": st.booleans(), "verdict": judgement},
        "hint": {"session": st.none(), "hint": st.integers(1, 3)},
        "session_started": {
            "mode": st.sampled_from(["learn", "quiz"]),
            "course": st.just("llm"),
            "lesson": st.none(),
            "items": st.lists(names, max_size=3),
            "seed": st.integers(),
            "title": names,
        },
        "session_moved": {
            "session": earlier,
            "position": st.integers(-1, 10**20),
            "items": st.none() | st.lists(names, max_size=2),
        },
        "session_ended": {"session": earlier},
        "lesson_opened": {"course": st.just("llm"), "lesson": names},
        "section_read": {"course": st.just("llm"), "lesson": names, "section": names},
        "question": {"scope": names, "question": st.text(max_size=5)},
        "reply": {"question": earlier, "reply": st.text(max_size=5)},
        "thresholds_reset": {"measured": st.just({"model": "m", "prompt": "p1"})},
        "rating": {"ease": st.integers(1, 4)},
    }
    return st.fixed_dictionaries(shapes[kind])


def write(store: Store, clock: FrozenClock, made: Steps) -> None:
    ids: list[str] = []
    for kind, payload, item in made:
        clock.pass_by(seconds=1)
        whole = {key: referred(key, value, ids) for key, value in payload.items()}
        ids.append(store.append(cast(EventKind, kind), whole, item=item).id)


def referred(key: str, value: Any, ids: list[str]) -> Any:
    if key in REFERENCES and isinstance(value, int) and 0 <= value < len(ids):
        return ids[value]
    return value


def expected_progress(
    store: Store, item: str
) -> tuple[int, float | None, float | None, str | None] | None:
    """Progress worked out from the log alone, the slow and obvious way."""
    answers: dict[str, tuple[str | None, float | None]] = {}
    for event in store.events():
        if (event.kind, event.item) == ("answer", item):
            if payloads.shaped(event.payload, payloads.AnswerGiven) is not None:
                answers[event.id] = (None, None)
        elif event.kind in {"verdict", "overrule"}:
            judged = payloads.shaped(event.payload, payloads.VerdictGiven)
            if judged is not None and judged.answer in answers:
                verdict = judged.verdict
                score = None if verdict.verdict == "ungraded" else verdict.score
                answers[judged.answer] = (verdict.verdict, score)
    if not answers:
        return None
    scores = [score for _, score in answers.values() if score is not None]
    last = list(answers.values())[-1]
    return len(answers), scores[-1] if scores else None, max(scores, default=None), last[0]


@settings(derandomize=True, deadline=None, max_examples=120)
@given(steps())
def test_replaying_the_log_changes_no_table(
    made: Steps,
) -> None:
    clock = FrozenClock()
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder, "s.db"), clock=clock) as store:
        write(store, clock, made)
        with closing(sqlite3.connect(store.path)) as db:
            before = dump(db)
            assert store.rebuild() == len(made)
            assert dump(db) == before
        for item in ITEMS:
            found = progress(store, item)
            seen = found and (
                found.attempts,
                found.last_score,
                found.best_score,
                found.last_verdict,
            )
            assert seen == expected_progress(store, item)


@settings(derandomize=True, deadline=None, max_examples=30)
@given(steps(), st.randoms(use_true_random=False))
def test_the_order_in_which_events_arrive_does_not_matter(made: Steps, random: Any) -> None:
    clock = FrozenClock()
    with (
        tempfile.TemporaryDirectory() as folder,
        Store(Path(folder, "one.db"), clock=clock) as one,
        Store(Path(folder, "two.db")) as two,
    ):
        write(one, clock, made)
        events = list(one.events())
        random.shuffle(events)
        half = len(events) // 2
        two.absorb(events[:half])
        two.absorb(events[half:])
        with (
            closing(sqlite3.connect(one.path)) as here,
            closing(sqlite3.connect(two.path)) as there,
        ):
            assert dump(there) == dump(here)
        assert list(two.events()) == list(one.events())
