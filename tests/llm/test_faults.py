"""A worker that dies and a file that is no model end in one line, and the program goes on."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from tests.llm import bad_files
from tests.llm.bad_files import architecture, cut, damaged, noise, put, template, write
from tests.llm.conftest import ROOT
from tests.llm.lora import write_lora
from tests.llm.seen import (
    has_another_worker,
    has_model,
    is_busy,
    is_computing,
    is_down,
    one_line,
)
from tests.waiting import gone, until
from tutor.llm.hosted import HostedClient
from tutor.llm.protocol import (
    Adapter,
    BadModel,
    Message,
    ModelError,
    ModelInfo,
    NoModel,
    Sampling,
    WorkerDied,
    gather,
)

TALK = [Message("user", "Name a colour.")]
DIED = "the model's worker was killed, often because memory ran out; your words are kept, try again"


async def kill(client: HostedClient) -> int:
    """Kill the client's worker with signal 9 and wait for its end; its process id."""
    pid = (await client.status()).worker_pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await until(lambda: gone(pid))
    return pid


CRAMPED = """
import resource, sys
sys.path.append(sys.argv[1])
import psutil
from tutor.llm.host import main
room = psutil.Process().memory_info().vms + 300 * 1024 * 1024
resource.setrlimit(resource.RLIMIT_AS, (room, room))
main()
"""


class TestWorkerThatDies:
    async def test_in_the_middle_of_an_answer(self, loaded: HostedClient) -> None:
        stream = loaded.chat(TALK, Sampling(max_tokens=900, temperature=1.0))
        assert (await anext(stream)).text
        pid = await kill(loaded)
        with pytest.raises(WorkerDied) as error:
            async for _ in stream:
                pass
        assert one_line(error) == DIED
        assert (await gather(loaded.chat(TALK, Sampling(max_tokens=4)))).text
        status = await loaded.status()
        assert status.worker_pid not in (None, pid)
        assert status.model is not None

    async def test_while_nobody_waits(self, loaded: HostedClient) -> None:
        pid = await kill(loaded)
        await until(lambda: has_another_worker(loaded, pid))
        await until(lambda: has_model(loaded))
        assert await loaded.choose(TALK, ["Yes"])

    async def test_with_an_adapter_on_has_it_again(
        self, loaded: HostedClient, smollm: Path, tmp_path: Path
    ) -> None:
        adapter = Adapter(str(write_lora(tmp_path / "a.gguf", strength=0.3)))
        await loaded.adapters([adapter], lane="judge")
        [before] = await loaded.choose(TALK, ["Yes"])
        await kill(loaded)
        await until(lambda: is_down(loaded))
        [after] = await loaded.choose(TALK, ["Yes"])
        assert after.logprob == pytest.approx(before.logprob, abs=0.1)
        await loaded.adapters([], lane="judge")
        [without] = await loaded.choose(TALK, ["Yes"])
        assert abs(without.logprob - before.logprob) > 0.1

    async def test_twice_in_a_row_sets_the_model_aside(
        self, loaded: HostedClient, smollm: Path
    ) -> None:
        for _ in range(2):
            work = asyncio.ensure_future(loaded.prefill([Message("user", "word " * 900)]))
            await until(lambda: is_computing(loaded))
            await kill(loaded)
            with pytest.raises(WorkerDied) as error:
                await work
            assert one_line(error) == DIED
        with pytest.raises(NoModel) as aside:
            await loaded.choose(TALK, ["Yes"])
        expected = "ended its worker twice and is set aside; choose another model"
        assert one_line(aside) == f"{smollm.name} {expected}"
        await loaded.load(smollm, n_ctx=512)
        assert await loaded.choose(TALK, ["Yes"])

    async def test_an_answer_in_between_makes_good(self, loaded: HostedClient) -> None:
        for _ in range(3):
            await kill(loaded)
            await until(lambda: is_down(loaded))
            assert await loaded.choose(TALK, ["Yes"])

    @pytest.mark.parametrize(
        ("signal_", "expected"),
        [
            (signal.SIGABRT, "crashed inside llama.cpp (signal 6)"),
            (signal.SIGSEGV, "crashed inside llama.cpp (signal 11)"),
            (signal.SIGSTOP, "answered no more and was ended"),
        ],
    )
    async def test_by_any_end_within_a_moment(
        self, loaded: HostedClient, signal_: signal.Signals, expected: str
    ) -> None:
        stream = loaded.chat(TALK, Sampling(max_tokens=900, temperature=1.0))
        assert (await anext(stream)).text
        pid = (await loaded.status()).worker_pid
        assert pid is not None
        os.kill(pid, signal_)
        async with asyncio.timeout(3):  # it takes a second here; the rest is for a busy machine
            with pytest.raises(WorkerDied) as error:
                async for _ in stream:
                    pass
        assert one_line(error) == f"the model's worker {expected}; your words are kept, try again"
        assert gone(pid)
        assert (await gather(loaded.chat(TALK, Sampling(max_tokens=4)))).text

    async def test_a_worker_without_memory_is_one_line(self, smollm: Path, tmp_path: Path) -> None:
        command = (sys.executable, "-P", "-c", CRAMPED, str(ROOT))
        client = HostedClient(log=tmp_path / "log", threads=1, command=command)
        with pytest.raises(ModelError) as error:
            await client.load(smollm, n_ctx=8192)
        assert (
            one_line(error)
            == "no memory for a context of 8192 tokens; set `context` to a smaller one"
        )
        await client.close()

    async def test_while_it_loads(self, client: HostedClient, smollm: Path) -> None:
        loading = asyncio.ensure_future(client.load(smollm, n_ctx=512))
        await until(lambda: is_busy(client))
        await kill(client)
        with pytest.raises(BadModel) as error:
            await loading
        expected = "ended its worker while loading; pull it again or choose a smaller model"
        assert one_line(error) == f"{smollm.name} {expected}"
        assert (await client.load(smollm, n_ctx=512)).n_ctx == 512

    async def test_a_model_closed_while_it_loads_is_not_called_bad(
        self, client: HostedClient, smollm: Path
    ) -> None:
        loading = asyncio.ensure_future(client.load(smollm, n_ctx=512))
        await until(lambda: is_busy(client))
        await client.close()
        with pytest.raises(NoModel, match="closed while it was loading"):
            await loading


Make = Callable[[Path, Path], None]
BROKEN: dict[str, tuple[Make, str]] = {
    "no magic": (damaged(put(0, b"FUGG")), "it does not begin with GGUF"),
    "other version": (damaged(put(4, b"\x09")), "its version is 9, and only 2 and 3 are known"),
    "tensor out of place": (damaged(noise(5)), "tensor 'blk.6.ffn_gate.weight' not found; pull it"),
    "many tensors": (damaged(put(8, b"\xff" * 8)), "it claims 18446744073709551615 tensors"),
    "cut in the header": (cut(0.005), "is cut short: it ends inside its header"),
    "cut in the weights": (cut(0.5), "is cut short: "),
    "unknown architecture": (
        damaged(architecture(b"lmaaa")),
        "unknown model architecture: 'lmaaa'",
    ),
    "terminal escape": (damaged(architecture(b"\x1b[31m")), "unknown model architecture: '[31m'"),
    "broken template": (damaged(template(b"{% if {{ ")), "chat template is broken"),
    "random": (write(random.Random(5).randbytes(100_000)), "it does not begin with GGUF"),
    "zeros": (write(b"\0" * 100_000), "it does not begin with GGUF"),
    "only magic": (write(b"GGUF"), "is cut short: it ends inside its header"),
    "empty": (write(b""), "it does not begin with GGUF"),
    "text": (write("한글 파일".encode()), "it does not begin with GGUF"),
    "missing": (bad_files.missing, "can't be read (No such file or directory)"),
    "directory": (bad_files.directory, "is not a file: name a .gguf file"),
}


class TestFileThatIsNoModel:
    """One worker for all of them: it has to survive each."""

    pytestmark = pytest.mark.asyncio(loop_scope="class")

    @pytest_asyncio.fixture(loop_scope="class", scope="class")
    async def client(self, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[HostedClient]:
        log = tmp_path_factory.mktemp("faults") / "model.log"
        hosted = HostedClient(log=log, threads=1)
        yield hosted
        await hosted.close()

    @pytest.mark.parametrize("name", BROKEN)
    async def test_is_refused_in_one_line(
        self, client: HostedClient, smollm: Path, tmp_path: Path, name: str
    ) -> None:
        make, reason = BROKEN[name]
        bad = tmp_path / "bad\n\x1b[2J.gguf"
        make(smollm, bad)
        with pytest.raises(BadModel) as error:
            await client.load(bad)
        message = one_line(error)
        assert reason in message
        assert "bad [2J.gguf" in message or "chat template" in message
        with pytest.raises(NoModel):
            await client.choose(TALK, ["Yes"])

    @pytest.mark.parametrize("seed", range(6))
    async def test_damage_anywhere_is_a_model_or_one_line(
        self, client: HostedClient, smollm: Path, tmp_path: Path, seed: int
    ) -> None:
        bad = tmp_path / "bad.gguf"
        damaged(noise(seed))(smollm, bad)
        [outcome] = await asyncio.gather(client.load(bad, n_ctx=256), return_exceptions=True)
        assert isinstance(outcome, ModelInfo | ModelError)
        assert str(outcome).isprintable()

    async def test_and_then_a_good_one_loads(self, client: HostedClient, smollm: Path) -> None:
        await client.load(smollm, n_ctx=512)
        assert (await gather(client.chat(TALK, Sampling(max_tokens=4)))).text


PARENT = """
import asyncio, sys
from pathlib import Path
from tutor.llm.hosted import HostedClient
from tutor.llm.protocol import Message

async def main():
    client = HostedClient(log=Path(sys.argv[2]), threads=1)
    await client.load(Path(sys.argv[1]), n_ctx=2048)
    print((await client.status()).worker_pid, flush=True)
    await client.prefill([Message("user", "word " * 1900)])
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_the_worker_ends_with_its_parent(smollm: Path, tmp_path: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PARENT, str(smollm), str(tmp_path / "log")),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert parent.stdout is not None
    worker = int(await parent.stdout.readline())
    assert not gone(worker)
    parent.kill()
    await parent.wait()
    await until(lambda: gone(worker))
