"""What the learner's own thresholds are fitted on, read back from the log."""

from __future__ import annotations

import sqlite3

import msgspec

from tests.study.sample import FrozenClock, answer, corrected, explain
from tutor.grading.calibration import Curve
from tutor.grading.overrule import with_point
from tutor.grading.own_thresholds import ENOUGH, Decision, with_own
from tutor.grading.verdict import PointState, PointVerdict, Verdict, Versions
from tutor.study import overrules, record
from tutor.study.payloads import ThresholdsReset
from tutor.study.store import Store

BASE = Versions(model="m", prompt="p1", calibration="gold-2:m")
CURVE = Curve(bias=0.0, margin=1.0, baseline=0.0, unmet=0.2, met=0.8)
ITEM = explain("a", "x", "y", "z")


def judged(versions: Versions = BASE, **points: tuple[float | None, PointState]) -> Verdict:
    return Verdict(
        item="a",
        language="en",
        score=0.5,
        verdict="partial",
        points=[
            PointVerdict(
                id=id,
                probability=probability,
                verdict=state,
                by="exact" if probability is None else "model",
            )
            for id, (probability, state) in points.items()
        ],
        versions=versions,
    )


def overrule(store: Store, verdict: Verdict, item: str = "llm/a", **met: bool) -> str:
    """An answer that got `verdict`, and then these words of the learner's; its id."""
    id = answer(store, item)
    record.judged(store, id, verdict)
    say(store, id, verdict, **met)
    return id


def say(store: Store, id: str, verdict: Verdict, **met: bool) -> Verdict:
    for point, value in met.items():
        verdict = with_point(verdict, ITEM, point, value)
        record.overruled(store, id, point, value, verdict)
    return verdict


def decision(probability: float, met: bool, overruled: bool = True) -> Decision:
    return Decision(probability=probability, met=met, overruled=overruled)


def test_an_overrule_is_recorded_with_what_it_overrules(store: Store) -> None:
    id = overrule(store, judged(x=(0.6, "unsure")), x=True)
    (event,) = store.events("overrule")
    assert event.versions == msgspec.to_builtins(BASE)
    assert (event.item, event.payload["answer"], event.payload["met"]) == ("llm/a", id, True)


def test_the_models_probability_with_the_learners_last_word(store: Store) -> None:
    verdict = judged(x=(0.9, "met"), y=(0.5, "unsure"), z=(0.1, "unmet"))
    id = answer(store, "llm/a")
    record.judged(store, id, verdict)
    changed = say(store, id, verdict, x=False)
    say(store, id, changed, y=False, x=True)
    assert overrules.decisions(store, BASE) == [
        decision(0.9, True, overruled=False),
        decision(0.5, False),
        decision(0.1, False, overruled=False),
    ]


def test_what_was_left_open_or_never_judged_by_a_model_says_nothing(store: Store) -> None:
    overrule(store, judged(x=(0.9, "met"), y=(0.5, "unsure"), z=(None, "unmet")), x=False, z=True)
    assert overrules.decisions(store, BASE) == [decision(0.9, False)]


def test_answers_that_were_left_alone_do_not_count(store: Store) -> None:
    record.judged(store, answer(store, "llm/a"), judged(x=(0.9, "met")))
    assert overrules.decisions(store, BASE) == []


def test_only_what_was_graded_the_same_way_counts(store: Store) -> None:
    own = with_own(BASE)
    for each in (
        own,
        Versions(model="other", prompt="p1", calibration="gold-2:m"),
        Versions(model="m", prompt="p2", calibration="gold-2:m"),
        Versions(model="m", prompt="p1", calibration="gold-1:m"),
    ):
        overrule(store, judged(each, x=(0.7, "unsure")), x=True)
    assert overrules.decisions(store, BASE) == [decision(0.7, True)]
    assert overrules.decisions(store, own) == [decision(0.7, True)]


def test_the_verdict_before_the_first_overrule_is_the_models(store: Store) -> None:
    id = answer(store, "llm/a")
    record.judged(store, id, judged(x=(0.3, "unsure")))
    record.judged(store, answer(store, "llm/a"), judged(x=(0.1, "unmet")))
    again = judged(x=(0.7, "unsure"))
    record.judged(store, id, again)
    say(store, id, again, x=True)
    record.judged(store, id, judged(x=(0.4, "unsure")))
    assert overrules.decisions(store, BASE) == [decision(0.7, True)]


def test_fifty_corrections_move_the_thresholds(store: Store) -> None:
    corrected(store, BASE, ENOUGH - 1)
    assert not overrules.enough(store)
    assert overrules.following(store, BASE, CURVE) is None
    overrule(store, judged(x=(0.6, "unsure"), y=(0.9, "met")), x=True)
    assert overrules.enough(store)
    moved = msgspec.structs.replace(CURVE, met=0.5)
    assert overrules.following(store, BASE, CURVE) == overrules.Following(moved, ENOUGH)
    assert overrules.following(store, Versions(model="other"), CURVE) is None


def test_a_reset_starts_again_from_what_was_measured(store: Store, clock: FrozenClock) -> None:
    corrected(store, BASE)
    two = judged(x=(0.9, "met"), y=(0.3, "unsure"))
    id = overrule(store, two, x=False)
    overrule(store, judged(msgspec.structs.replace(BASE, model="other"), x=(0.5, "unsure")), x=True)
    assert overrules.reset(store, "nobody") == 0
    assert overrules.reset(store, "m") == ENOUGH + 1
    assert overrules.reset(store, "m") == 0
    assert overrules.following(store, BASE, CURVE) is None
    assert overrules.decisions(store, BASE) == []
    clock.pass_by(days=1)
    say(store, id, with_point(two, ITEM, "x", False), y=True)
    assert overrules.decisions(store, BASE) == [decision(0.3, True)], "x was said before the reset"
    assert len(overrules.decisions(store, msgspec.structs.replace(BASE, model="other"))) == 1
    assert len(list(store.events("thresholds_reset"))) == 1
    assert len(list(store.events("overrule"))) == ENOUGH + 3, "nothing is lost"


def test_a_reset_before_and_after_own_thresholds_is_one(store: Store) -> None:
    corrected(store, with_own(BASE))
    overrule(store, judged(x=(0.6, "unsure")), x=True)
    assert overrules.reset(store, "m") == ENOUGH + 1
    assert len(list(store.events("thresholds_reset"))) == 1


def test_events_of_another_shape_are_passed_over(store: Store) -> None:
    store.append("overrule", {"answer": 3}, item="llm/a")
    store.append("thresholds_reset", {"measured": []})
    overrule(store, judged(x=(0.6, "unsure")), x=True)
    assert overrules.decisions(store, BASE) == [decision(0.6, True)]


def test_another_copy_of_the_record_says_the_same(store: Store) -> None:
    corrected(store, BASE)
    with Store(store.path.with_name("other.db")) as other:
        other.absorb(store.events())
        assert overrules.decisions(other, BASE) == overrules.decisions(store, BASE)


async def test_a_grader_gets_what_holds_now_and_the_measured_thresholds_without_a_record(
    store: Store,
) -> None:
    own = overrules.learner(store)
    assert await own(BASE, CURVE) is None
    corrected(store, BASE)
    assert await own(BASE, CURVE) == msgspec.structs.replace(CURVE, met=0.5)
    overrules.reset(store, "m")
    assert await own(BASE, CURVE) is None
    corrected(store, BASE)
    store.close()
    assert await own(BASE, CURVE) is None


def test_no_answer_is_read_that_nobody_overruled(store: Store) -> None:
    corrected(store, BASE)
    plans = []
    with sqlite3.connect(store.path) as db:
        seen: list[str] = []
        real = store.query

        def query(sql: str, *values: object) -> list[tuple[object, ...]]:
            seen.append(sql)
            plans.extend(db.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall())
            return real(sql, *values)

        store.query = query  # type: ignore[method-assign]
        assert overrules.following(store, BASE, CURVE) is not None
    assert len(seen) == ENOUGH + 3
    assert all("SCAN events" not in plan[-1] for plan in plans)
    by_item = [plan[-1] for plan in plans if "events_by_item" in plan[-1]]
    assert len(by_item) == ENOUGH


def test_what_was_said_before_verdicts_named_the_sum_of_the_file_still_counts(store: Store) -> None:
    named = msgspec.structs.replace(BASE, sha256="5a" * 32)
    overrule(store, judged(BASE, x=(0.6, "unsure")), x=True)
    overrule(store, judged(with_own(named), x=(0.4, "unsure")), x=False)
    found = [decision(0.6, True), decision(0.4, False)]
    assert overrules.decisions(store, named) == overrules.decisions(store, BASE) == found
    assert overrules.reset(store, "m") == 2
    assert overrules.decisions(store, named) == overrules.decisions(store, BASE) == []


def test_a_reset_that_named_the_sum_still_holds(store: Store) -> None:
    overrule(store, judged(BASE, x=(0.6, "unsure")), x=True)
    named = msgspec.structs.replace(BASE, sha256="5a" * 32)
    store.append("thresholds_reset", ThresholdsReset(measured=named))
    assert overrules.decisions(store, named) == []
