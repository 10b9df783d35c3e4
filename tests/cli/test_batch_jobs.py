"""Several rows at once, and how many where nobody says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.conftest import Script, Tutor, judge
from tests.cli.test_batch import ROW, batch, rows_of
from tests.waiting import PATIENCE
from tutor.commands import model_session
from tutor.llm.protocol import Continuation, Lane, Prompt, Unreachable, Urgency

ROWS = [ROW | {"id": n, "answer": f"Steam {n}, it is the cause"} for n in range(10)]


class Crowd(Script):
    """Its first answers come only when as many requests wait as `least`; `most` waited at once."""

    def __init__(self, name: str, least: int) -> None:
        super().__init__(choices=judge)
        self.name = name
        self.waiting = self.most = 0
        self.gone = False
        self._to_meet, self._meeting = least, asyncio.Barrier(least)
        self._last = asyncio.Event()

    async def choose(
        self,
        prompt: Prompt,
        continuations: Sequence[str],
        *,
        lane: Lane = "judge",
        urgency: Urgency = "interactive",
    ) -> list[Continuation]:
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        await self._meet()
        if self.gone:
            raise Unreachable("the server is away: try later")
        await self._after_others(str(prompt))
        self.waiting -= 1
        return await super().choose(prompt, continuations, lane=lane, urgency=urgency)

    async def _meet(self) -> None:
        if self._to_meet:
            self._to_meet -= 1
            await asyncio.wait_for(self._meeting.wait(), PATIENCE)
        else:
            await asyncio.sleep(0)

    async def _after_others(self, prompt: str) -> None:
        """Where several come at once, the first row is answered after the second."""
        if "Steam 1," in prompt:
            self._last.set()
        if "Steam 0," in prompt and self._meeting.parties > 1:
            await asyncio.wait_for(self._last.wait(), PATIENCE)


@pytest.fixture
def crowd(client: Script, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Crowd:
    crowd = Crowd(*getattr(request, "param", ("remote", 4)))
    monkeypatch.setattr(model_session, "make_client", lambda context: crowd)
    return crowd


@pytest.mark.parametrize(
    ("crowd", "argv", "most"),
    [
        (("remote", 4), (), 4),
        (("hosted", 1), (), 1),
        (("hosted", 3), ("--jobs", "3"), 3),
        (("remote", 1), ("--jobs", "1"), 1),
    ],
    indirect=["crowd"],
)
def test_how_many_at_once(tutor: Tutor, crowd: Crowd, argv: tuple[str, ...], most: int) -> None:
    told = tutor("grade", "--batch", "-", *argv, stdin=batch(*ROWS))
    assert (told.code, told.err) == (0, "10 graded, 0 not.\n")
    assert crowd.most == most
    ids = [row["id"] for row in rows_of(told)]
    assert sorted(ids) == list(range(10))
    assert (ids[0] == 0) == (most == 1)


def test_the_file_has_the_order_of_the_rows_at_the_end(
    tutor: Tutor, crowd: Crowd, tmp_path: Path
) -> None:
    (tmp_path / "in.jsonl").write_text(batch(*ROWS))
    assert tutor("grade", "--batch", "in.jsonl", "--out", "out.jsonl").code == 0
    lines = (tmp_path / "out.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == list(range(10))


def test_a_server_that_is_gone_ends_all_of_it_at_once(
    tutor: Tutor, crowd: Crowd, tmp_path: Path
) -> None:
    crowd.gone = True
    (tmp_path / "in.jsonl").write_text(batch(*ROWS))
    told = tutor("grade", "--batch", "in.jsonl", "--out", "out.jsonl")
    assert told.code == 1
    assert told.err.startswith("The model answers no more (the server is away: try later): 0 ")
    assert told.err.count("\n") == 1
    assert 1 <= len((tmp_path / "out.jsonl").read_text().splitlines()) <= 4
    crowd.gone = False
    assert tutor("grade", "--batch", "in.jsonl", "--out", "out.jsonl").code == 0
    lines = (tmp_path / "out.jsonl").read_text().splitlines()
    assert [json.loads(line)["verdict"] for line in lines] == ["full"] * 10
