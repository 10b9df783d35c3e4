"""What the contract's tests ask every client, and what they share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import get_args

import msgspec
import pytest

from tests.llm.bench import Bench
from tutor.llm.protocol import Capability, Client, Message, Reply, Sampling, TokenChoice, gather

EVERYTHING: frozenset[Capability] = frozenset(get_args(Capability))

TALK = [Message("system", "You are terse."), Message("user", "Name a colour.")]
COUNTING = "One, two, three,"
KOREAN = "안녕하세요. 오늘 날씨가"
GREEDY = Sampling(max_tokens=12)
RANDOM = Sampling(max_tokens=12, temperature=0.9, seed=11)
SCHEMA = {
    "type": "object",
    "properties": {
        "colour": {"type": "string", "enum": ["red", "blue"]},
        "sure": {"type": "boolean"},
    },
    "required": ["colour", "sure"],
    "additionalProperties": False,
}
IN_JSON = Sampling(max_tokens=60, json_schema=msgspec.json.encode(SCHEMA).decode())
JSON = [Message("user", "Name a colour, in JSON.")]
IN_ONE_WORD = Sampling(max_tokens=10, grammar='root ::= "yes" | "no"')
YES_NO = [Message("user", "Is water wet? Answer yes or no.")]


async def _no_adapters(client: Client) -> bool:
    await client.adapters([])
    return True


CALLS: dict[Capability, Callable[[Client], Awaitable[object]]] = {
    "chat": lambda client: gather(client.chat(TALK, GREEDY)),
    "complete": lambda client: gather(client.complete("A prompt is", GREEDY)),
    "choose": lambda client: client.choose(TALK, ["Yes", "No"]),
    "next_tokens": lambda client: client.next_tokens(TALK),
    "hidden": lambda client: client.hidden(TALK),
    "adapters": _no_adapters,
    "json_schema": lambda client: gather(client.chat(JSON, IN_JSON)),
    "grammar": lambda client: gather(client.chat(YES_NO, IN_ONE_WORD)),
    "prefill": lambda client: client.prefill(TALK),
    "tokenize": lambda client: client.tokenize("A prompt"),
    "render": lambda client: client.render(TALK),
}


def needs(bench: Bench, *capabilities: Capability) -> Client:
    """The client; there is nothing to test when it declares less."""
    for capability in capabilities:
        if not bench.has(capability):
            pytest.skip(f"{bench.client.name} does not declare {capability}")
    return bench.client


def needs_a_model(bench: Bench, *capabilities: Capability) -> Client:
    """The client; there is nothing to test when nothing but a script is behind it."""
    if bench.client.name == "scripted":
        pytest.skip("a script has no weights")
    return needs(bench, *capabilities)


def same(one: Reply, other: Reply) -> bool:
    """How a text is cut into pieces is a matter of time, and no part of it."""
    return (one.text, one.finish) == (other.text, other.finish)


def logprobs(tokens: list[TokenChoice]) -> dict[int, float]:
    return {token.id: token.logprob for token in tokens}


async def still_works(bench: Bench) -> None:
    """The client is idle and answers."""
    assert not (await bench.client.status()).busy
    assert (await gather(bench.client.chat(TALK, Sampling(max_tokens=2)))).text
