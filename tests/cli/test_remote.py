"""A model on a server: put to use, graded and talked with, and said where what one writes goes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli.conftest import Quiz, Tutor, after
from tests.llm.fake_server import (
    Call,
    FakeServer,
    fake_server_beside,
    likely,
    piece,
    reply,
)
from tutor.llm.address import RemoteAddress
from tutor.paths import Places
from tutor.settings import load

KEY = "sk-very-secret-0123"
ITEM = "sample/explain-item"


async def teaching(call: Call) -> None:
    """Two models; Yes where the answer says "cause", and a talk that cites."""
    if call.path == "/v1/models":
        await call.answer({"data": [{"id": "org/big-7b"}, {"id": "small"}]})
    elif call.body.get("logprobs"):
        given = call.body["messages"][-1]["content"].partition("Answer: ")[2].partition("\n")[0]
        top = {"Yes": -0.1, "No": -4.0} if "cause" in given else {"No": -0.1, "Yes": -4.0}
        await call.answer(reply(next(iter(top)), logprobs=likely(top)))
    else:
        await call.stream(piece("Because [1]."), piece("", "stop"))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServer]:
    monkeypatch.delenv("TUTOR_API_KEY", raising=False)
    with fake_server_beside(teaching) as fake:
        yield fake


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server counts as one of another machine."""
    monkeypatch.setattr(RemoteAddress, "leaves_this_machine", True)
    for name in ("HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def in_use(home: Places) -> str | None:
    return load(home.settings).model


def test_a_server_is_put_to_use(tutor: Tutor, home: Places, server: FakeServer) -> None:
    url = f"{server.url}#org/big-7b"
    told = tutor("models", "use", url)
    assert (told.code, told.err) == (0, "")
    assert told.out == "big-7b @ 127.0.0.1 is in use.\n"
    assert in_use(home) == url
    listed = tutor("models", "list").out.splitlines()
    assert listed[0] == f"{url} (in use)"
    assert listed[1] == f"  big-7b @ 127.0.0.1 · Runs on the server 127.0.0.1:{server.port}."
    (found,) = (it for it in tutor("models", "list", "--json").json if it["in_use"])
    assert (found["name"], found["path"]) == (url, None)


def test_it_is_let_go_of_again(tutor: Tutor, home: Places, server: FakeServer) -> None:
    url = f"{server.url}#small"
    assert tutor("models", "use", url, "--json").json == {"name": url, "path": None, "in_use": True}
    told = tutor("models", "remove", f"{server.url}#other")
    assert (told.code, told.err) == (
        1,
        f"{server.url}#other is not in use: there is nothing to remove.\n",
    )
    assert tutor("models", "remove", url).out.startswith("No model is in use now")
    assert in_use(home) is None


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("{url}", "has several models: name one, such as {url}#org/big-7b"),
        ("{url}#bigger", "has no model 'bigger': name one that it has, such as"),
        ("http://me:secret@host/v1", "put the key into TUTOR_API_KEY"),
        ("http://", "write it as http://HOST:PORT/v1#MODEL"),
    ],
)
def test_what_is_not_there_is_not_put_to_use(
    tutor: Tutor, home: Places, server: FakeServer, name: str, line: str
) -> None:
    told = tutor("models", "use", name.format(url=server.url))
    assert told.code == 1
    assert told.err.count("\n") == 1
    assert line.format(url=server.url) in told.err
    assert in_use(home) is None


def test_it_grades(
    tutor: Tutor, home: Places, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUTOR_API_KEY", KEY)
    tutor("models", "use", f"{server.url}#org/big-7b")
    verdict = tutor("grade", ITEM, "It is the cause.", "--json").json
    assert (verdict["score"], verdict["verdict"]) == (1.0, "full")
    assert verdict["versions"]["model"] == "big-7b"
    assert {call.headers["authorization"] for call in server.calls} == {f"Bearer {KEY}"}
    assert KEY not in home.settings.read_text()


def test_it_answers_for_once_and_what_is_in_use_stays(
    tutor: Tutor, home: Places, server: FakeServer
) -> None:
    told = tutor("ask", "What is the body of more?", "--model", f"{server.url}#small", "--json")
    # It stands under the line that the lesson does not say it.
    assert told.json["answer"].splitlines()[-1] == "Because [1]."
    assert told.json["model"] == "small"
    assert in_use(home) is None


def test_it_grades_a_quiz_of_plain_lines(
    tutor: Tutor, quiz: Quiz, home: Places, server: FakeServer
) -> None:
    home.settings.write_text(f'model = "{server.url}#small"\n')
    quiz("explain")
    told = tutor("quiz", "--plain", stdin="It is the cause.\n\n")
    assert "Score: 100 %" in after(told, 1)


def test_a_bad_address_in_the_settings_is_said_in_one_line(
    tutor: Tutor, quiz: Quiz, home: Places
) -> None:
    home.settings.write_text('model = "http://"\n')
    told = tutor("grade", ITEM, "It is the cause.")
    assert (told.code, told.out) == (1, "")
    assert told.err.count("\n") == 1
    quiz("explain")
    assert "is no address of a server" in tutor("quiz", "--plain", stdin="It is so.\n\n").out
    assert tutor("models", "list").code == 0


@pytest.mark.usefixtures("elsewhere")
def test_that_answers_leave_this_machine_is_said_once(
    tutor: Tutor, home: Places, server: FakeServer
) -> None:
    where = f"127.0.0.1:{server.port}"
    told = tutor("models", "use", f"{server.url}#small")
    assert told.err == (
        "With this model your answers and questions leave this machine, unencrypted:"
        f" they go to {where}.\n"
    )
    assert load(home.settings).leaves_to == where
    assert tutor("grade", ITEM, "It is the cause.").err == ""
    home.settings.write_text('leaves_to = "another.example.org"\n')
    asked = ("grade", ITEM, "It is the cause.", "--model", f"{server.url}#small", "--json")
    told = tutor("--language", "ko", *asked)
    assert told.err.endswith(f"이 컴퓨터를 떠나 {where} 서버로 갑니다.\n")
    assert told.json["score"] == 1.0
    assert tutor(*asked).err == ""


def test_nothing_is_said_of_a_server_on_this_machine(tutor: Tutor, server: FakeServer) -> None:
    assert tutor("models", "use", f"{server.url}#small").err == ""


def test_the_doctor_asks_the_server(tutor: Tutor, home: Places, server: FakeServer) -> None:
    home.settings.write_text(f'model = "{server.url}#small"\n')
    assert f"ok   model in use: {server.url}#small" in tutor("doctor").out.splitlines()
    home.settings.write_text(f'model = "{server.url}#gone"\n')
    told = tutor("doctor")
    assert told.code == 1
    assert "fail model in use: 127.0.0.1" in told.out
