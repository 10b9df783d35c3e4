"""Numbers that a sentence has and a passage lacks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.tutoring.numerals import lacks, numerals

PASSAGE = "GPT-3 has 175 billion parameters (Brown et al., 2020), 1,750억 in Korean, and read 0.5 TB of text."


@pytest.mark.parametrize(
    ("sentence", "lacking"),
    [
        ("GPT-3 has 175 billion parameters.", False),
        ("GPT-4 has 175 billion parameters.", True),
        ("GPT-3 has 1750억 parameters.", False),
        ("GPT-3 has 13 billion parameters.", True),
        ("It read 0.5 TB", False),
        ("It read 5 TB.", True),
        ("It has very many parameters.", False),
        ("gpt-3은 매개변수가 1,750억 개예요.", False),
    ],
)
def test_a_number_has_to_be_there(sentence: str, lacking: bool) -> None:
    assert lacks(PASSAGE, sentence) is lacking


@given(st.text())
def test_nothing_is_lacking_in_the_text_itself(text: str) -> None:
    assert not lacks(text, text)
    assert lacks("", text) is bool(numerals(text))
