from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.study.sample import FrozenClock, answer, answer_true, graded, verdict
from tutor.grading.answer import ExplainAnswer, MatchAnswer, TrueFalseAnswer
from tutor.study import record
from tutor.study.record import OwnHint
from tutor.study.store import Store
from tutor.tutoring.lead import Lead


def test_an_answer_waits_for_its_verdict(store: Store) -> None:
    id = answer(store, "llm/a", text="it predicts the next token")
    assert record.last_answer(store, "llm/a") == (ExplainAnswer("it predicts the next token"), None)
    assert record.progress(store, "llm/a") == record.Progress(
        attempts=1,
        last_score=None,
        best_score=None,
        last_verdict=None,
        last_at="2026-03-01T03:00:00.250Z",
    )
    record.judged(store, id, verdict(0.5))
    assert record.last_answer(store, "llm/a") == (
        ExplainAnswer("it predicts the next token"),
        verdict(0.5),
    )


def test_every_field_of_an_answer_comes_back(store: Store) -> None:
    given = MatchAnswer((2, None, 0))
    id = record.answered(store, "s1", "llm/m", "beef", given, "ko", hints_used=2, seconds=7.25)
    assert record.attempt(store, id) == record.Attempt(
        id=id,
        answer=given,
        verdict=None,
        at_utc="2026-03-01T03:00:00.250Z",
        language="ko",
        session="s1",
        hints_used=2,
        seconds=7.25,
    )
    (event,) = store.events("answer")
    assert (event.item, event.item_hash) == ("llm/m", "beef")


def test_a_verdict_event_names_the_item_and_what_it_depends_on(store: Store) -> None:
    graded(store, "llm/a", 1.0)
    (event,) = store.events("verdict")
    assert (event.item, event.item_hash) == ("llm/a", "cafe")
    assert event.versions == {"model": "m", "prompt": "p1", "calibration": None}


def test_progress_follows_last_and_best(store: Store, clock: FrozenClock) -> None:
    graded(store, "llm/a", 1.0)
    clock.pass_by(days=1)
    graded(store, "llm/a", 0.25)
    found = record.progress(store, "llm/a")
    assert found == record.Progress(
        attempts=2,
        last_score=0.25,
        best_score=1.0,
        last_verdict="partial",
        last_at="2026-03-02T03:00:00.250Z",
    )
    assert not found.mastered
    assert record.progress(store, "llm/b") is None


def test_a_grading_that_failed_counts_as_no_score(store: Store) -> None:
    graded(store, "llm/a", 1.0)
    graded(store, "llm/a", None)
    found = record.progress(store, "llm/a")
    assert found is not None
    assert (found.attempts, found.last_score, found.last_verdict) == (2, 1.0, "ungraded")
    assert found.mastered


def test_grading_again_replaces_the_verdict_and_keeps_both_in_the_log(store: Store) -> None:
    id = graded(store, "llm/a", None)
    record.judged(store, id, verdict(1.0, p="met"))
    found = record.progress(store, "llm/a")
    assert found is not None
    assert (found.attempts, found.last_score, found.last_verdict) == (1, 1.0, "full")
    record.judged(store, id, verdict(None, "ungraded"))
    again = record.progress(store, "llm/a")
    assert again is not None
    assert (again.last_score, again.best_score) == (None, None)
    assert len(list(store.events("verdict", "llm/a"))) == 3


def test_the_learner_may_overrule_a_point(store: Store) -> None:
    id = graded(store, "llm/a", 0.5, first="met", second="unmet")
    record.overruled(store, id, "second", True, verdict(1.0, first="met", second="met"))
    found = record.progress(store, "llm/a")
    assert found is not None
    assert (found.attempts, found.last_score, found.last_verdict) == (1, 1.0, "full")
    (event,) = store.events("overrule")
    assert (event.payload["point"], event.payload["met"]) == ("second", True)
    last = record.last_answer(store, "llm/a")
    assert last is not None
    assert last[1] == verdict(1.0, first="met", second="met")


def test_there_is_no_verdict_without_an_answer(store: Store) -> None:
    with pytest.raises(ValueError, match="no answer has the id"):
        record.judged(store, "nobody", verdict(1.0))
    with pytest.raises(ValueError, match="no answer has the id"):
        record.overruled(store, "nobody", "p", True, verdict(1.0))
    assert list(store.events()) == []


def test_history_is_in_order_with_the_verdicts_that_hold(store: Store) -> None:
    first = graded(store, "llm/a", 0.0)
    second = answer_true(store, "llm/a")
    graded(store, "llm/b", 1.0)
    record.judged(store, first, verdict(0.5))
    attempts = record.history(store, "llm/a")
    assert [(each.id, each.verdict) for each in attempts] == [(first, verdict(0.5)), (second, None)]
    assert attempts[1].answer == TrueFalseAnswer(True)


def test_old_names_of_an_item_share_its_history(store: Store) -> None:
    old = graded(store, "llm/old", 1.0)
    new = graded(store, "llm/new", 0.5)
    assert [each.id for each in record.history(store, "llm/new", "llm/old")] == [old, new]
    found = record.progress(store, "llm/new", "llm/old")
    assert found is not None
    assert (found.attempts, found.last_score, found.best_score) == (2, 0.5, 1.0)
    answer(store, "llm/old")
    later = record.progress(store, "llm/new", "llm/old")
    assert later is not None
    assert (later.last_score, later.last_verdict) == (0.5, None)


def test_payloads_of_another_shape_are_passed_over(store: Store) -> None:
    good = graded(store, "llm/a", 1.0)
    store.append("answer", {"answer": {"kind": "essay", "text": "?"}}, item="llm/a")
    store.append("verdict", {"answer": good, "verdict": {"score": "high"}}, item="llm/a")
    store.append("question", {"scope": "llm/a"})
    store.append("reply", {})
    assert [each.id for each in record.history(store, "llm/a")] == [good]
    found = record.progress(store, "llm/a")
    assert found is not None
    assert (found.attempts, found.last_score) == (1, 1.0)
    assert record.talk(store, "llm/a") == []


def test_a_newer_program_may_have_added_fields(store: Store) -> None:
    payload = msgspec.to_builtins(verdict(1.0)) | {"mood": "sunny"}
    id = answer(store, "llm/a")
    store.append("verdict", {"answer": id, "verdict": payload, "judge": 2}, item="llm/a")
    last = record.last_answer(store, "llm/a")
    assert last is not None
    assert last[1] == verdict(1.0)


def test_hints_are_counted_until_the_next_answer(store: Store) -> None:
    assert record.hints_used(store, "llm/a") == 0
    record.hinted(store, None, "llm/a", "cafe", 1)
    record.hinted(store, None, "llm/a", "cafe", 2)
    record.hinted(store, None, "llm/b", "cafe", 1)
    assert record.hints_used(store, "llm/a") == 2
    answer(store, "llm/a")
    assert record.hints_used(store, "llm/a") == 0
    assert record.hints_used(store, "llm/b") == 1


def test_talk_comes_back_by_scope_in_order(store: Store, clock: FrozenClock) -> None:
    first = record.asked(store, "llm/what", "왜?")
    citation = {"n": 1, "lesson": "what", "section": "why", "text": "..."}
    record.replied(store, first, "그래서.", [citation])
    clock.pass_by(seconds=2)
    second = record.asked(store, "llm/what", "And then?")
    record.replied(store, second, "Well, it", finish="cancelled")
    record.asked(store, "llm/other", "Elsewhere?")
    assert record.talk(store, "llm/what") == [
        record.Turn(
            id=first,
            question="왜?",
            reply="그래서.",
            finish="stop",
            at_utc="2026-03-01T03:00:00.250Z",
            utc_offset=540,
            citations=[citation],
        ),
        record.Turn(
            id=second,
            question="And then?",
            reply="Well, it",
            finish="cancelled",
            at_utc="2026-03-01T03:00:02.250Z",
            utc_offset=540,
        ),
    ]


def test_a_question_without_a_reply_is_still_there(path: Path) -> None:
    with Store(path) as store:
        record.asked(store, "llm/what", "Anyone?")
    with Store(path) as store:
        (turn,) = record.talk(store, "llm/what")
        assert (turn.question, turn.reply, turn.finish) == ("Anyone?", None, None)
        record.replied(store, turn.id, "", finish="error")
        (turn,) = record.talk(store, "llm/what")
        assert (turn.reply, turn.finish) == ("", "error")


def test_the_tutors_own_hints_are_kept_with_the_answer_they_led_to(store: Store) -> None:
    record.hinted(store, None, "llm/a", "cafe", 1)
    first, second = OwnHint("What else?", "p1"), OwnHint("무엇이 더 있나요?", "p2")
    record.hinted(store, None, "llm/a", "cafe", 2, first)
    record.hinted(store, None, "llm/b", "cafe", 1, second)
    assert record.own_hints(store, "llm/a") == [first]
    assert record.hints_used(store, "llm/a") == 2
    answer = record.answered(store, None, "llm/a", "cafe", ExplainAnswer("so"), "en", hints_used=2)
    record.hinted(store, None, "llm/a", "cafe", 1, second)
    assert record.own_hints(store, "llm/a") == [second]
    assert record.own_hints(store, "llm/a", answer) == [first]


def test_hints_of_an_older_program_still_count(store: Store) -> None:
    store.append("hint", {"session": None, "hint": 2}, item="llm/a")
    assert record.hints_used(store, "llm/a") == 2
    assert record.own_hints(store, "llm/a") == []


def test_how_a_reply_led_is_kept_and_older_replies_led_nowhere(store: Store) -> None:
    asked = record.asked(store, "llm/a", "What is missing?")
    record.replied(store, asked, "What else is there?", lead=Lead("question", "p1"))
    older = record.asked(store, "llm/a", "Why?")
    store.append("reply", {"question": older, "reply": "Because.", "citations": []})
    assert [turn.lead for turn in record.talk(store, "llm/a")] == [Lead("question", "p1"), None]
