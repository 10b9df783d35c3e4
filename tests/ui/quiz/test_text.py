"""Text of courses, learners and models on its way to the screen."""

from __future__ import annotations

import pytest

from tests.ui.quiz import sample
from tutor.grading.verdict import PointVerdict, Verdict
from tutor.ui.widgets.items.text import inline, one_line, printed
from tutor.ui.widgets.result import percent
from tutor.ui.widgets.result.summary import remark
from tutor.ui.widgets.result.words import EVIDENCE_STYLE, learner_words


def verdict(*points: PointVerdict, **given: str) -> Verdict:
    return Verdict(
        item="shots", language="en", score=0.5, verdict="partial", points=list(points), **given
    )


def met(start: int, end: int) -> PointVerdict:
    return PointVerdict(id="few", probability=0.9, verdict="met", evidence=(start, end), by="model")


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a\x1b[31mb\x07", "a[31mb"),
        ("a\u202eb", "ab"),
        ("한글\tand\nlines\r\n", "한글\tand\nlines\n"),
        ("\x9b2J", "2J"),
    ],
)
def test_printed_has_no_control_characters(raw: str, clean: str) -> None:
    assert printed(raw) == clean


def test_one_line() -> None:
    assert one_line(" a\n\x1b b ") == "a b"


def test_inline_markdown_is_styled_and_nothing_else_is() -> None:
    content = inline("**bold** `code` [red]no markup[/red] [link](https://x.example) <b>html</b>")
    assert content.plain == "bold code [red]no markup[/red] link <b>html</b>"
    assert content.spans[0].style == "bold"
    assert not any("click" in str(span.style) for span in content.spans)


def test_evidence_is_underlined_where_it_stands() -> None:
    content = learner_words("zero none, few some", verdict(met(11, 19)))
    assert content.plain == "zero none, few some"
    assert [(span.start, span.end, span.style) for span in content.spans] == [
        (11, 19, EVIDENCE_STYLE)
    ]


def test_evidence_outside_the_answer_and_escapes_in_it_do_no_harm() -> None:
    content = learner_words("\x1b[1mzero", verdict(met(4, 99), met(50, 60)))
    assert content.plain == "[1mzero"
    assert content.plain[content.spans[0].start : content.spans[0].end] == "zero"


@pytest.mark.parametrize(
    ("score", "shown"), [(0, "0 %"), (0.001, "1 %"), (0.5, "50 %"), (0.999, "99 %"), (1, "100 %")]
)
def test_percent_never_rounds_to_all_or_nothing(score: float, shown: str) -> None:
    assert percent(score) == shown


def test_the_other_language_counts_and_that_is_said() -> None:
    def said(text: str) -> str:
        return remark(sample.SHOTS, text, verdict(met(0, 3)), "en", sample.LESSON.sections).text

    counts = "You answered in Korean; that counts just the same."
    assert counts in said(sample.HALF_KO)
    assert counts not in said(sample.HALF)
