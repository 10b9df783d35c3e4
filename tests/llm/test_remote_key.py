"""The key goes to the server it was given for, and nowhere else."""

from __future__ import annotations

import logging

import pytest

from tests.llm.fake_server import fake_server, says, streams
from tests.llm.remote_bench import KEY, hello, remote_and_fake
from tests.llm.seen import one_line
from tutor.llm.protocol import Unreachable
from tutor.llm.remote import RemoteClient


async def test_the_key_goes_to_its_server_and_into_no_message(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with remote_and_fake(key=f" {KEY}\n") as (client, fake, _):
        assert {call.headers["authorization"] for call in fake.calls} == {f"Bearer {KEY}"}
        fake.will(*[says({"error": f"the key {KEY} is over its limit"}, 400)] * 2)
        with pytest.raises(Unreachable) as refused:
            await hello(client)
        assert "the key … is over its limit" in one_line(refused)
        fake.will(says({}, 401))
        with pytest.raises(Unreachable, match="refuses the key: put another one into TUTOR_API"):
            await hello(client)
        assert KEY not in repr(vars(client)["_info"]) + str(await client.status())
    assert KEY not in caplog.text


@pytest.mark.parametrize("key", ["a b", "a\nb", "열쇠", "a\x00"])
async def test_a_key_that_no_header_can_carry(key: str) -> None:
    async with fake_server() as fake:
        client = RemoteClient(fake.url, key=key)
        with pytest.raises(Unreachable) as refused:
            await client.load()
        assert key not in one_line(refused)
        assert fake.calls == []


async def test_nothing_follows_a_server_that_points_elsewhere() -> None:
    async with fake_server() as other, remote_and_fake(key=KEY) as (client, fake, _):
        fake.will(says(b"", 307, Location=f"{other.url}/chat/completions"))
        with pytest.raises(Unreachable) as refused:
            await hello(client)
        assert f"sends on to {other.url}/chat/completions" in one_line(refused)
        assert other.calls == []


async def test_a_server_that_repeats_the_key_in_its_answer() -> None:
    async with remote_and_fake(key=KEY) as (client, fake, _):
        fake.will(streams({"error": {"message": f"{KEY} has no credit", "code": 400}}))
        with pytest.raises(Unreachable) as refused:
            await hello(client)
        assert "… has no credit" in one_line(refused)


async def test_no_proxy_stands_before_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    async with fake_server() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        async with remote_and_fake(key=KEY) as (client, _, _):
            assert await hello(client) == "Hello."
        assert proxy.calls == []
