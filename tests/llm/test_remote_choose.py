"""How likely continuations are, by whatever a server tells of it."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from tests.llm.fake_server import Call, likely, ordinary, reply, says
from tests.llm.remote_bench import TALK, remote_and_fake
from tests.llm.seen import one_line
from tutor.llm.protocol import Continuation, PromptTooLong, Unreachable

NOMINAL = [math.log(0.9), math.log(0.1)]


def logprobs(chosen: list[Continuation]) -> list[float]:
    return [round(each.logprob, 4) for each in chosen]


def answers(call: Call) -> Any:
    """`{"answer": "No"}`, where a schema was given."""
    return reply(json.dumps({"answer": "No"}) if "response_format" in call.body else "No, sir.")


async def test_the_list_of_the_first_token_is_read() -> None:
    async with remote_and_fake() as (client, fake, _):
        fake.will(says(reply("Yes", logprobs=likely({"Yes": -0.5, "No": -1.5, "Oh": -3.0}))))
        chosen = await client.choose(TALK, ["No", "Yes", "No"])
        assert logprobs(chosen) == [-1.5, -0.5, -1.5]
        assert [each.text for each in chosen] == ["No", "Yes", "No"]
        body = fake.asked[0].body
        assert (body["max_tokens"], body["temperature"]) == (1, 0.0)
        assert (body["logprobs"], body["top_logprobs"]) == (True, 20)


async def test_what_begins_alike_is_looked_at_further() -> None:
    async with remote_and_fake() as (client, fake, _):
        listed = likely({"No": -0.1, "Yes": -2.4}, {" idea": -0.2, ".": -1.8})
        fake.will(says(reply("No idea", logprobs=listed)))
        chosen = await client.choose(TALK, ["No", "No idea", "Yes"])
        assert chosen[1].logprob > chosen[0].logprob > chosen[2].logprob
        assert fake.asked[0].body["max_tokens"] == 3
        assert [each.tokens for each in chosen] == [2, 2, 1]


async def test_an_empty_continuation_is_certain() -> None:
    async with remote_and_fake() as (client, fake, _):
        assert await client.choose(TALK, [""]) == [Continuation("", 0.0, 1)]
        assert await client.choose(TALK, []) == []
        assert fake.asked == []


async def test_a_shorter_list_is_asked_for_where_a_long_one_is_refused() -> None:
    async def short(call: Call) -> None:
        if call.path == "/v1/models":
            await ordinary(call)
        elif call.body["top_logprobs"] > 5:
            await call.answer({"error": "top_logprobs must be at most 5"}, 400)
        else:
            await call.answer(reply("Yes", logprobs=likely({"Yes": -0.5, "No": -1.5})))

    async with remote_and_fake(short) as (client, fake, _):
        for _ in range(2):
            assert logprobs(await client.choose(TALK, ["Yes", "No"])) == [-0.5, -1.5]
        assert fake.asked[-2].body["top_logprobs"] == 5
        assert fake.asked[-1].body["top_logprobs"] == 5


@pytest.mark.parametrize(
    ("status", "told"), [(200, None), (400, "logprobs is unknown"), (500, "logprobs not supported")]
)
async def test_without_log_probabilities_the_answer_is_constrained(status: int, told: Any) -> None:
    async def terse(call: Call) -> None:
        if call.path == "/v1/models":
            await ordinary(call)
        elif "logprobs" in call.body and told:
            await call.answer({"error": {"message": told}}, status)
        else:
            await call.answer(answers(call))

    async with remote_and_fake(terse) as (client, fake, waits):
        for _ in range(2):
            chosen = await client.choose(TALK, ["Yes", "No"])
            assert [each.logprob for each in chosen] == pytest.approx(NOMINAL[::-1])
        assert waits == []
        assert "logprobs" not in fake.asked[-1].body
        schema = fake.asked[-1].body["response_format"]["json_schema"]["schema"]
        assert schema["properties"]["answer"]["enum"] == ["Yes", "No"]
        before = len(fake.asked)
        await client.choose(TALK, ["Yes", "No"])
        assert len(fake.asked) == before + 1


async def test_without_schemas_too_the_answers_beginning_is_read() -> None:
    async def simple(call: Call) -> None:
        if call.path == "/v1/models":
            await ordinary(call)
        elif "response_format" in call.body or "logprobs" in call.body:
            await call.answer({"error": {"message": "unknown field"}}, 422)
        else:
            await call.answer(reply("  no, not at all"))

    async with remote_and_fake(simple) as (client, fake, _):
        for _ in range(2):
            chosen = await client.choose(TALK, ["Yes", "No"])
            assert [each.logprob for each in chosen] == pytest.approx(NOMINAL[::-1])
        assert "response_format" not in fake.asked[-1].body


async def test_an_answer_that_is_none_of_them_is_an_error() -> None:
    async with remote_and_fake() as (client, _, _):
        with pytest.raises(Unreachable) as refused:
            await client.choose(TALK, ["Yes", "No"])
        assert "none of the answers asked for" in one_line(refused)


async def test_what_was_refused_for_another_reason_is_not_remembered() -> None:
    async with remote_and_fake() as (client, fake, _):
        fake.will(says({"error": {"message": "maximum context length is 8"}}, 400))
        with pytest.raises(PromptTooLong):
            await client.choose(TALK, ["Yes", "No"])
        fake.will(*[says({"error": "not today"}, 400)] * 20)
        with pytest.raises(Unreachable, match="not today"):
            await client.choose(TALK, ["Yes", "No"])
        fake.script.clear()
        fake.will(says(reply("Yes", logprobs=likely({"Yes": -0.5, "No": -1.5}))))
        assert logprobs(await client.choose(TALK, ["Yes", "No"])) == [-0.5, -1.5]


NEXT = {
    "2 +": {" 2": -0.1, " two": -3.0},
    "2 + 2": {" =": -0.2, " equals": -2.0, " is": -2.5},
    "2 + 2 equals": {" four": -0.3},
}


async def continued(call: Call) -> None:
    """Raw completions, as servers of old list their tokens."""
    if call.path == "/v1/models":
        await ordinary(call)
        return
    top = NEXT.get(call.body["prompt"], {"?": -1.0})
    said, logprob = next(iter(top.items()))
    told = {"tokens": [said], "token_logprobs": [logprob], "top_logprobs": [top]}
    await call.answer({"choices": [{"text": said, "logprobs": told}]})


async def test_after_a_text_each_token_is_forced_in_turn() -> None:
    async with remote_and_fake(continued) as (client, fake, _):
        texts = [" 2 equals four", " 2 =", " 2 is not", " 3"]
        chosen = await client.choose("2 +", texts)
        assert logprobs(chosen)[:2] == [-2.4, -0.3]
        assert [each.tokens for each in chosen] == [3, 2, 3, 1]
        assert chosen[2].logprob == pytest.approx(-2.6 - 1.0)
        assert chosen[3].logprob == pytest.approx(math.log(1 - math.exp(-0.1) - math.exp(-3.0)))
        prompts = [call.body["prompt"] for call in fake.asked]
        assert prompts == ["2 +", "2 + 2", "2 + 2 equals", "2 + 2 is"]
        assert {call.body["max_tokens"] for call in fake.asked} == {1}


async def test_llama_server_lists_the_tokens_of_a_text_as_those_of_a_chat() -> None:
    async with remote_and_fake() as (client, fake, _):
        listed = likely({" 2": -0.5, " two": -1.0})
        fake.will(says({"choices": [{"text": " 2", "logprobs": listed}]}))
        assert logprobs(await client.choose("2 +", [" two"])) == [-1.0]


async def test_a_long_continuation_is_followed_for_sixteen_tokens() -> None:
    async def letter(call: Call) -> None:
        if call.path == "/v1/models":
            await ordinary(call)
        else:
            listed = likely({"a": -0.5})
            await call.answer({"choices": [{"text": "a", "logprobs": listed}]})

    async with remote_and_fake(letter) as (client, fake, _):
        [chosen] = await client.choose("b", ["a" * 100])
        assert (chosen.logprob, chosen.tokens) == (-8.0, 16)
        assert len(fake.asked) == 16


async def test_half_a_character_is_the_end_of_it() -> None:
    async with remote_and_fake() as (client, fake, _):
        top = [{"token": "\ufffd", "bytes": [0xED, 0x95], "logprob": -0.7}]
        listed = {"content": [{"token": "\ufffd", "logprob": -0.7, "top_logprobs": top}]}
        fake.will(says({"choices": [{"text": "", "logprobs": listed}]}))
        [chosen] = await client.choose("말: ", ["한국"])
        assert (chosen.logprob, chosen.tokens) == (-0.7, 1)


async def test_a_text_without_log_probabilities_is_just_continued() -> None:
    async def plain(call: Call) -> None:
        if call.path == "/v1/models":
            await ordinary(call)
        else:
            await call.answer({"choices": [{"text": " four.", "finish_reason": "stop"}]})

    async with remote_and_fake(plain) as (client, _, _):
        chosen = await client.choose("2 + 2 =", [" four", " five", " f"])
        assert [math.exp(each.logprob) for each in chosen] == pytest.approx([0.9, 0.05, 0.05])
