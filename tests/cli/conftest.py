"""The command line on a home of its own: one sample course, a model file with nothing in it, a scripted client behind it."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.content import sample
from tests.models.gguf_file import gguf_bytes
from tutor.cli import main
from tutor.commands import context, model_session
from tutor.llm.protocol import Message
from tutor.llm.scripted import ScriptedClient
from tutor.paths import Places, places
from tutor.study import session
from tutor.study.session import SessionState
from tutor.study.store import Store

MODEL = "tiny"


@dataclass(frozen=True)
class Result:
    """What one call gave back: its exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Tutor = Callable[..., Result]
Record = Callable[[], Store]
Quiz = Callable[..., SessionState]

SEED = 7
"""Of a quiz begun by `quiz`."""


class Script(ScriptedClient):
    """Remembers whether it was closed."""

    closed = False

    async def close(self) -> None:
        self.closed = True
        await super().close()


def judge(messages: Sequence[Message], continuations: Sequence[str]) -> list[float]:
    """Sure where the answer has the statement's last word, unsure where it says "maybe", else sure of the contrary."""
    asked = messages[-1].content
    answer, _, rest = asked.partition("Answer: ")[2].partition("\nStatement: ")
    word = rest.partition("\n")[0].split()[-1].removesuffix("이다")
    if answer in ("I don't know.", "잘 모르겠어요."):
        return [-4.0, -4.5]
    if word in answer:
        return [-0.1, -8.0]
    return [-4.0, -4.0] if "maybe" in answer or "아마" in answer else [-8.0, -0.1]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """Where this person keeps things: English, the course `sample`, no model."""
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    for name in ("TUTOR_CONTENT", "TUTOR_MODELS", "LC_ALL", "LC_MESSAGES", "HF_HOME"):
        monkeypatch.delenv(name, raising=False)
    at = places()
    monkeypatch.setattr(context, "course_roots", lambda places, environ: [at.courses])
    write_course(at.courses / "sample")
    monkeypatch.chdir(tmp_path)
    return at


def write_course(folder: Path, **replaced: str) -> Path:
    """The sample course as files; `replaced` gives whole files anew, by their stem."""
    files = {
        "course": sample.COURSE,
        "glossary": sample.GLOSSARY,
        "one": sample.LESSON,
        "two": sample.SECOND,
    }
    folder.mkdir(parents=True)
    for stem, text in (files | replaced).items():
        (folder / f"{stem}.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def model(home: Places) -> Path:
    """A model in use."""
    home.models.mkdir(parents=True)
    path = home.models / f"{MODEL}.gguf"
    path.write_bytes(gguf_bytes())
    home.settings.write_text(f'model = "{MODEL}"\n')
    return path


@pytest.fixture
def client(model: Path, monkeypatch: pytest.MonkeyPatch) -> Script:
    """The model in use answers from a script."""
    scripted = Script(["Because of the cause [1]. Bananas are yellow."], judge)
    monkeypatch.setattr(model_session, "make_client", lambda context: scripted)
    return scripted


@pytest.fixture
def tutor(
    home: Places, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Tutor:
    """`tutor("grade", ...)` runs the command in this process; `stdin` is what it reads."""

    def call(*argv: str, stdin: str | bytes = "") -> Result:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), encoding="utf-8"))
        capsys.readouterr()
        code = main(argv)
        said = capsys.readouterr()
        return Result(code, said.out, said.err)

    return call


@pytest.fixture
def record(home: Places) -> Callable[[], Store]:
    """Opens this person's study record."""
    return lambda: Store(home.database("default"))


@pytest.fixture
def quiz(record: Record) -> Callable[..., SessionState]:
    """Begins a session with these items in this order, as if it had been left."""

    def begin(*items: str) -> SessionState:
        with record() as store:
            return session.start(
                store,
                mode="quiz",
                course="sample",
                lesson=None,
                items=[f"{item}-item" for item in items],
                seed=SEED,
                title="Sample",
            )

    return begin


def left(record: Record) -> SessionState | None:
    with record() as store:
        return session.unfinished(store)


def after(told: Result, question: int) -> list[str]:
    """The lines of one question, from its heading on."""
    part = told.out.partition(f"\nQuestion {question} of ")[2]
    return part.partition("\nQuestion ")[0].splitlines()[1:]
