from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

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
