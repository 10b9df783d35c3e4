"""The answers graded by hand fit the course, and what ships was fitted for the prompt that is asked."""

from __future__ import annotations

from collections import Counter

from tests.benchmarks.grading.cases import held_out
from tests.benchmarks.grading.written import gold_rows, read_gold
from tutor.content.loader import load_course
from tutor.content.schema import KINDS, LANGUAGES, Explain, kind_of
from tutor.grading.calibration import load_all
from tutor.grading.forms import FORMS
from tutor.grading.self_test import FILE
from tutor.llm.catalog import load_catalog
from tutor.paths import bundled

ANSWER_KINDS = {
    "right", "paraphrase", "terse", "half", "wrong", "vague", "mixed", "copied", "negated", "swapped", "hedged", "offtopic",
}  # fmt: skip


def test_every_explain_item_has_every_kind_of_answer_in_both_languages() -> None:
    course = load_course(bundled("content") / "llm-basics").course
    assert course is not None
    explained = {
        item.id for lesson in course.lessons for item in lesson.items if isinstance(item, Explain)
    }
    gold = read_gold(bundled("content") / "llm-basics" / "gold.yaml")
    assert {item.item for item in gold} == explained
    for item in gold:
        kinds = Counter((answer.language, answer.kind) for answer in item.answers)
        assert set(kinds) == {(language, kind) for language in LANGUAGES for kind in ANSWER_KINDS}


def test_what_is_said_of_an_answer_is_of_its_item() -> None:
    for row in gold_rows():
        points = {point.id for point in row.item.points}
        assert set(row.answer.points) <= points
        assert set(row.answer.misconceptions) <= {m.id for m in row.item.misconceptions}
        if row.answer.kind in ("right", "paraphrase"):
            assert set(row.answer.points) == points
        if row.answer.kind in ("vague", "copied", "offtopic", "negated"):
            assert row.answer.points == []


def test_some_items_are_held_out() -> None:
    items = {row.item.id for row in gold_rows()}
    kept = {id for id in items if held_out(id)}
    assert 0.1 < len(kept) / len(items) < 0.4


def test_the_course_is_as_rich_as_it_says() -> None:
    course = load_course(bundled("content") / "llm-basics").course
    assert course is not None
    assert {kind_of(item) for lesson in course.lessons for item in lesson.items} == set(KINDS)
    for lesson in course.lessons:
        explain = [item for item in lesson.items if isinstance(item, Explain)]
        assert len(lesson.items) >= 10
        assert len(explain) >= 5
        for item in explain:
            assert 2 <= len(item.points) <= 5
            assert item.misconceptions
            assert item.hints


def test_calibrations_are_for_a_prompt_there_is_and_a_model_of_the_catalogue() -> None:
    known = {model.sha256 for model in load_catalog(bundled("models") / "catalog.yaml").models}
    shipped = load_all(bundled("models") / "grading")
    files = {path.name for path in (bundled("models") / "grading").glob("*.json")} - {FILE}
    assert len(shipped) == len(files)
    for calibration in shipped:
        assert calibration.prompt in FORMS
        assert calibration.model is not None
        assert calibration.model.sha256 in known
        assert calibration.points.unmet < calibration.points.met
