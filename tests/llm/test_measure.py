"""Measuring a model through its client: what is counted, what is timed, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tutor.llm import measure
from tutor.llm.protocol import Capability, Message
from tutor.llm.scripted import EVERYTHING, ScriptedClient

SECONDS = 0.5


class Clock:
    """Half a second later every time it is looked at."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += SECONDS
        return self.now


def without(*missing: Capability) -> ScriptedClient:
    return ScriptedClient(("one two three four five",), capabilities=EVERYTHING - set(missing))


def asked(client: ScriptedClient, call: str) -> list[Sequence[Message]]:
    return [request.messages for request in client.requests if request.call == call]


async def test_a_lesson_is_about_as_long_as_asked_and_begins_with_what_nobody_knows() -> None:
    client = ScriptedClient()
    text = await measure.lesson(client, "7f3a", 600)
    assert text.startswith("7f3a Water is never used up;")
    assert len(await client.tokenize(text)) == pytest.approx(600, rel=0.1)
    assert len((await measure.lesson(client, "x", 20_000)).encode()) == pytest.approx(
        20_000, rel=0.1
    )


async def test_where_tokens_cannot_be_counted_their_number_is_taken_from_the_words() -> None:
    text = await measure.lesson(without("tokenize"), "x", 600)
    assert len(text.split()) == 400


async def test_prompt_speed_is_the_prompts_tokens_by_the_time_to_the_first_of_the_answer() -> None:
    client = ScriptedClient()
    speed = await measure.prompt_speed(client, "x" * 300, clock=Clock())
    assert speed == 300 / SECONDS
    assert asked(client, "complete") == [(Message("user", "x" * 300),)]


async def test_generation_speed_counts_the_tokens_after_the_first() -> None:
    client = ScriptedClient(("one two three four five",))
    assert await measure.generation_speed(client, 3, clock=Clock()) == 2 / SECONDS


async def test_an_answer_that_ends_early_is_counted_by_its_text() -> None:
    client = ScriptedClient(("abcdef",))
    assert await measure.generation_speed(client, 64, clock=Clock()) == 5 / SECONDS
    short = ScriptedClient(("abcdef",), capabilities=EVERYTHING - {"tokenize"})
    assert await measure.generation_speed(short, 64, clock=Clock()) is None


async def test_a_client_that_only_chats_is_measured_by_chat() -> None:
    client = without("complete")
    assert await measure.generation_speed(client, 3, clock=Clock()) == 2 / SECONDS
    assert len(asked(client, "chat")) == 1


@pytest.mark.parametrize("prefilled", [False, True])
async def test_first_token_after_a_lesson_that_was_read_or_not(prefilled: bool) -> None:
    client = ScriptedClient()
    seconds = await measure.first_token(client, "A lesson.", prefilled=prefilled, clock=Clock())
    assert seconds == SECONDS
    lesson = Message("system", "A lesson.")
    assert asked(client, "prefill") == ([(lesson,)] if prefilled else [])
    [talk] = asked(client, "chat")
    assert talk[0] == lesson
    assert talk[1].role == "user"


async def test_what_a_client_does_not_declare_is_not_asked() -> None:
    client = without("complete", "chat", "prefill", "tokenize")
    assert await measure.prompt_speed(client, "x") is None
    assert await measure.generation_speed(client) is None
    assert await measure.first_token(client, "x", prefilled=False) is None
    assert await measure.first_token(without("prefill"), "x", prefilled=True) is None
    assert client.requests == []
