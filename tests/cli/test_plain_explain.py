"""Explanations in a quiz of plain lines: graded, settled by the learner, kept however it ends."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.conftest import MODEL, Quiz, Record, Script, Tutor, after, judge, left
from tutor.cli import main
from tutor.commands import model_session
from tutor.grading.answer import ExplainAnswer
from tutor.llm.protocol import BadModel, Message
from tutor.paths import Places
from tutor.study import record as study_record


def test_an_explanation_is_graded(tutor: Tutor, quiz: Quiz, client: Script, record: Record) -> None:
    quiz("explain")
    told = tutor("quiz", "--plain", stdin="It is\nthe cause.\n\n")
    assert after(told, 1)[1:6] == [
        "Explain in your own words; an empty line hands in.",
        "Checking your answer …",
        "Score: 100 %",
        "✓ The cause (100 %)",
        "  “the cause.”",
    ]
    assert client.closed
    with record() as store:
        (attempt,) = study_record.history(store, "sample/explain-item")
        assert attempt.answer == ExplainAnswer("It is\nthe cause.")
        assert attempt.verdict is not None
        assert attempt.verdict.score == 1.0


@pytest.mark.parametrize("fluent", [True, False])
def test_feedback_in_the_models_words_follows_where_it_is_asked_for(
    tutor: Tutor,
    quiz: Quiz,
    model: Path,
    home: Places,
    monkeypatch: pytest.MonkeyPatch,
    fluent: bool,
) -> None:
    smooth = "Good job: every point is there (1 of 1), as you said “the cause”. You can go on."
    scripted = Script([smooth], judge)
    monkeypatch.setattr(model_session, "make_client", lambda context: scripted)
    home.settings.write_text(f'model = "{MODEL}"\nfluent_feedback = {str(fluent).lower()}\n')
    quiz("explain")
    told = tutor("quiz", "--plain", stdin="It is\nthe cause.\n\n")
    assert "Every point is there (1 of 1): you said “the cause”. You can go on.\n" in told.out
    assert (f"\n{smooth}\n" in told.out) is fluent


@pytest.mark.parametrize(("said", "score"), [("perhaps\ny\n", 1.0), ("ㅜ\n", 0.0)])
def test_unsure_points_are_the_learners(
    tutor: Tutor, quiz: Quiz, client: Script, record: Record, said: str, score: float
) -> None:
    quiz("explain")
    told = tutor("quiz", "--plain", stdin=f"maybe so\n\n{said}")
    assert "Not sure about this point: The cause Did you say it? (y/n)" in told.out
    assert f"\nScore: {score * 100:.0f} %\n\n{score:.0f} of 1 fully right" in told.out
    with record() as store:
        (attempt,) = study_record.history(store, "sample/explain-item")
        assert attempt.verdict is not None
        assert (attempt.verdict.score, attempt.verdict.points[0].by) == (score, "learner")


def test_an_unsure_point_left_open_is_asked_about_again(
    tutor: Tutor, quiz: Quiz, client: Script, record: Record
) -> None:
    quiz("explain")
    tutor("quiz", "--plain", stdin="maybe so\n\n")
    told = tutor("quiz", "--plain", stdin="y\n")
    assert "You have answered this already.\n" in told.out
    assert "1 of 1 fully right" in told.out
    with record() as store:
        assert len(list(store.events("answer"))) == len(list(store.events("verdict"))) == 1


def test_without_a_model_the_reference_is_shown(tutor: Tutor, quiz: Quiz, record: Record) -> None:
    quiz("explain")
    told = tutor("quiz", "--plain", stdin="It is the cause.\n\n")
    assert after(told, 1)[2].startswith("No model is in use: ")
    assert after(told, 1)[3] == "A full answer: Because"
    assert "○ Explain (saved, not graded)" in told.out
    with record() as store:
        (attempt,) = study_record.history(store, "sample/explain-item")
        assert attempt.verdict is not None
        assert attempt.verdict.verdict == "ungraded"


def test_a_model_that_cannot_be_loaded(
    tutor: Tutor, quiz: Quiz, client: Script, record: Record
) -> None:
    client.fail_next(BadModel("tiny.gguf is cut short: pull it again"))
    quiz("true", "explain")
    told = tutor("quiz", "--plain", stdin="no\nthe cause\n\n")
    assert told.code == 0
    assert "tiny.gguf is cut short: pull it again\nA full answer: Because\n" in told.out
    assert client.closed


def test_i_dont_know_takes_two_empty_lines(
    tutor: Tutor, quiz: Quiz, client: Script, record: Record
) -> None:
    quiz("explain")
    told = tutor("quiz", "--plain", stdin="\n\n")
    assert "Nothing is written yet." in told.out
    assert "Nothing was written, so no point is there." in told.out


def test_what_was_half_written_is_kept(
    tutor: Tutor, quiz: Quiz, client: Script, record: Record
) -> None:
    quiz("explain")
    tutor("quiz", "--plain", stdin="It is\n")
    with record() as store:
        assert store.draft("sample/explain-item") == "It is"
        assert list(store.events("answer")) == []
    told = tutor("quiz", "--plain", stdin="the cause.\n\n")
    assert "You had written this; go on, or hand it in with an empty line:\nIt is\n" in told.out
    with record() as store:
        (attempt,) = study_record.history(store, "sample/explain-item")
        assert attempt.answer == ExplainAnswer("It is\nthe cause.")
        assert store.draft("sample/explain-item") is None


def test_an_answer_is_on_disk_before_it_is_graded(
    tutor: Tutor, quiz: Quiz, model: Path, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def look(messages: Sequence[Message], continuations: Sequence[str]) -> Sequence[float]:
        if "the cause" in messages[-1].content:
            with record() as store:
                seen.append(len(list(store.events("answer"))))
        return [-0.1, -8.0]

    client = Script(choices=look)
    monkeypatch.setattr(model_session, "make_client", lambda context: client)
    quiz("explain")
    tutor("quiz", "--plain", stdin="the cause\n\n")
    assert set(seen) == {1}


def test_an_answer_that_was_not_graded_yet_is_graded_on_return(
    tutor: Tutor, quiz: Quiz, client: Script, record: Record
) -> None:
    state = quiz("explain")
    with record() as store:
        study_record.answered(
            store, state.id, "sample/explain-item", None, ExplainAnswer("the cause"), "en"
        )
    told = tutor("quiz", "--plain")
    assert "You have answered this already.\nChecking your answer …\nScore: 100 %\n" in told.out
    assert left(record) is None


def test_ctrl_c_while_reading_is_quiet_and_loses_nothing(
    tutor: Tutor,
    quiz: Quiz,
    client: Script,
    record: Record,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Typing:
        """One line, then Ctrl-C."""

        lines = ["It is\n"]  # noqa: RUF012

        def isatty(self) -> bool:
            return False

        def readline(self) -> str:
            if self.lines:
                return self.lines.pop()
            raise KeyboardInterrupt

    quiz("explain")
    monkeypatch.setattr(sys, "stdin", Typing())
    assert main(["quiz", "--plain"]) == 130
    assert capsys.readouterr().err == ""
    assert client.closed
    with record() as store:
        assert store.draft("sample/explain-item") == "It is"


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("What makes the basics work at all?", "What makes the basics work at all?"),
        ("It is the cause.", "Read passage 1, “Basics”, again"),
    ],
)
def test_after_the_authors_hints_come_the_tutors_own(
    tutor: Tutor,
    quiz: Quiz,
    model: Path,
    record: Record,
    monkeypatch: pytest.MonkeyPatch,
    written: str,
    hint: str,
) -> None:
    scripted = Script([written], judge)
    monkeypatch.setattr(model_session, "make_client", lambda context: scripted)
    quiz("explain")
    told = tutor("quiz", "--plain", stdin=":h\nIt is\n:h\n:h\n")
    lines = after(told, 1)
    at = lines.index("Thinking of a hint …")
    assert lines[at + 1] == "Hint 2, from the tutor"
    assert lines[at + 2].startswith(hint)
    assert lines.count("There are no more hints.") == 1
    assert "It is" in scripted.requests[-1].messages[-1].content
    with record() as store:
        (own,) = study_record.own_hints(store, "sample/explain-item")
        assert own.point == "cause"
        assert list(store.events("verdict")) == []


def test_without_a_model_the_tutors_own_hint_is_the_passage(tutor: Tutor, quiz: Quiz) -> None:
    quiz("explain")
    told = tutor("quiz", "--plain", stdin=":h\n:h\n:h\n:q\n")
    assert "Read passage 1, “Basics”, again" in told.out
    assert "There are no more hints." in told.out
