"""A program that is no worker, where the worker should be, ends in one line."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.llm.conftest import ROOT
from tests.llm.fake_worker import GARBAGE
from tests.llm.seen import is_busy, one_line
from tests.waiting import gone, until
from tutor.llm import worker_link
from tutor.llm.hosted import HostedClient
from tutor.llm.protocol import BadModel, Message, NoModel, Sampling, WorkerDied, gather

TALK = [Message("user", "Name a colour.")]


class TestProgramThatIsNoWorker:
    @pytest.fixture
    def stand_in(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Callable[[str], HostedClient]:
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        log = tmp_path / "model.log"

        def make(kind: str) -> HostedClient:
            command = (sys.executable, "-m", "tests.llm.fake_worker", kind)
            return HostedClient(log=log, command=command)

        return make

    @pytest.mark.parametrize("kind", sorted(GARBAGE))
    async def test_garbage_instead_of_a_hello(
        self, stand_in: Callable[[str], HostedClient], kind: str, tmp_path: Path
    ) -> None:
        client = stand_in(kind)
        with pytest.raises(WorkerDied) as error:
            await client.load(Path("any.gguf"))
        message = one_line(error)
        assert message.startswith("the model's worker did not start (")
        assert message.endswith(f"); see {tmp_path / 'model.log'}")
        assert ("install the program again" in message) == (kind in ("not-hello", "old-version"))
        assert (await client.status()).worker_pid is None
        await client.close()

    @pytest.mark.parametrize("kind", ["later-text", "later-no-messagepack"])
    async def test_garbage_instead_of_an_answer(
        self, stand_in: Callable[[str], HostedClient], kind: str
    ) -> None:
        client = stand_in(kind)
        with pytest.raises(BadModel) as error:
            await client.load(Path("any.gguf"))
        assert "ended its worker while loading" in one_line(error)
        assert (await client.status()).worker_pid is None
        await client.close()

    async def test_nothing_at_all(
        self, stand_in: Callable[[str], HostedClient], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(worker_link, "HELLO_TIMEOUT", 0.2)
        with pytest.raises(WorkerDied) as error:
            await stand_in("silent").load(Path("any.gguf"))
        assert "did not start (it said nothing for 0.2 seconds); see " in one_line(error)

    async def test_an_early_end(self, stand_in: Callable[[str], HostedClient]) -> None:
        with pytest.raises(WorkerDied) as error:
            await stand_in("unknown").load(Path("any.gguf"))
        assert "did not start (it ended at once); see " in one_line(error)

    async def test_no_such_program(self, tmp_path: Path) -> None:
        client = HostedClient(log=tmp_path / "log", command=(str(tmp_path / "none"),))
        with pytest.raises(WorkerDied) as error:
            await client.load(Path("any.gguf"))
        assert "did not start ([Errno 2] No such file or directory" in one_line(error)

    async def test_a_log_that_cant_be_written(self, tmp_path: Path) -> None:
        client = HostedClient(log=tmp_path)
        with pytest.raises(WorkerDied) as error:
            await client.load(Path("any.gguf"))
        assert "did not start ([Errno 21] Is a directory" in one_line(error)

    async def test_one_that_does_not_end_is_killed(
        self, stand_in: Callable[[str], HostedClient], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(worker_link, "END_TIMEOUT", 0.1)
        client = stand_in("deaf")
        loading = asyncio.ensure_future(client.load(Path("any.gguf")))
        await until(lambda: is_busy(client))
        pid = (await client.status()).worker_pid
        assert pid is not None
        await client.close()
        assert gone(pid)
        with pytest.raises(NoModel):
            await loading

    async def test_what_is_printed_goes_to_the_log_and_not_into_the_pipe(
        self, stand_in: Callable[[str], HostedClient], tmp_path: Path
    ) -> None:
        client = stand_in("noisy")
        info = await client.load(Path("noisy.gguf"))
        assert info.name == "noisy"
        reply = await gather(client.chat(TALK, Sampling()))
        assert (reply.text, reply.finish) == ("one two", "stop")
        await client.close()
        log = (tmp_path / "model.log").read_bytes()
        assert b"native\x00\xff says hello\n" in log
        assert b"python says hello\n" in log
        assert b"a child says hello\n" in log
