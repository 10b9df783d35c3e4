"""Normalising, numbers, and what the wording alone says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.grading.normalise import nearly, normalise, same
from tutor.grading.numbers import parse_number
from tutor.grading.signals import (
    clauses,
    cosine,
    covered,
    evidence,
    grams,
    is_echo,
    is_empty,
    language_of,
    sentences,
)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("The Pre-Training", "pretraining"),
        ("사전 학습", "사전학습"),
        ("ＬｏＲＡ", "lora"),
        ("\u1109\u1161\u110c\u1165\u11ab", "사전"),
    ],
)
def test_same_but_for_case_spacing_and_composition(left: str, right: str) -> None:
    assert same(left, right)


@pytest.mark.parametrize(
    ("typed", "meant", "forgiven"),
    [
        ("hyperparamter", "hyperparameter", True),
        ("미세 조젇", "미세 조정", True),
        ("unsupervised", "supervised", False),
        ("few", "new", False),
        ("GPT-3", "GPT-2", False),
        ("", "anything", False),
        ("one-shot", "zero-shot", False),
    ],
)
def test_typing_errors(typed: str, meant: str, forgiven: bool) -> None:
    assert nearly(typed, meant) is forgiven


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1,000", 1000),
        ("1e3", 1000),
        ("7B", 7e9),
        ("175 billion", 175e9),
        ("1.75 x 10^11", 175e9),
        ("1/4", 0.25),
        ("1,750억", 175e9),
        ("1조 5천억", 1.5e12),
        ("3만 2천", 32000),
        ("약 20", 20),
        ("0.39 %", 0.39),
        ("-3", -3),
        ("20개", 20),
        ("512 tokens", 512),
        ("", None),
        ("twenty", None),
        ("1 or 2", None),
        ("1/0", None),
        ("1e999", None),
    ],
)
def test_numbers(typed: str, value: float | None) -> None:
    assert parse_number(typed) == (None if value is None else pytest.approx(value))


@given(st.text())
def test_no_text_breaks_the_number_reader(text: str) -> None:
    value = parse_number(text)
    assert value is None or value == value


@given(st.integers(-(10**12), 10**12))
def test_integers_are_read_as_they_are_written(number: int) -> None:
    assert parse_number(str(number)) == number
    assert parse_number(f"{number:,}") == number


@pytest.mark.parametrize(
    "answer", ["", "   ", "...", "I don't know.", "모르겠어요", "잘 모르겠어요!"]
)
def test_empty(answer: str) -> None:
    assert is_empty(answer)


def test_an_echo_is_the_question_and_no_more() -> None:
    question = "What is the difference between zero-shot and few-shot prompting?"
    assert is_echo("the difference between zero-shot and few-shot prompting", question)
    assert not is_echo(f"{question} Zero-shot has no examples, few-shot does.", question)
    assert not is_echo("Few-shot has examples.", question)


def test_evidence_is_the_sentence_like_the_point() -> None:
    answer = (
        "Zero-shot gives no examples. 가중치는 그대로예요. Few-shot shows some solved examples!"
    )
    start, end = evidence(answer, "Few-shot has some examples.") or (0, 0)
    assert answer[start:end] == "Few-shot shows some solved examples!"
    start, end = evidence(answer, "가중치는 바뀌지 않는다.") or (0, 0)
    assert answer[start:end] == "가중치는 그대로예요."


@pytest.mark.parametrize(
    ("answer", "point", "words"),
    [
        (
            "Few-shot puts some solved examples in the prompt, zero-shot none at all.",
            "Zero-shot has no examples.",
            "zero-shot none at all.",
        ),
        (
            "odds for every candidate -> pick one, tack it on -> feed the longer text back in",
            "The longer text is read again.",
            "feed the longer text back in",
        ),
        (
            "제로샷은 예시가 없고 퓨샷은 예시를 몇 개 주지만 가중치는 그대로예요.",
            "퓨샷 프롬프트에는 예시가 몇 개 있다.",
            "퓨샷은 예시를 몇 개 주지만",
        ),
    ],
)
def test_evidence_is_no_longer_than_the_clause(answer: str, point: str, words: str) -> None:
    start, end = evidence(answer, point) or (0, 0)
    assert answer[start:end] == words


def test_evidence_is_what_the_other_points_would_not_choose() -> None:
    answer = "Few-shot puts a few examples into the prompt, zero-shot has none. The weights stay as they are."
    points = [
        "A zero-shot prompt contains no examples of the task.",
        "A few-shot prompt contains a few examples of the task.",
        "Few-shot prompting does not change the model's weights.",
    ]
    spans = [evidence(answer, point, points) for point in points]
    assert [answer[slice(*span)] for span in spans if span] == [
        "zero-shot has none.",
        "Few-shot puts a few examples into the prompt",
        "The weights stay as they are.",
    ]


@given(st.text(), st.text())
def test_spans_stay_in_the_answer(answer: str, point: str) -> None:
    for start, end in (*sentences(answer), *clauses(answer)):
        assert 0 <= start < end <= len(answer)
        assert answer[start:end].strip() == answer[start:end]
    span = evidence(answer, point)
    assert span is None or span in {*sentences(answer), *clauses(answer)}


@given(st.text(min_size=1), st.text())
def test_shares_are_shares(left: str, right: str) -> None:
    assert 0 <= covered(left, right) <= 1
    assert -1e-9 <= cosine(grams(left), grams(right)) <= 1 + 1e-9


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("가중치는 바뀌지 않아요", "ko"),
        ("no weights change", "en"),
        ("LoRA는 가중치를 안 바꿈", "ko"),
        ("ok", None),
    ],
)
def test_language(text: str, language: str | None) -> None:
    assert language_of(text) == language
