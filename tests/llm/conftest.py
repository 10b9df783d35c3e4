from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.llm import server
from tests.llm.bench import Bench, hosted, remote, scripted
from tests.llm.contract import EVERYTHING
from tutor.llm.hosted import HostedClient

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[HostedClient]:
    """A client without a model yet, on one thread so that its answers are the same everywhere."""
    hosted = HostedClient(log=tmp_path / "model.log", threads=1)
    yield hosted
    await hosted.close()


@pytest.fixture
async def loaded(client: HostedClient, smollm: Path) -> HostedClient:
    """A client of the real SmolLM2-135M."""
    await client.load(smollm, n_ctx=1024)
    return client


@pytest.fixture(scope="session")
def real_server(smollm: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of a real server of SmolLM2-135M."""
    log = tmp_path_factory.mktemp("server") / "server.log"
    with server.served(smollm, log) as url:
        yield url


@pytest_asyncio.fixture(
    loop_scope="module",
    scope="module",
    params=[
        "scripted",
        pytest.param("hosted", marks=pytest.mark.model),
        pytest.param("remote", marks=pytest.mark.model),
    ],
)
async def bench(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Bench]:
    """Each client in turn, with a model in it."""
    match request.param:
        case "hosted":
            log = tmp_path_factory.mktemp("hosted") / "model.log"
            found = await hosted(request.getfixturevalue("smollm"), log)
        case "remote":
            found = await remote(request.getfixturevalue("real_server"), server.NAME)
        case _:
            found = scripted(EVERYTHING)
    yield found
    await found.client.close()
