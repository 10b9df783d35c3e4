"""Key words found in an answer, whatever their form; in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.grading.keywords import Among, compare, key_words
from tutor.grading.korean import bare, verb_stem
from tutor.grading.verdict import Words


def test_words_found_and_not_found() -> None:
    found = compare(
        "A model is pre-trained on data first and can then be fine-tuned.",
        "It gets pretraining with much data.",
        ["How is a model made?"],
    )
    assert found == Words(found=("pre-trained", "data"), missing=("first", "fine-tuned"))


def test_the_same_in_korean() -> None:
    found = compare(
        "모델은 먼저 데이터로 사전 학습을 하고, 그다음에 미세 조정을 합니다.",
        "데이타를 가지고 사전학습한 모델이에요.",
        ["모델은 어떻게 만드나요?"],
    )
    assert found.found == ("데이터", "사전", "학습")
    assert {"미세", "조정"} <= set(found.missing)
    assert "모델" not in (*found.found, *found.missing)


@pytest.mark.parametrize(
    ("word", "answer", "there"),
    [
        ("examples", "one example", True),
        ("learned", "it is learning", True),
        ("carries", "they carry it", False),
        ("picked", "pick one", True),
        ("stopped", "it stops", True),
        ("fine-tuning", "then fine tuning", True),
        ("finetuning", "then fine-tuning", True),
        ("parameters", "its paramters", True),
        ("supervised", "unsupervised", False),
        ("13", "18", False),
        ("token", "LoRA", False),
        ("예시", "예시가 없어요", True),
        ("예시가", "예시를 줘요", True),
        ("글의", "글을 써요", True),
        ("사전학습", "사전 학습을 해요", True),
        ("학습", "사전학습을 해요", True),
        ("바뀌지", "값이 바뀐다", True),
        ("붙입니다", "끝에 붙여요", True),
        ("예측합니다", "다음 토큰을 예측해요", True),
        ("정합니다", "사람이 정해요", True),
        ("매개변수", "매게변수예요", True),
        ("결과", "효과가 커요", False),
        ("차이", "차를 타요", False),
        ("LoRA", "LoRA를 써요", True),
    ],
)
def test_one_word(word: str, answer: str, there: bool) -> None:
    assert (word in Among(answer)) is there


@pytest.mark.parametrize(
    ("word", "without"),
    [
        ("제로샷에는", "제로샷"),
        ("토큰들을", "토큰"),
        ("평가", "평가"),
        ("차이", "차이"),
        ("증가", "증가"),
        ("결과", "결과"),
        ("결과를", "결과"),
        ("값을", "값"),
        ("학습시킨다", "학습"),
        ("예측하는", "예측"),
        ("데이터에서", "데이터"),
    ],
)
def test_particles_come_off(word: str, without: str) -> None:
    assert bare(word) == without


def test_a_noun_is_no_verb() -> None:
    assert verb_stem("가중치") is None
    assert verb_stem("간다") is None, "one syllable is the beginning of too much"


def test_words_of_the_question_count_where_nothing_else_is_left() -> None:
    assert compare("Zero-shot prompting.", "Few", ["What is zero-shot prompting?"]) == Words(
        missing=("Zero-shot", "prompting")
    )


def test_each_word_once_and_no_particle_of_a_latin_word() -> None:
    assert key_words("LoRA는 LoRA를 위한 LoRA") == ["LoRA"]
    assert key_words("") == []


@given(st.text(), st.text(), st.text())
def test_every_word_is_on_one_side(point: str, answer: str, question: str) -> None:
    found = compare(point, answer, [question])
    assert not set(found.found) & set(found.missing)
    assert {*found.found, *found.missing} <= set(key_words(point))
