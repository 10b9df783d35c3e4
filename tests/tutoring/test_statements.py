"""Which sentences of a reply are held against the lesson, and how they cite."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.tutoring.named import unreported
from tutor.tutoring.statements import cited, recited, statements, tidy, without_citations


def stated(text: str) -> list[str]:
    return [text[start:end] for start, end in statements(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Great question!",
        "Hello there! Sure. I hope this helps.",
        "안녕하세요! 좋은 질문이에요.",
        "네, 도움이 되었으면 좋겠어요. 더 궁금한 점이 있으면 물어보세요.",
        "What do you think happens to the weights?",
        "가중치는 어떻게 될까요?",
        "아닙니다. 그렇지 않아요.",
        "There are two reasons:",
        "이유는 두 가지입니다:",
        "**Two things:**",
        "[1] [2]",
        "## Tokens",
        "```python\nprint('weights change')\n```",
        "",
    ],
)
def test_what_states_nothing_is_left_alone(text: str) -> None:
    assert stated(text) == []


@pytest.mark.parametrize(
    "short", ["Brown et al. (2020) tried", "Shots, e.g. one, are", "Base vs. chat is"]
)
def test_an_abbreviation_ends_no_sentence(short: str) -> None:
    text = f"{short} three ways [1]. The weights stay [2]."
    assert stated(text) == [f"{short} three ways [1].", "The weights stay [2]."]


def test_a_courtesy_with_something_to_say_is_a_statement() -> None:
    text = "Sure! Yes, the weights stay as they are. Hi is a token."
    assert stated(text) == ["Yes, the weights stay as they are.", "Hi is a token."]


def test_a_number_belongs_to_the_sentence_before_it() -> None:
    text = "가중치는 그대로예요 [1]. 예시는 읽히기만 해요 [2]\n[1] 끝."
    assert stated(text) == ["가중치는 그대로예요 [1].", "예시는 읽히기만 해요 [2]", "[1] 끝."]


def test_items_of_a_list_are_statements_without_their_marks() -> None:
    text = "They are:\n- weights of the model\n2. biases [1]\n```\ncode\n```\nEnd."
    assert stated(text) == ["weights of the model", "biases [1]", "End."]


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("Bananas are yellow [7].", "Bananas are yellow."),
        ("It stays. [1] It goes. [2][7]", "It stays [1]. It goes [2]."),
        ("그대로예요. [1]\n끝이에요.", "그대로예요 [1].\n끝이에요."),
        ("Both say so [1, 2].", "Both say so [1][2]."),
        ("Use `x[7]` here [1].", "Use `x[7]` here [1]."),
        ("```\na[7]\n```", "```\na[7]\n```"),
        ("See [7](https://x.example).", "See [7](https://x.example)."),
    ],
)
def test_numbers_are_of_passages_and_stand_inside_their_sentence(text: str, tidied: str) -> None:
    assert tidy(text, [1, 2]) == tidied


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("Is it so? [1] states that it stays.", "Is it so? Passage 1 states that it stays."),
        ("It costs. [2] explains why [1].", "It costs. Passage 2 explains why [1]."),
        ("[1] and [2] show that it stays.", "Passages 1 and 2 show that it stays."),
        ("The passage [1] says so.", "Passage 1 says so."),
        ("The passage in [1] says so.", "Passage 1 says so."),
        ("It is said in passages [1] and [2].", "It is said in passages 1 and 2."),
        ("It is said in [2] as well.", "It is said in passage 2 as well."),
        ("It stays [1] and goes [2].", "It stays [1] and goes [2]."),
        ("It stays. [1] It goes.", "It stays [1]. It goes."),
        ("It stays, and [2] explains why.", "It stays, and passage 2 explains why."),
        ("[1]에 따르면 그대로예요.", "1번 내용에 따르면 그대로예요."),
        ("[2]는 그대로라고 해요.", "2번 내용은 그대로라고 해요."),
        ("그대로예요 [1]. [2]에서는 아니에요.", "그대로예요 [1]. 2번 내용에서는 아니에요."),
        ("[1]과 [2]를 보세요.", "1번 내용과 2번 내용을 보세요."),
        ("[7] states that it stays.", "states that it stays."),
    ],
)
def test_a_number_that_is_part_of_the_sentence_becomes_words(text: str, tidied: str) -> None:
    assert tidy(text, [1, 2]) == tidied


@pytest.mark.parametrize(
    ("sentence", "bare"),
    [
        ("Passage 2 states that it stays.", "It stays."),
        ("According to passage 2, it stays.", "It stays."),
        ("Passages 1 and 2 also show that it stays.", "It stays."),
        ("It stays, and passage 12 explains that it grows.", "It stays, and it grows."),
        ("2번 내용에 따르면 그대로예요.", "그대로예요."),
        ("it stays in passage form.", "it stays in passage form."),
        ("The passage 2 words long stays.", "The passage 2 words long stays."),
    ],
)
def test_what_is_reported_is_held_against_the_passage_by_itself(sentence: str, bare: str) -> None:
    assert unreported(sentence) == bare


@pytest.mark.parametrize(
    ("sentence", "numbers", "expected"),
    [
        ("It stays.", [2], "It stays [2]."),
        ("그대로예요", [2], "그대로예요 [2]"),
        ("It stays [1].", [2], "It stays [2]."),
        ("As [1] says, it stays.", [2], "As [2] says, it stays."),
        ("It stays [1] and goes [3].", [2], "It stays and goes [2]."),
        ("It stays [1].", [], "It stays."),
        ("**It stays.**", [2], "**It stays [2].**"),
        ("It stays [1].", [1], "It stays [1]."),
    ],
)
def test_a_sentence_cites_what_was_found(sentence: str, numbers: list[int], expected: str) -> None:
    assert recited(sentence, numbers) == expected


TEXTS = st.text("ab가나 .!?[]1 23,`\n:*-", max_size=60)


@given(TEXTS, st.sets(st.integers(1, 3)))
def test_after_tidying_only_passages_are_cited_outside_code(text: str, numbers: set[int]) -> None:
    tidied = tidy(text, numbers)
    prose = re.sub(r"```.*?(?:```|\Z)|`[^`\n]*`", "`", tidied, flags=re.DOTALL)
    assert set(cited(prose)) <= numbers


@given(TEXTS)
def test_statements_are_spans_in_order(text: str) -> None:
    spans = statements(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))


@given(st.text("ab가. []1", max_size=30), st.lists(st.integers(1, 9), unique=True, max_size=3))
def test_reciting_cites_exactly_that(sentence: str, numbers: list[int]) -> None:
    assert set(cited(recited(sentence, numbers))) == set(numbers)
    assert cited(without_citations(sentence)) == []
