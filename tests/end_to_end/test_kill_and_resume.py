"""A quiz in a process of its own, killed in the middle of an answer: nothing is lost."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.waiting import PATIENCE, until
from tutor.grading.answer import TrueFalseAnswer
from tutor.paths import places
from tutor.study import record, session
from tutor.study.store import Store

COURSE = "llm-basics"
ITEMS = ["trained-before-zero-shot", "zero-shot-vs-few-shot", "loss-to-zero"]
SECOND = f"{COURSE}/{ITEMS[1]}"
HALF = "A zero-shot prompt has no examples, 반면에"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store in which a quiz of three chosen items has begun."""
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path))
    path = places().database("default")
    with Store(path) as store:
        session.start(
            store, mode="quiz", course=COURSE, lesson="use-cases", items=ITEMS, seed=3, title="Quiz"
        )
    return path


class Quiz:
    """`tutor quiz --plain`, line by line."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def shows(self, words: str) -> str:
        """Read up to the first line with `words`; what was shown."""
        assert self.process.stdout is not None
        shown = ""
        while words not in shown.rpartition("\n")[2]:
            line = await asyncio.wait_for(self.process.stdout.readline(), PATIENCE)
            assert line, f"it ended without {words!r} after:\n{shown}"
            shown += "\n" + line.decode().rstrip()
        return shown

    def type(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())


@asynccontextmanager
async def quiz() -> AsyncIterator[Quiz]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tutor", "quiz", f"{COURSE}/use-cases", "--plain"),
        *("--language", "en"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    try:
        yield Quiz(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_a_quiz_that_is_killed_goes_on_where_it_was(database: Path) -> None:
    async with quiz() as first:
        await first.shows("Question 1 of 3")
        first.type("f")
        await first.shows("Question 2 of 3")
        first.type(HALF)
        await until(_sees(database, lambda store: store.draft(SECOND) == HALF))
        first.process.kill()

    with Store(database) as store:
        state = session.unfinished(store)
        assert state is not None
        assert (state.item, state.position, state.items) == (ITEMS[1], 1, ITEMS)
        answer = record.last_answer(store, f"{COURSE}/{ITEMS[0]}")
        assert answer is not None
        assert answer[0] == TrueFalseAnswer(value=False)
        assert answer[1] is not None
        assert list(state.answered) == [ITEMS[0]]
        assert store.draft(SECOND) == HALF

    async with quiz() as again:
        shown = await again.shows("Question 2 of 3")
        assert "Going on with the quiz you left." in shown
        assert "Question 1" not in shown
        await again.shows(HALF)
        again.type("a few-shot prompt has some.")
        again.type("")
        await again.shows("Question 3 of 3")
        again.process.kill()

    with Store(database) as store:
        state = session.unfinished(store)
        assert state is not None
        assert state.position == 2
        [explained] = record.history(store, SECOND)
        assert explained.answer.text == f"{HALF}\na few-shot prompt has some."  # type: ignore[union-attr]
        assert store.draft(SECOND) is None
        assert store.rebuild() == len(list(store.events()))


def _sees(database: Path, condition: Callable[[Store], bool]) -> Callable[[], bool]:
    def seen() -> bool:
        with Store(database) as store:
            return condition(store)

    return seen
