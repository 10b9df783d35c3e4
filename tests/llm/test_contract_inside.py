"""What every client has to keep to that lets one look inside the model, change it, or bind what it says."""

from __future__ import annotations

import math
from pathlib import Path

import msgspec
import pytest

from tests.llm.bench import Bench
from tests.llm.contract import (
    COUNTING,
    IN_JSON,
    IN_ONE_WORD,
    JSON,
    KOREAN,
    TALK,
    YES_NO,
    logprobs,
    needs,
    needs_a_model,
    same,
    still_works,
)
from tests.llm.lora import write_lora
from tests.llm.seen import one_line
from tutor.llm.protocol import Adapter, BadModel, Lane, ModelError, Prompt, Sampling, gather

pytestmark = pytest.mark.asyncio(loop_scope="module")

BAD_GRAMMARS = ("", "{{{", "root ::= other", 'root ::= ("a"', 'root ::= root "a"', 'leaf ::= "a"')


class Colour(msgspec.Struct, forbid_unknown_fields=True):
    """What a reply kept to the contract's schema is."""

    colour: str
    sure: bool


@pytest.mark.parametrize("prompt", [TALK, COUNTING], ids=["talk", "text"])
async def test_the_next_tokens_are_the_likeliest_in_order(bench: Bench, prompt: Prompt) -> None:
    client = needs(bench, "next_tokens")
    ten = await client.next_tokens(prompt, 10)
    assert len({token.id for token in ten}) == 10
    assert [t.logprob for t in ten] == sorted((t.logprob for t in ten), reverse=True)
    assert all(token.logprob <= 0 and token.data for token in ten)
    assert 0 < sum(math.exp(token.logprob) for token in ten) <= 1.0
    few = await client.next_tokens(prompt, 3)
    assert [token.id for token in few] == [token.id for token in ten[:3]]
    assert await client.next_tokens(prompt, 0) == []


async def test_the_likeliest_token_is_what_it_says_next(bench: Bench) -> None:
    client = needs_a_model(bench, "next_tokens", "complete", "chat", "choose")
    one = Sampling(max_tokens=1)
    [first] = await client.next_tokens(COUNTING, 1)
    assert first.text == (await gather(client.complete(COUNTING, one))).text
    [begun] = await client.next_tokens(TALK, 1)
    assert begun.text == (await gather(client.chat(TALK, one))).text
    [chosen] = await client.choose(COUNTING, [first.text])
    assert chosen.logprob == pytest.approx(first.logprob, abs=0.1)


async def test_half_a_syllable_is_shown_as_bytes(bench: Bench) -> None:
    client = needs(bench, "next_tokens")
    found = await client.next_tokens(KOREAN, 200)
    halves = [
        token
        for token in found
        if b"\xef\xbf\xbd" in token.data.decode("utf-8", "replace").encode()
    ]
    assert halves
    for token in halves:
        assert token.text == f"<{token.data.hex(' ').upper()}>"


async def test_the_hidden_state_is_the_prompts(bench: Bench) -> None:
    client = needs(bench, "hidden")
    status = await client.status()
    assert status.model is not None
    state = await client.hidden("Water boils.")
    assert len(state) == status.model.n_embd
    assert await client.hidden(TALK) != state
    assert await client.hidden("Water boils.") == pytest.approx(state, abs=0.2)
    assert await client.hidden("Dogs bark at night.") != pytest.approx(state, abs=0.2)


@pytest.mark.parametrize("heat", [0.0, 1.2])
async def test_a_schema_is_kept_to(bench: Bench, heat: float) -> None:
    client = needs(bench, "json_schema")
    sampling = msgspec.structs.replace(IN_JSON, temperature=heat, seed=5)
    reply = await gather(client.chat(JSON, sampling))
    assert reply.finish == "stop"
    assert msgspec.json.decode(reply.text, type=Colour).colour in ("red", "blue")
    assert same(await gather(client.chat(JSON, sampling)), reply)


@pytest.mark.parametrize("bad", ["{", "[]"])
async def test_a_schema_that_is_none_is_refused_in_one_line(bench: Bench, bad: str) -> None:
    client = needs_a_model(bench, "json_schema")
    with pytest.raises(ModelError) as refused:
        await gather(client.chat(JSON, Sampling(max_tokens=4, json_schema=bad)))
    assert one_line(refused).startswith("the JSON schema can't be used")
    await still_works(bench)


async def test_a_grammar_is_kept_to(bench: Bench) -> None:
    client = needs(bench, "grammar")
    for seed in range(3):
        hot = msgspec.structs.replace(IN_ONE_WORD, temperature=1.5, seed=seed)
        assert (await gather(client.chat(YES_NO, hot))).text in ("yes", "no")
    if bench.has("complete"):
        raw = await gather(client.complete("Answer yes or no:", IN_ONE_WORD))
        assert raw.text in ("yes", "no")


async def test_a_bad_grammar_is_refused_in_one_line(bench: Bench) -> None:
    client = needs_a_model(bench, "grammar")
    for bad in BAD_GRAMMARS:
        with pytest.raises(ModelError, match="not valid GBNF") as refused:
            await gather(client.chat(YES_NO, Sampling(max_tokens=4, grammar=bad)))
        one_line(refused)
    await still_works(bench)


async def test_an_adapter_goes_on_and_off_and_touches_its_lane_only(
    bench: Bench, tmp_path: Path
) -> None:
    client = needs_a_model(bench, "adapters", "next_tokens")

    async def asked(lane: Lane = "judge") -> dict[int, float]:
        return logprobs(await client.next_tokens(TALK, 20, lane=lane))

    path = str(write_lora(tmp_path / "adapter.gguf"))
    bare, other = await asked(), await asked("chat")
    await client.adapters([Adapter(path, 0.0)], lane="judge")
    assert await asked() == pytest.approx(bare, abs=1e-6)
    await client.adapters([Adapter(path, 1.0)], lane="judge")
    tuned = await asked()
    assert moved(bare, tuned) > 0.05
    await client.adapters([Adapter(path, 0.5)], lane="judge")
    assert 0.0 < moved(bare, await asked()) < moved(bare, tuned)
    assert await asked("chat") == pytest.approx(other, abs=1e-6)
    await client.adapters([], lane="judge")
    assert await asked() == bare


async def test_an_adapter_that_is_none_changes_nothing(bench: Bench, tmp_path: Path) -> None:
    client = needs_a_model(bench, "adapters", "next_tokens")
    good = write_lora(tmp_path / "good.gguf")
    cut, text = tmp_path / "cut.gguf", tmp_path / "text.gguf"
    cut.write_bytes(good.read_bytes()[:5000])
    text.write_text("no adapter")
    await client.adapters([Adapter(str(good), 1.0)])
    before = logprobs(await client.next_tokens(TALK, 20))
    for bad in (cut, text, tmp_path / "missing.gguf", tmp_path, Path(bench.path)):
        with pytest.raises(BadModel) as refused:
            await client.adapters([Adapter(str(bad), 1.0)])
        one_line(refused)
        assert logprobs(await client.next_tokens(TALK, 20)) == pytest.approx(before, abs=1e-6)
    await client.adapters([])
    await still_works(bench)


def moved(before: dict[int, float], after: dict[int, float]) -> float:
    """How far the likeliest token's log-probability went."""
    likeliest = max(before, key=lambda token: before[token])
    return abs(after[likeliest] - before[likeliest])
