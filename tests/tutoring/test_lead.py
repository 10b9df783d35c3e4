"""Where a talk in Socratic mode stands, from its replies alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tutor.content.schema import Point
from tutor.tutoring.lead import MOST_QUESTIONS, Lead, asked_about, next_step

A, B = (Point(id=id, text={"en": f"{id}."}) for id in ("a", "b"))
ASKED_A = Lead("question", "a")


def test_a_talk_begins_with_a_question_to_the_first_point() -> None:
    step = next_step([], [A, B])
    assert (step.kind, step.point) == ("question", A)


def test_three_questions_then_the_explanation_then_the_next_point() -> None:
    leads: list[Lead] = []
    seen = []
    for _ in range(9):
        step = next_step(leads, [A, B])
        seen.append((step.kind, step.point.id if step.point else None))
        if step.kind == "question" or step.kind == "explanation":
            assert step.point is not None
            leads.append(Lead(step.kind, step.point.id))
    assert seen == [
        *[("question", "a")] * 3,
        ("explanation", "a"),
        *[("question", "b")] * 3,
        ("explanation", "b"),
        ("follow_up", None),
    ]


def test_a_point_that_was_stated_is_left_for_the_next() -> None:
    step = next_step([ASKED_A, ASKED_A], [A, B], stated=True)
    assert (step.kind, step.point) == ("question", B)
    later = [ASKED_A, Lead("question", "b", found="a")]
    assert asked_about(later, [A, B]) == B
    last = next_step(later, [A, B], stated=True)
    assert (last.kind, last.point) == ("found", B)
    assert next_step([*later, Lead("found", "b", found="b")], [A, B]).kind == "follow_up"


def test_nothing_missing_is_a_follow_up() -> None:
    assert next_step([], []).kind == "follow_up"


def test_a_point_that_the_learner_has_set_met_is_not_asked_about_any_more() -> None:
    assert asked_about([ASKED_A], [B]) is None
    assert next_step([ASKED_A], [B]).point == B


@given(st.lists(st.booleans(), max_size=20), st.integers(1, 4))
def test_it_ends_however_the_learner_replies(stated: list[bool], count: int) -> None:
    points = [Point(id=f"p{number}", text={"en": "x"}) for number in range(count)]
    leads: list[Lead] = []
    for says in [*stated, *[False] * (4 * count + 1)]:
        current = asked_about(leads, points)
        step = next_step(leads, points, stated=says and current is not None)
        if step.kind == "follow_up" or step.point is None:
            break
        found = current.id if says and current is not None else ""
        leads.append(Lead(step.kind, step.point.id, found))
    else:
        raise AssertionError("it goes on for ever")
    for point in points:
        asked = [lead for lead in leads if (lead.kind, lead.point) == ("question", point.id)]
        assert len(asked) <= MOST_QUESTIONS
        explained = Lead("explanation", point.id) in leads
        assert explained != any(lead.found == point.id for lead in leads)
