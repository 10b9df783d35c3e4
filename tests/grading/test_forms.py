from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.grading import plain_prompt
from tutor.grading.forms import FORMS, Form


def test_a_form_is_found_by_its_version() -> None:
    assert {version: form.version for version, form in FORMS.items()} == {
        "rubric-1": "rubric-1",
        "plain-1": "plain-1",
    }
    assert [tuple(form.choices) for form in FORMS.values()] == [("Yes", "No"), (" Yes", " No")]


def test_the_plain_prompt_is_what_the_adapters_were_trained_on() -> None:
    assert plain_prompt.prompt("Why  is it\nso?", "it\tis", "It is so.") == (
        "Question: Why is it so?\nAnswer: it is\nStatement: It is so.\nDoes the answer say this?"
    )
    assert plain_prompt.prompt("", "it is", "It is so.", whole=True) == (
        "Answer: it is\nReference: It is so.\nIs the answer correct?"
    )
    assert plain_prompt.opening("Why?") == "Question: Why?\nAnswer:"


@given(st.text(), st.text(max_size=200), st.text(max_size=200))
def test_no_answer_begins_a_line_of_the_prompt(question: str, answer: str, claim: str) -> None:
    lines = plain_prompt.prompt(question, answer, claim).split("\n")
    assert lines[-1] == "Does the answer say this?"
    assert lines[-2].startswith("Statement:")
    assert lines[-3].startswith("Answer:")
    assert len(lines) == (4 if plain_prompt.flat(question) else 3)
    assert all(line.isprintable() for line in lines)


@given(st.text(max_size=80), st.text(max_size=200), st.text(max_size=80))
def test_what_is_read_ahead_is_the_beginning_of_what_is_asked(
    question: str, answer: str, claim: str
) -> None:
    whole = plain_prompt.prompt(question, answer, claim)
    assert whole.startswith(plain_prompt.opening(question))
    for end in (len(answer) // 2, len(answer)):
        assert whole.startswith(plain_prompt.opening(question, answer[:end]))


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_every_form_has_the_claim_last(form: Form) -> None:
    first = str(form.prompt("Why?", "It is.", "One."))
    second = str(form.prompt("Why?", "It is.", "Two."))
    shared = next(at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b)
    assert "It is." in first[:shared]
