"""One answer graded: the designed object, the lines people read, and what happens without a model."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.conftest import Script, Tutor
from tutor.commands import model_session
from tutor.grading.calibration import TOO_SMALL, Calibration
from tutor.grading.grader import Grader
from tutor.llm.protocol import BadModel, Message, WorkerDied
from tutor.paths import Places

NO_MODEL = (
    "No model is in use: `tutor models list` shows which fit, `tutor models pull NAME` gets one,"
    " `tutor models use NAME` chooses one.\n"
)
KEYS = [
    "item", "language", "score", "verdict", "points", "misconceptions", "feedback", "versions", "elapsed_ms",
]  # fmt: skip


def test_the_verdict_of_an_explanation(tutor: Tutor, client: Script) -> None:
    told = tutor("grade", "sample/explain-item", "It is the cause, no magic.", "--json")
    verdict = told.json
    assert told.code == 0
    assert list(verdict) == KEYS
    assert (verdict["item"], verdict["language"]) == ("sample/explain-item", "en")
    assert (verdict["score"], verdict["verdict"]) == (1.0, "full")
    (point,) = verdict["points"]
    assert 0.99 < point.pop("probability") <= 1
    assert point == {"id": "cause", "verdict": "met", "evidence": [0, 15], "by": "model"}
    assert verdict["misconceptions"] == ["magic"]
    assert list(verdict["versions"]) == ["model", "prompt", "calibration"]
    assert verdict["versions"]["model"] == "tiny"
    assert client.closed


def test_the_lines_of_an_explanation(tutor: Tutor, client: Script) -> None:
    told = tutor("grade", "sample/explain-item", "Maybe so. It is the cause.")
    assert told.code == 0
    assert told.out.splitlines() == [
        "Score: 100 %",
        "✓ The cause (100 %)",
        "  “It is the cause.”",
        "Every point is there (1 of 1): you said “It is the cause”. You can go on.",
    ]


def test_a_model_that_cannot_grade_leaves_it_to_words_and_the_learner(
    tutor: Tutor, client: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def tried(grader: Grader) -> Calibration:
        return TOO_SMALL

    monkeypatch.setattr(Grader, "_calibrated", lambda grader, client, info: tried(grader))
    told = tutor("grade", "sample/explain-item", "It is the cause.")
    assert told.out.splitlines()[1].startswith("? The cause")
    assert told.out.splitlines()[2] == "  Words found: cause."
    assert told.out.splitlines()[3].startswith("This model can't grade.")
    told = tutor("--language", "ko", "grade", "sample/explain-item", "다른 말이에요.")
    assert told.out.splitlines()[2] == "  없는 낱말: 원인."


@pytest.mark.parametrize(("answer", "sign"), [("maybe", "?"), ("something else", "✗")])
def test_a_point_that_is_not_met(tutor: Tutor, client: Script, answer: str, sign: str) -> None:
    told = tutor("--language", "ko", "grade", "sample/explain-item", answer)
    assert told.out.splitlines()[0] == "점수: 0 %"
    assert told.out.splitlines()[1].startswith(f"{sign} 원인")


def test_an_empty_explanation_needs_no_model(tutor: Tutor) -> None:
    told = tutor("grade", "sample/explain-item", "", "--json")
    assert told.code == 0
    assert (told.json["score"], told.json["verdict"]) == (0.0, "none")


@pytest.mark.parametrize(
    ("item", "answer", "score"),
    [
        ("choice-item", "a", 1.0),
        ("old-choice", "2", 0.0),
        ("true-item", "거짓", 1.0),
        ("one/cloze-item", "one; three", 0.5),
        ("short-item", "TOKEN", 1.0),
        ("numeric-item", "12.4", 1.0),
        ("order-item", "2,1", 0.0),
        ("match-item", "1-1", 0.5),
    ],
)
def test_closed_items(tutor: Tutor, item: str, answer: str, score: float) -> None:
    told = tutor("grade", f"sample/{item}", answer, "--json")
    assert told.code == 0
    assert told.json["score"] == score
    assert (
        told.json["item"]
        == f"sample/{item.removeprefix('one/').replace('old-choice', 'choice-item')}"
    )


def test_the_answer_from_stdin(tutor: Tutor) -> None:
    assert tutor("grade", "sample/short-item", "-", "--json", stdin="token\n").json["score"] == 1.0


def test_parts_of_an_answer_are_named(tutor: Tutor) -> None:
    assert tutor("grade", "sample/match-item", "1-1,2-1").out.splitlines()[1:3] == ["✓ L1", "✗ L2"]


def test_nothing_is_recorded(tutor: Tutor, client: Script, home: Places) -> None:
    tutor("grade", "sample/explain-item", "cause")
    tutor("grade", "sample/true-item", "no")
    assert not home.database("default").exists()


def test_without_a_model_an_explanation_is_not_graded(tutor: Tutor) -> None:
    told = tutor("grade", "sample/explain-item", "The cause", "--json")
    assert (told.code, told.out, told.err) == (1, "", NO_MODEL)


def test_a_model_for_this_once(tutor: Tutor, client: Script, tmp_path: Path, model: Path) -> None:
    other = model.rename(tmp_path / "other.gguf")
    assert tutor("grade", "sample/explain-item", "cause", "--model", str(other)).code == 0
    assert client.requests[0].messages[0].content == str(other)


def test_a_model_that_is_not_here(tutor: Tutor, client: Script) -> None:
    told = tutor("grade", "sample/explain-item", "cause", "--model", "smollm2-135m")
    assert told.code == 1
    assert told.err == "smollm2-135m is not here yet: run `tutor models pull smollm2-135m`\n"


def test_a_model_that_cannot_be_loaded(tutor: Tutor, client: Script) -> None:
    client.fail_next(BadModel("tiny.gguf is cut short: pull it again"))
    told = tutor("grade", "sample/explain-item", "cause", "--json")
    assert (told.code, told.out) == (1, "")
    assert told.err == "tiny.gguf is cut short: pull it again\n"
    assert client.closed


def test_a_model_that_dies_leaves_the_answer_ungraded(
    tutor: Tutor, client: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(messages: Sequence[Message], continuations: Sequence[str]) -> Sequence[float]:
        raise WorkerDied("it died: try again")

    dying = Script(choices=die)
    monkeypatch.setattr(model_session, "make_client", lambda context: dying)
    told = tutor("grade", "sample/explain-item", "cause", "--json")
    assert told.code == 1
    assert (told.json["verdict"], told.json["score"]) == ("ungraded", None)
    assert told.err == "Not graded: it died: try again\n"


def test_ctrl_c_lets_go_of_the_model(
    tutor: Tutor, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(messages: Sequence[Message], continuations: Sequence[str]) -> Sequence[float]:
        signal.raise_signal(signal.SIGINT)
        return [-1.0, -1.0]

    client = Script(choices=interrupt)
    monkeypatch.setattr(model_session, "make_client", lambda context: client)
    told = tutor("grade", "sample/explain-item", "cause")
    assert (told.code, told.out, told.err) == (130, "", "")
    assert client.closed


@pytest.mark.parametrize(
    ("argv", "line"),
    [
        (
            ("sample/choice-item", "c"),
            "Give the numbers of the options, separated by commas, such as 1 or 1,2 (1 to 2).",
        ),
        (("sample/true-item", "maybe"), "Give true or false (yes or no, o or x)."),
        (
            ("sample/one", "x"),
            "sample/one is not an item: name one as COURSE/ITEM; its id stands in the lesson's file.",
        ),
        (
            ("sample/explian-item", "x"),
            "nothing is called 'sample/explian-item': did you mean 'sample/explain-item'?",
        ),
        (
            ("sample/one",),
            "Give an ITEM and an ANSWER, or --batch IN.jsonl with or without --out: see `tutor grade --help`.",
        ),
        (
            ("sample/short-item", "x", "--batch", "y"),
            "Give an ITEM and an ANSWER, or --batch IN.jsonl with or without --out: see `tutor grade --help`.",
        ),
    ],
)
def test_wrong_usage(tutor: Tutor, argv: tuple[str, ...], line: str) -> None:
    told = tutor("grade", *argv)
    assert (told.code, told.out, told.err) == (2, "", f"{line}\n")


def test_escapes_in_an_answer_stay_text(tutor: Tutor, client: Script) -> None:
    answer = "the \x1b[2J\x9bcause\u202e"
    assert not set(tutor("grade", "sample/explain-item", answer).out) & set("\x1b\x9b\u202e")
    told = tutor("grade", "sample/explain-item", answer, "--json")
    assert not set(told.out) & set("\x1b\x9b\u202e")
    assert told.json["points"][0]["evidence"] == [0, len(answer)]


def test_bytes_that_are_no_text(tutor: Tutor) -> None:
    assert tutor("grade", "sample/short-item", "tok\udcffen", "--json").code == 0
    assert tutor("grade", "sample/short-item", "-", stdin=b"tok\xff\xfeen").code == 0
