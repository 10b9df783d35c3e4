"""What servers differ in, found out by trying."""

from __future__ import annotations

import pytest

from tests.llm.fake_server import Call, fake_server, ordinary, streams
from tests.llm.remote_bench import TALK, hello, remote_and_fake
from tutor.llm.protocol import BadModel, Message, NoModel, Sampling, Unsupported, gather
from tutor.llm.remote import RemoteClient


async def test_what_goes_beyond_the_interface_is_left_out_where_it_is_refused() -> None:
    async def strict(call: Call) -> None:
        if call.body is not None and "top_k" in call.body:
            await call.answer({"error": {"message": "Unrecognized request argument"}}, 400)
        else:
            await ordinary(call)

    async with remote_and_fake(strict) as (client, fake, _):
        assert [await hello(client), await hello(client)] == ["Hello.", "Hello."]
        assert ["top_k" in call.body for call in fake.asked] == [True, False, False]
        fields = {"model", "messages", "max_tokens", "temperature", "top_p", "seed", "stream"}
        assert set(fake.asked[-1].body) == fields


@pytest.mark.parametrize(
    ("taken", "styles"),
    [
        ("json_schema", ["json_schema", "json_schema"]),
        ("json_object", ["json_schema", "json_schema", "json_object", "json_object"]),
    ],
)
async def test_how_a_server_wants_to_be_told_a_schema(taken: str, styles: list[str]) -> None:
    async def picky(call: Call) -> None:
        if call.body is not None and call.body["response_format"]["type"] != taken:
            await call.answer({"error": {"message": "1 validation error: response_format"}}, 500)
        else:
            await ordinary(call)

    async with remote_and_fake(picky) as (client, fake, waits):
        kept = Sampling(json_schema='{"type": "object"}')
        for _ in range(2):
            await gather(client.chat(TALK, kept))
        assert [call.body["response_format"]["type"] for call in fake.asked] == styles
        last = fake.asked[-1].body["response_format"]
        assert last.get("schema") or last["json_schema"]["schema"] == {"type": "object"}
        assert waits == []


async def test_a_schema_constrains_chats_only() -> None:
    async with remote_and_fake() as (client, fake, _):
        with pytest.raises(Unsupported) as refused:
            await gather(client.complete("x", Sampling(json_schema="{}")))
        assert str(refused.value) == "the remote client has no 'json_schema without a chat'"
        assert fake.asked == []


async def test_halves_of_characters_do_no_harm() -> None:
    async with remote_and_fake() as (client, fake, _):
        fake.will(streams(r'{"choices": [{"delta": {"content": "한"}, "finish_reason": "stop"}]}'))
        turn = [Message("user", "\ud800 half")]
        assert (await gather(client.chat(turn, Sampling(stop=("\udfff",))))).text == "한"
        assert fake.asked[0].body["messages"][0]["content"] == "? half"


async def test_another_load_takes_another_model() -> None:
    async def two(call: Call) -> None:
        if call.path == "/v1/models":
            await call.answer({"data": [{"id": "m"}, {"id": "n"}]})
        else:
            await ordinary(call)

    async with fake_server(two) as fake:
        client = RemoteClient(fake.url, "m")
        assert (await client.load()).name == "m"
        assert (await client.load("n")).name == "n"
        assert await hello(client) == "Hello."
        assert fake.asked[0].body["model"] == "n"
        with pytest.raises(BadModel):
            await client.load("o")
        with pytest.raises(NoModel):
            await hello(client)
        await client.close()
