"""What the lesson says stands below a reply that says something else."""

from __future__ import annotations

from msgspec.structs import replace

from tests.tutoring.test_followup import LESSON
from tutor.tutoring.passages import UNNUMBERED, passages
from tutor.tutoring.quoted import quoted, without_quotes
from tutor.tutoring.statements import statements
from tutor.tutoring.support import Answered

ENGLISH, KOREAN = passages(LESSON, "en"), passages(LESSON, "ko")
WRONG = "The weights of the model do change."
INVENTED = "Bananas are yellow fruit."


def reply(text: str, *marked: str, language: str = "en") -> Answered:
    spans = [(text.index(each), text.index(each) + len(each)) for each in marked]
    return Answered(text, language, [], spans)


def test_a_reply_without_marks_stays_as_it_is() -> None:
    before = reply("Nothing is trained [1].")
    assert quoted(before, ENGLISH, ENGLISH, "en") is before


def test_a_sentence_that_says_otherwise_brings_the_lessons_own() -> None:
    before = reply(f"Nothing is trained [1]. {WRONG}", WRONG)
    after = quoted(before, ENGLISH, ENGLISH, "en")
    assert after.text == (
        f"{before.text}\n\nThe lesson puts it this way: “The weights of the model do not change.” [1]"
    )
    assert after.quotes_from == len(before.text)
    assert [(each.n, each.section) for each in after.citations] == [(1, "shots")]
    assert after.unsupported == before.unsupported


def test_in_korean_too() -> None:
    before = reply(
        "예시를 넣어요. 모델의 가중치는 바뀌어요.", "모델의 가중치는 바뀌어요.", language="ko"
    )
    after = quoted(before, KOREAN, KOREAN, "ko")
    assert (
        after.text.removeprefix(before.text)
        == "\n\n레슨에는 이렇게 나와요: “모델의 가중치는 바뀌지 않는다.” [1]"
    )


def test_what_only_goes_beyond_the_lesson_brings_nothing() -> None:
    before = reply(f"Nothing is trained [1]. {INVENTED}", INVENTED)
    assert quoted(before, ENGLISH, ENGLISH, "en") is before


def test_where_nothing_of_it_is_the_lessons_the_nearest_passage_is_named() -> None:
    before = reply(INVENTED, INVENTED)
    after = quoted(before, ENGLISH, [ENGLISH[1], ENGLISH[0]], "en")
    assert after.text.removeprefix(INVENTED) == "\n\nClosest in the lesson is “Scaling laws” [2]."
    assert [each.n for each in after.citations] == [2]


def test_a_sentence_of_it_that_speaks_of_the_same_is_quoted() -> None:
    wrong = "The loss rises when parameters and data grow."
    after = quoted(reply(wrong, wrong), ENGLISH, [ENGLISH[1], ENGLISH[0]], "en")
    assert after.text.removeprefix(wrong) == (
        "\n\nClosest in the lesson is “Scaling laws” [2]: “The loss falls as a power law when "
        "parameters, data and compute grow together.”"
    )


def test_of_a_passage_that_is_a_table_only_the_name_is_given() -> None:
    table = replace(KOREAN[1], text="| 가 | 나 |\n| --- | --- |\n| 1 | 2 |")
    before = reply("바나나는 노랗습니다.", "바나나는 노랗습니다.", language="ko")
    after = quoted(before, KOREAN, [table], "ko")
    assert after.text.endswith("\n\n레슨에서 가장 가까운 내용은 ‘스케일링 법칙’ [2]이에요.")


def test_a_glossary_entry_has_no_number_to_name() -> None:
    card = replace(ENGLISH[0], n=UNNUMBERED)
    assert quoted(reply(INVENTED, INVENTED), [card], [card], "en").quotes_from is None


def test_no_sentence_is_quoted_that_the_reply_has_or_twice() -> None:
    same = "The weights of the model do not change."
    before = reply(f"It is [1]. {same} {WRONG}", WRONG)
    assert quoted(before, ENGLISH, ENGLISH, "en") is before
    twice = f"{WRONG} It is [1]. {WRONG}"
    spans = [span for span in statements(twice) if twice[slice(*span)] == WRONG]
    after = quoted(Answered(twice, "en", [], spans), ENGLISH, ENGLISH, "en")
    assert after.text.count("The lesson puts it this way") == 1


def test_what_has_no_number_and_rows_of_tables_are_not_quoted() -> None:
    unnumbered = [replace(each, n=UNNUMBERED) for each in ENGLISH]
    before = reply(f"It is so [1]. {WRONG}", WRONG)
    assert quoted(before, unnumbered, [], "en") is before
    table = replace(ENGLISH[0], text="| The weights of the model | do not change |")
    assert quoted(before, [table], [], "en") is before


def test_a_quotation_is_plain_text() -> None:
    bold = replace(ENGLISH[0], text="**The weights** of the `model` do not change.")
    after = quoted(reply(f"It is so [1]. {WRONG}", WRONG), [bold], [], "en")
    assert after.text.endswith("“The weights of the model do not change.” [1]")


def test_what_the_program_set_below_is_told_from_the_models_words() -> None:
    for language, among, text in (
        ("en", ENGLISH, f"It is so [1].\n\nAnd {WRONG.lower()}"),
        ("ko", KOREAN, "예시를 넣어요.\n\n모델의 가중치는 바뀌어요."),
    ):
        spans = statements(text)
        for marked in (spans[1:], spans):
            before = Answered(text, language, [], list(marked))
            after = quoted(before, among, among, language)
            assert after.quotes_from == len(text)
            assert without_quotes(after.text) == text
    assert without_quotes("It is so.") == "It is so."
