"""The answers graded by hand fit the course, and what ships was fitted for the prompt that is asked."""

from __future__ import annotations

from collections import Counter

import numpy as np

from tests.benchmarks.fitting import auc, fit, thresholds
from tests.benchmarks.gold import held_out, read_gold, rows
from tutor.content.loader import load_course
from tutor.content.schema import KINDS, LANGUAGES, Explain, kind_of
from tutor.grading import prompts
from tutor.grading.calibration import load_all
from tutor.llm.catalog import load_catalog
from tutor.paths import bundled

ANSWER_KINDS = {"right", "paraphrase", "half", "wrong", "vague", "mixed", "copied"}


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
        assert kinds == {(language, kind): 1 for language in LANGUAGES for kind in ANSWER_KINDS}


def test_what_is_said_of_an_answer_is_of_its_item() -> None:
    for row in rows():
        points = {point.id for point in row.item.points}
        assert set(row.answer.points) <= points
        assert set(row.answer.misconceptions) <= {m.id for m in row.item.misconceptions}
        if row.answer.kind in ("right", "paraphrase"):
            assert set(row.answer.points) == points
        if row.answer.kind in ("wrong", "vague", "copied"):
            assert row.answer.points == []


def test_some_items_are_held_out() -> None:
    items = {row.item.id for row in rows()}
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


def test_calibrations_are_for_this_prompt_and_a_model_of_the_catalogue() -> None:
    known = {model.sha256 for model in load_catalog(bundled("models") / "catalog.yaml").models}
    shipped = load_all(bundled("models") / "grading")
    assert len(shipped) == len(list((bundled("models") / "grading").glob("*.json")))
    for calibration in shipped:
        assert calibration.prompt == prompts.VERSION
        assert calibration.model is not None
        assert calibration.model.sha256 in known
        assert calibration.points.unmet < calibration.points.met


def test_fitting_finds_what_was_put_in() -> None:
    generator = np.random.default_rng(7)
    features = generator.normal(size=(4000, 2))
    labels = (
        generator.random(4000) < 1 / (1 + np.exp(-(1 + 2 * features[:, 0] - features[:, 1])))
    ).astype(float)
    assert np.allclose(fit(features, labels, ridge=0), [1, 2, -1], atol=0.2)
    assert auc([0.1, 0.4, 0.9], [False, False, True]) == 1
    assert auc([0.5, 0.5], [False, True]) == 0.5


def test_thresholds_decide_only_what_is_right_often_enough() -> None:
    probabilities = np.linspace(0, 1, 100)
    unmet, met = thresholds(probabilities, (probabilities > 0.5).astype(float), right=0.9)
    assert unmet <= 0.56
    assert met >= 0.44
    coin = np.tile([0.0, 1.0], 50)
    assert thresholds(probabilities, coin, right=0.9) == (0.0, 2.0)
