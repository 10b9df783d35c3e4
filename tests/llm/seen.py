"""What a test can see of a client from outside."""

from __future__ import annotations

import pytest

from tutor.llm.hosted import HostedClient
from tutor.llm.protocol import ModelError


def one_line(error: pytest.ExceptionInfo[ModelError]) -> str:
    """The message, which has to be fit to be shown."""
    message = str(error.value)
    assert message
    assert message.isprintable()
    return message


async def is_down(client: HostedClient) -> bool:
    return (await client.status()).worker_pid is None


async def is_computing(client: HostedClient) -> bool:
    status = await client.status()
    return status.busy and status.model is not None


async def is_busy(client: HostedClient) -> bool:
    return (await client.status()).busy


async def has_model(client: HostedClient) -> bool:
    return (await client.status()).model is not None


async def has_another_worker(client: HostedClient, pid: int) -> bool:
    return (await client.status()).worker_pid not in (None, pid)
