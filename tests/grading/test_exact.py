from __future__ import annotations

import pytest

from tests.grading.items import CHOICE, CLOZE, EXPLAIN, MATCH, NUMERIC, ORDER, SHORT, TRUE_FALSE
from tutor.content.schema import Item, Language
from tutor.grading.answer import (
    Answer,
    ChoiceAnswer,
    ClozeAnswer,
    ExplainAnswer,
    MatchAnswer,
    NumericAnswer,
    OrderAnswer,
    ShortAnswer,
    TrueFalseAnswer,
)
from tutor.grading.exact import grade_closed


@pytest.mark.parametrize(
    ("item", "answer", "score", "verdict"),
    [
        (CHOICE, ChoiceAnswer(("few", "zero")), 1, "full"),
        (CHOICE, ChoiceAnswer(("zero",)), 0, "none"),
        (CHOICE, ChoiceAnswer(("zero", "few", "tune")), 0, "none"),
        (CHOICE, ChoiceAnswer(()), 0, "none"),
        (TRUE_FALSE, TrueFalseAnswer(False), 1, "full"),
        (TRUE_FALSE, TrueFalseAnswer(True), 0, "none"),
        (CLOZE, ClozeAnswer({"first": "Pretraining", "second": "tuning"}), 1, "full"),
        (CLOZE, ClozeAnswer({"first": "사전학습", "second": "nonsense"}), 0.5, "partial"),
        (CLOZE, ClozeAnswer({}), 0, "none"),
        (SHORT, ShortAnswer("In context learning"), 1, "full"),
        (SHORT, ShortAnswer("맥락내 학습"), 1, "full"),
        (SHORT, ShortAnswer("in-context lerning"), 1, "full"),
        (SHORT, ShortAnswer("fine-tuning"), 0, "none"),
        (NUMERIC, NumericAnswer("175B"), 1, "full"),
        (NUMERIC, NumericAnswer("1,750억 개"), 1, "full"),
        (NUMERIC, NumericAnswer("176 billion"), 1, "full"),
        (NUMERIC, NumericAnswer("177 billion"), 0, "none"),
        (NUMERIC, NumericAnswer("many"), 0, "none"),
        (ORDER, OrderAnswer((0, 1, 2)), 1, "full"),
        (ORDER, OrderAnswer((1, 0, 2)), 0, "none"),
        (ORDER, OrderAnswer((0, 1)), 0, "none"),
        (MATCH, MatchAnswer((0, 1)), 1, "full"),
        (MATCH, MatchAnswer((0, None)), 0.5, "partial"),
        (MATCH, MatchAnswer((7, 0)), 0, "none"),
    ],
)
def test_closed_answers(item: Item, answer: Answer, score: float, verdict: str) -> None:
    graded = grade_closed(item, answer, "en")
    assert (graded.score, graded.verdict) == (score, verdict)
    assert all(point.by == "exact" for point in graded.points)


@pytest.mark.parametrize(
    ("item", "answer", "language", "feedback"),
    [
        (CHOICE, ChoiceAnswer(("tune",)), "en", "Not quite. It updates weights."),
        (CHOICE, ChoiceAnswer(("tune",)), "ko", "아쉽지만 아니에요. 가중치를 바꿔요."),
        (SHORT, ShortAnswer("in-context lerning"), "en", "Right; it is spelt “in-context learning”."),
        (SHORT, ShortAnswer("x"), "ko", "아쉽지만 아니에요. 정답: 맥락 내 학습"),
        (NUMERIC, NumericAnswer("1"), "en", "Not quite. The answer is 175,000,000,000 parameters."),
        (NUMERIC, NumericAnswer("?"), "ko", "아쉽지만 아니에요. 숫자로 읽을 수 없어요. 1,000이나 1.5처럼 적어 주세요. 정답: 175,000,000,000 개"),
        (CLOZE, ClozeAnswer({"first": "pre-training"}), "en", "1 of 2 right. The answer is fine-tuning."),
    ],
)  # fmt: skip
def test_feedback_says_why(item: Item, answer: Answer, language: Language, feedback: str) -> None:
    assert grade_closed(item, answer, language).feedback == feedback


def test_parts_of_a_cloze_are_told_apart() -> None:
    graded = grade_closed(CLOZE, ClozeAnswer({"first": "no", "second": "tuning"}), "en")
    assert [(point.id, point.verdict) for point in graded.points] == [
        ("first", "unmet"),
        ("second", "met"),
    ]


@pytest.mark.parametrize("item", [CHOICE, TRUE_FALSE, CLOZE, SHORT, NUMERIC, ORDER, MATCH, EXPLAIN])
def test_an_answer_of_another_kind_is_a_type_error(item: Item) -> None:
    with pytest.raises(TypeError):
        grade_closed(item, ExplainAnswer("words"), "en")
