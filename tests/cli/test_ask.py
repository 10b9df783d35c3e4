"""A question: what the model is shown, what comes back, what is recorded."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.cli.conftest import Script, Tutor
from tests.cli.test_grade import NO_MODEL
from tests.tutoring import tuned
from tutor.commands import model_session
from tutor.commands.ask import EVERYWHERE
from tutor.llm.protocol import Message, WorkerDied
from tutor.study.record import talk
from tutor.study.store import Store

Record = Callable[[], Store]
QUESTION = "What is the Markdown in the basics?"
REFUSED = "I don't find this in the lesson."


def test_the_answer_and_where_it_comes_from(tutor: Tutor, client: Script) -> None:
    told = tutor("ask", QUESTION, "--lesson", "sample/one")
    assert (told.code, told.err) == (0, "")
    assert told.out.splitlines() == [
        "Because of the cause [1]. Bananas are yellow.",
        REFUSED,
        "",
        "[1] Basics (sample/one#basics)",
        "Beyond this lesson: Because of the cause [1]. / Bananas are yellow.",
    ]
    assert client.closed


def test_the_designed_object(tutor: Tutor, client: Script) -> None:
    told = tutor("ask", QUESTION, "--lesson", "sample/one", "--json")
    answer = told.json
    assert list(answer) == ["answer", "language", "citations", "unsupported", "model", "elapsed_ms"]
    assert answer["answer"] == f"{REFUSED}\n\nBecause of the cause [1]. Bananas are yellow."
    assert answer["language"] == "en"
    assert answer["citations"] == [{"n": 1, "lesson": "one", "section": "basics", "text": "Basics"}]
    assert answer["unsupported"] == [[34, 59], [60, 79]]
    assert answer["model"] == "tiny"
    assert isinstance(answer["elapsed_ms"], int)


def test_without_a_lesson_all_courses_are_looked_at(
    tutor: Tutor, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Script(["More of the body [2]."])
    monkeypatch.setattr(model_session, "make_client", lambda context: client)
    told = tutor("ask", "What is in the basics, and in the body of more?")
    system = client.requests[-1].messages[0].content
    assert "[1] Basics" in system
    assert "[2] More\nBody" in system
    assert told.out.splitlines()[2] == "[2] More (sample/two#more)"


def test_passages_are_in_the_language_of_the_question(tutor: Tutor, client: Script) -> None:
    told = tutor("ask", "기초에 있는 마크다운은 무엇인가요?", "--json")
    assert told.json["language"] == "ko"
    assert "[1] 기초" in client.requests[-1].messages[0].content


def says_markdown(messages: Sequence[Message], _: Sequence[str]) -> list[float]:
    """Yes to what speaks of Markdown, as the passage does."""
    return [-0.1, -8.0] if messages[-1].content.count("Markdown") == 2 else [-8.0, -0.1]


def test_the_model_speaks_with_its_adapter(
    tutor: Tutor, client: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tuned.speak(monkeypatch, tmp_path / "voice")
    assert tutor("ask", QUESTION, "--lesson", "sample/one").code == 0
    worn = [asked for asked in client.requests if asked.call in ("adapters", "chat")]
    assert [(asked.call, asked.lane) for asked in worn] == [("adapters", "chat"), ("chat", "chat")]
    assert worn[0].messages[0].content == str(path)


def test_a_tuned_judge_sets_the_citations_right(
    tutor: Tutor, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tuned.use(monkeypatch, tmp_path / "tuned")
    client = Script(["The basics are Markdown [9]. Bananas are yellow."], says_markdown)
    monkeypatch.setattr(model_session, "make_client", lambda context: client)
    answer = tutor("ask", QUESTION, "--lesson", "sample/one", "--json").json
    assert answer["answer"] == "The basics are Markdown [1]. Bananas are yellow."
    assert answer["unsupported"] == [[29, 48]]
    assert [cited["n"] for cited in answer["citations"]] == [1]


def test_what_the_lesson_says_stands_below_what_it_does_not_say(
    tutor: Tutor, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tuned.use(monkeypatch, tmp_path / "tuned")
    client = Script(["Some Markdown without a colon."], lambda *_: [-8.0, -0.1])
    monkeypatch.setattr(model_session, "make_client", lambda context: client)
    lines = tutor("ask", QUESTION, "--lesson", "sample/one").out.splitlines()
    assert lines[:3] == [
        "Some Markdown without a colon.",
        "",
        "Closest in the lesson is “Basics” [1]: “Some Markdown: with a colon.”",
    ]
    assert "[1] Basics (sample/one#basics)" in lines


def test_a_judge_that_fails_leaves_the_words_to_compare(
    tutor: Tutor, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(messages: Sequence[Message], _: Sequence[str]) -> list[float]:
        raise WorkerDied("it died")

    tuned.use(monkeypatch, tmp_path / "tuned")
    client = Script(["Some Markdown: with a colon."], dies)
    monkeypatch.setattr(model_session, "make_client", lambda context: client)
    answer = tutor("ask", QUESTION, "--lesson", "sample/one", "--json").json
    assert answer["answer"] == "Some Markdown: with a colon [1]."
    assert answer["unsupported"] == []


def test_question_and_reply_are_in_the_record(tutor: Tutor, client: Script, record: Record) -> None:
    tutor("ask", QUESTION, "--lesson", "sample/one")
    tutor("ask", QUESTION)
    with record() as store:
        (turn,) = talk(store, "sample/one")
        assert (turn.question, turn.finish) == (QUESTION, "stop")
        assert turn.reply == f"{REFUSED}\n\nBecause of the cause [1]. Bananas are yellow."
        assert turn.unsupported == [(34, 59), (60, 79)]
        assert [cited["section"] for cited in turn.citations] == ["basics"]
        assert len(talk(store, EVERYWHERE)) == 1


def test_a_model_that_dies(tutor: Tutor, client: Script, record: Record) -> None:
    client.fail_next(WorkerDied("it died: try again"))  # met by load
    told = tutor("ask", QUESTION)
    assert (told.code, told.out, told.err) == (1, "", "it died: try again\n")
    assert client.closed


def test_ctrl_c_keeps_what_was_said(
    tutor: Tutor, model: Path, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Script(["One two three."])

    def interrupt(messages: Sequence[Message]) -> str:
        client.hold()
        signal.raise_signal(signal.SIGINT)
        return "One two three."

    client._replies = interrupt
    monkeypatch.setattr(model_session, "make_client", lambda context: client)
    told = tutor("ask", QUESTION, "--lesson", "sample/one")
    assert (told.code, told.err) == (130, "")
    assert client.closed
    with record() as store:
        (turn,) = talk(store, "sample/one")
        assert (turn.reply, turn.finish) == ("One", "cancelled")


def test_what_a_model_says_cannot_move_the_cursor(
    tutor: Tutor, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Script(["\x1b[2J\x1b]0;owned\x07 fine \u202e[1]."])
    monkeypatch.setattr(model_session, "make_client", lambda context: client)
    for more in ((), ("--json",)):
        told = tutor("ask", QUESTION, *more)
        assert "fine" in told.out
        assert not set(told.out) & set("\x1b\x07\u202e")


@pytest.mark.parametrize("address", ["sample", "sample/three"])
def test_a_lesson_that_is_none(tutor: Tutor, client: Script, address: str) -> None:
    told = tutor("ask", QUESTION, "--lesson", address)
    assert (told.code, told.out) == (2, "")
    assert told.err.count("\n") == 1


def test_without_a_model(tutor: Tutor) -> None:
    told = tutor("ask", QUESTION)
    assert (told.code, told.out, told.err) == (1, "", NO_MODEL)
