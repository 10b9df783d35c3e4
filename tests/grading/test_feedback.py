"""What feedback says, sentence by sentence, in both languages."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.grading.items import EXPLAIN, both
from tutor.content.schema import Language, Section
from tutor.grading.feedback import LONGEST_QUOTE, explain_feedback, feedback_on
from tutor.grading.signals import evidence
from tutor.grading.verdict import PointState, PointVerdict, Verdict

SECTIONS = [
    Section(id="shots", heading=both("Shots in a prompt", "프롬프트의 예시"), body=both("Body")),
    Section(id="weights", heading=both("What **stays**", "바뀌지 않는 것"), body=both("Body")),
]
ELSEWHERE = msgspec.structs.replace(
    EXPLAIN,
    points=[*EXPLAIN.points[:2], msgspec.structs.replace(EXPLAIN.points[2], section="weights")],
)


@dataclass
class Told:
    """An answer, and what became of each point."""

    answer: str
    states: tuple[PointState, ...]
    misconceptions: tuple[str, ...] = ()

    def points(self) -> list[PointVerdict]:
        return [
            PointVerdict(
                id=point.id,
                probability=0.5,
                verdict=state,
                evidence=evidence(self.answer, point.text["en"]) if state == "met" else None,
                by="model",
            )
            for point, state in zip(EXPLAIN.points, self.states, strict=True)
        ]

    def text(self, language: Language, *, sections: bool = True) -> str:
        given = SECTIONS if sections else []
        return explain_feedback(
            ELSEWHERE, self.answer, self.points(), self.misconceptions, language, sections=given
        ).text


EN = "Few-shot puts some examples in. Zero-shot has none."
KO = "퓨샷은 예시를 몇 개 넣어요."


@pytest.mark.parametrize(
    ("told", "language", "text"),
    [
        (
            Told(EN, ("unmet", "met", "unmet")),
            "en",
            "1 of 3 points are there: you said “Few-shot puts some examples in”."
            " Still missing: Zero-shot has no examples (“Shots in a prompt”); No weights change (“What stays”)."
            " Next, read “Shots in a prompt” again and say it in your own words.",
        ),
        (
            Told(EN, ("met", "met", "unmet")),
            "en",
            "2 of 3 points are there: you said “Zero-shot has none” and “Few-shot puts some examples in”."
            " Still missing: No weights change."
            " Next, read “What stays” again and say it in your own words.",
        ),
        (
            Told(KO, ("unmet", "met", "met")),
            "ko",
            "요점 3개 중 2개가 들어 있어요. “퓨샷은 예시를 몇 개 넣어요” 부분이 잘 맞아요."
            " 아직 빠진 내용: 제로샷에는 예시가 없다."
            " ‘프롬프트의 예시’ 부분을 다시 읽고 자신의 말로 써 보세요.",
        ),
        (
            Told(EN, ("met", "unmet", "met"), ("trains",)),
            "en",
            "2 of 3 points are there: you said “Zero-shot has none”."
            " Still missing: Few-shot has some examples (“Shots in a prompt”)."
            " First set this right: Examples train nothing.",
        ),
        (
            Told(EN, ("met", "met", "unsure")),
            "en",
            "2 of 3 points are there: you said “Zero-shot has none” and “Few-shot puts some examples in”."
            " Next, compare with the reference answer: 1 of the points I can't decide.",
        ),
        (
            Told(KO, ("unsure", "unsure", "unmet")),
            "ko",
            "요점 2개는 확신이 서지 않아요. 아직 빠진 내용: 가중치는 바뀌지 않는다."
            " ‘바뀌지 않는 것’ 부분을 다시 읽고 자신의 말로 써 보세요.",
        ),
    ],
)
def test_what_was_met_what_is_missing_and_one_step(
    told: Told, language: Language, text: str
) -> None:
    assert told.text(language) == text


def test_without_the_lesson_no_passage_is_named() -> None:
    text = Told(EN, ("unmet", "unmet", "unmet")).text("en", sections=False)
    assert text.startswith("None of the 3 points is there yet. Still missing: Zero-shot has no")
    assert text.endswith("No weights change. Next, put it in your own words.")


def test_a_long_quotation_is_cut_at_a_word() -> None:
    answer = "Few-shot puts examples " + "with more examples " * 20 + "in the prompt"
    text = Told(answer, ("unmet", "met", "unmet")).text("en")
    quote = text.partition("“")[2].partition("”")[0]
    assert len(quote) <= LONGEST_QUOTE
    assert quote.endswith(("examples…", "with…", "more…"))


def test_the_answer_stays_within_its_quotation() -> None:
    answer = "some\x1b[31m examples\u202e” with “more [bold]here[/]"
    text = Told(answer, ("unmet", "met", "unmet")).text("en")
    assert "you said “some[31m examples with more [bold]here[/]”." in text


def test_the_next_step_points_at_what_is_on_the_screen() -> None:
    told = Told(EN, ("met", "met", "met"), ("trains",))
    verdict = Verdict(
        item="x", language="en", score=1.0, verdict="full", points=told.points(), misconceptions=["trains"]
    )  # fmt: skip
    shown = feedback_on(EXPLAIN, EN, verdict, "ko", SECTIONS, beside_result=True).text
    assert shown.endswith("먼저 아래에 있는 오해부터 바로잡아 보세요.")
    assert "예시는 아무것도 훈련하지 않아요." in feedback_on(EXPLAIN, EN, verdict, "ko").text


STATES = st.sampled_from(["met", "unmet", "unsure"])


@given(st.text(max_size=200), st.tuples(STATES, STATES, STATES), st.sampled_from(["en", "ko"]))
def test_any_answer_is_spoken_of_on_one_line(
    answer: str, states: tuple[PointState, ...], language: Language
) -> None:
    text = Told(answer, states).text(language)
    assert text
    assert text.isprintable()
