from __future__ import annotations

from tests.study.sample import (
    FrozenClock,
    answer,
    course,
    explain,
    graded,
    lesson,
    true_false,
    verdict,
)
from tutor.study import record
from tutor.study.store import Store

BASICS = lesson("basics", true_false("a"), true_false("b"), explain("c", "first", "second"))
MORE = lesson("more", explain("d", "first"))
COURSE = course(BASICS, MORE, aliases={"c-older": "c-old", "c-old": "c"})


def test_nothing_studied_yet(store: Store) -> None:
    assert record.course_progress(store, COURSE) == [
        record.LessonProgress(
            lesson=name,
            items=items,
            attempted=0,
            mastered=0,
            mean_score=None,
            opened_at=None,
            sections=2,
            sections_read=(),
        )
        for name, items in (("basics", 3), ("more", 1))
    ]
    assert record.weakest(store, COURSE) == []
    assert not record.course_progress(store, COURSE)[0].opened


def test_a_lesson_counts_its_items_and_sections(store: Store, clock: FrozenClock) -> None:
    record.opened(store, "llm", "basics")
    record.section_read(store, "llm", "basics", "why")
    record.section_read(store, "llm", "basics", "gone-from-the-lesson")
    clock.pass_by(hours=1)
    record.opened(store, "llm", "basics")
    graded(store, "llm/a", 0.0)
    graded(store, "llm/a", 1.0)
    graded(store, "llm/c-older", 0.5)
    answer(store, "llm/b")
    graded(store, "llm/no-longer-in-the-course", 1.0)
    graded(store, "other/a", 0.0)
    basics, more = record.course_progress(store, COURSE)
    assert basics == record.LessonProgress(
        lesson="basics",
        items=3,
        attempted=3,
        mastered=1,
        mean_score=0.75,
        opened_at="2026-03-01T04:00:00.250Z",
        sections=2,
        sections_read=("why",),
    )
    assert basics.opened
    assert (more.attempted, more.opened_at) == (0, None)


def test_a_section_is_recorded_the_first_time_it_is_read(store: Store) -> None:
    record.section_read(store, "llm", "basics", "what")
    record.section_read(store, "llm", "basics", "what")
    assert len(list(store.events("section_read"))) == 1


def test_an_item_forgotten_again_is_not_mastered(store: Store) -> None:
    graded(store, "llm/a", 1.0)
    graded(store, "llm/a", 0.5)
    assert record.course_progress(store, COURSE)[0].mastered == 0


def test_all_names_of_a_renamed_item(store: Store) -> None:
    names = ["llm/c", "llm/c-older", "llm/c-old"]
    for id in ("c", "c-old", "c-older"):
        assert record.keys(COURSE, id) == names
    assert record.keys(COURSE, "a") == ["llm/a"]
    graded(store, "llm/c-older", 1.0)
    graded(store, "llm/c", 0.5)
    assert record.item_progress(store, COURSE)["c"] == record.progress(store, *names)


def test_weak_points_are_those_missed_last_and_most_often(store: Store) -> None:
    graded(store, "llm/d", 0.0, first="unmet")
    graded(store, "llm/c-old", 0.0, first="unmet", second="unmet")
    graded(store, "llm/c", 0.5, first="met", second="unmet")
    assert record.weakest(store, COURSE) == [
        record.WeakPoint("second", "c", 2),
        record.WeakPoint("first", "d", 1),
    ]
    assert record.weakest(store, COURSE, MORE) == [record.WeakPoint("first", "d", 1)]
    assert record.weakest(store, COURSE, limit=1) == [record.WeakPoint("second", "c", 2)]


def test_points_that_are_no_rubric_are_not_weak(store: Store) -> None:
    graded(store, "llm/a", 0.0, gap="unmet")
    graded(store, "llm/d", 0.0, retired="unmet")
    graded(store, "llm/d", 0.0, first="unsure")
    assert record.weakest(store, COURSE) == []


def test_a_verdict_replaces_all_points_of_the_one_before(store: Store) -> None:
    id = graded(store, "llm/c", 0.0, first="unmet", second="unmet")
    record.judged(store, id, verdict(0.5, item="c", second="unmet"))
    assert record.weakest(store, COURSE) == [record.WeakPoint("second", "c", 1)]


def test_overruling_a_point_takes_it_off_the_weak_ones(store: Store) -> None:
    id = graded(store, "llm/d", 0.0, first="unmet")
    record.overruled(store, id, "first", True, verdict(1.0, item="d", first="met"))
    assert record.weakest(store, COURSE) == []
