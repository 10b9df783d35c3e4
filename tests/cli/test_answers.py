"""A line of text as an answer: every kind, both orders, and what can't be read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.conftest import write_course
from tutor.commands.answers import Unreadable, agrees, form, parse
from tutor.content.loader import LoadedCourse, load_course
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
from tutor.ui.strings import Strings


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> LoadedCourse:
    root: Path = tmp_path_factory.mktemp("courses") / "sample"
    found = load_course(write_course(root)).course
    assert found is not None
    return found


def item(course: LoadedCourse, id: str) -> Item:
    found = course.find(id)
    assert found is not None
    return found[1]


def read(
    course: LoadedCourse,
    id: str,
    text: str,
    language: Language = "en",
    shown: Sequence[int] | None = None,
) -> Answer:
    return parse(item(course, id), text, language, Strings(language), shown)


@pytest.mark.parametrize(
    ("id", "text", "answer"),
    [
        ("choice-item", "a", ChoiceAnswer(("a",))),
        ("choice-item", "2", ChoiceAnswer(("b",))),
        ("choice-item", " 1, b ", ChoiceAnswer(("a", "b"))),
        ("choice-item", "１、２", ChoiceAnswer(("a", "b"))),
        ("choice-item", "2,b", ChoiceAnswer(("b",))),
        ("true-item", "True", TrueFalseAnswer(True)),
        ("true-item", "o", TrueFalseAnswer(True)),
        ("true-item", "ㅌ", TrueFalseAnswer(False)),
        ("true-item", "참", TrueFalseAnswer(True)),
        ("true-item", "아니요.", TrueFalseAnswer(False)),
        ("cloze-item", "one; two", ClozeAnswer({"first": "one", "second": "two"})),
        ("cloze-item", "second=two; first = one", ClozeAnswer({"second": "two", "first": "one"})),
        ("cloze-item", "second=two", ClozeAnswer({"second": "two"})),
        ("cloze-item", "x=1; two", ClozeAnswer({"first": "x=1", "second": "two"})),
        ("cloze-item", ";two", ClozeAnswer({"first": "", "second": "two"})),
        ("short-item", " token ", ShortAnswer("token")),
        ("short-item", "", ShortAnswer("")),
        ("numeric-item", "1,200", NumericAnswer("1,200")),
        ("numeric-item", "-5", NumericAnswer("-5")),
        ("order-item", "2, 1", OrderAnswer((1, 0))),
        ("order-item", "2>1", OrderAnswer((1, 0))),
        ("match-item", "1-2, 2-1", MatchAnswer((1, 0))),
        ("match-item", "2:1", MatchAnswer((None, 0))),
        ("explain-item", "", ExplainAnswer("")),
        ("explain-item", "Because.\n", ExplainAnswer("Because.\n")),
    ],
)
def test_an_answer_is_read(course: LoadedCourse, id: str, text: str, answer: Answer) -> None:
    assert read(course, id, text) == answer


def test_the_order_of_gaps_is_that_of_the_language(course: LoadedCourse) -> None:
    assert read(course, "cloze-item", "둘; 하나", "ko") == ClozeAnswer(
        {"second": "둘", "first": "하나"}
    )


@pytest.mark.parametrize(
    ("id", "text", "answer"),
    [
        ("choice-item", "1", ChoiceAnswer(("b",))),
        ("order-item", "1,2", OrderAnswer((1, 0))),
        ("match-item", "1-1, 2-2", MatchAnswer((1, 0))),
    ],
)
def test_numbers_are_those_that_were_shown(
    course: LoadedCourse, id: str, text: str, answer: Answer
) -> None:
    assert read(course, id, text, shown=[1, 0]) == answer


@pytest.mark.parametrize(
    ("id", "text"),
    [
        ("choice-item", ""),
        ("choice-item", "3"),
        ("choice-item", "0"),
        ("choice-item", "a,c"),
        ("true-item", "perhaps"),
        ("true-item", ""),
        ("cloze-item", "one"),
        ("cloze-item", "one;two;three"),
        ("cloze-item", "first=one; first=two"),
        ("numeric-item", "many"),
        ("numeric-item", ""),
        ("order-item", "1"),
        ("order-item", "1,1"),
        ("order-item", "1,2,3"),
        ("order-item", "1,two"),
        ("match-item", ""),
        ("match-item", "1-3"),
        ("match-item", "1-1,1-2"),
        ("match-item", "1-2-1"),
        ("match-item", "one-two"),
    ],
)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_cannot_be_read_says_the_form(
    course: LoadedCourse, id: str, text: str, language: Language
) -> None:
    with pytest.raises(Unreadable) as raised:
        read(course, id, text, language)
    assert str(raised.value) == form(item(course, id), language, Strings(language))
    assert "\n" not in str(raised.value)


KINDS = ("choice", "true", "cloze", "short", "numeric", "order", "match", "explain")


@given(kind=st.sampled_from(KINDS), text=st.text(max_size=40))
def test_no_text_breaks_the_reading(course: LoadedCourse, kind: str, text: str) -> None:
    try:
        answer = read(course, f"{kind}-item", text)
    except Unreadable:
        return
    assert str(answer.__struct_config__.tag).startswith(kind)


@pytest.mark.parametrize(
    ("text", "said"), [("Y", True), ("네", True), ("ㅜ", False), ("no.", False), ("", None)]
)
def test_yes_and_no(text: str, said: bool | None) -> None:
    assert agrees(text) is said
