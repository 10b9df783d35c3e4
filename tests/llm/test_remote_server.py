"""The remote client with a real server, beside the same model in the worker."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.llm import server
from tests.llm.contract import COUNTING, TALK
from tests.llm.seen import one_line
from tutor.llm.hosted import HostedClient
from tutor.llm.protocol import BadModel, Message, PromptTooLong, Sampling, gather
from tutor.llm.remote import RemoteClient

LONG = "apples, pears, " * 800


@pytest.fixture
async def remote(real_server: str) -> AsyncIterator[RemoteClient]:
    client = RemoteClient(real_server)
    await client.load()
    yield client
    await client.close()


@pytest.mark.parametrize(
    ("prompt", "texts"),
    [(TALK, ["The", "A", "I"]), (COUNTING, [" four", " and", " five, six"])],
    ids=["talk", "text"],
)
async def test_it_finds_a_continuation_as_likely_as_the_worker_does(
    remote: RemoteClient, loaded: HostedClient, prompt: str | list[Message], texts: list[str]
) -> None:
    there = await remote.choose(prompt, texts)
    here = await loaded.choose(prompt, texts)
    assert [c.logprob for c in there] == pytest.approx([c.logprob for c in here], abs=0.2)


async def test_a_prompt_that_is_too_long_is_said_to_be(remote: RemoteClient) -> None:
    said = "that is too long for the model on"
    long = [Message("user", LONG)]
    with pytest.raises(PromptTooLong, match=said):
        await gather(remote.chat(long, Sampling(max_tokens=4)))
    with pytest.raises(PromptTooLong, match=said):
        await gather(remote.complete(LONG, Sampling(max_tokens=4)))
    with pytest.raises(PromptTooLong, match=said):
        await remote.choose(long, ["Yes", "No"])


async def test_a_model_that_it_has_not(real_server: str) -> None:
    client = RemoteClient(real_server)
    with pytest.raises(BadModel) as refused:
        await client.load("smollm2-1.7b")
    assert f"such as {server.NAME}" in one_line(refused)
    await client.close()


async def test_without_log_probabilities_it_chooses_by_a_constrained_answer(
    smollm: Path, tmp_path: Path
) -> None:
    with server.served(smollm, tmp_path / "log", logprobs=False) as url:
        client = RemoteClient(url)
        await client.load()
        for prompt in (TALK, COUNTING):
            texts = ["Blue", "Red"] if prompt is TALK else [" four", " nine"]
            chosen = await client.choose(prompt, texts)
            assert sorted(math.exp(c.logprob) for c in chosen) == pytest.approx([0.1, 0.9])
        await client.close()
