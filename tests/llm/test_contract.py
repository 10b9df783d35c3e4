"""What every client has to keep to, whatever is behind it: talking, choosing, stopping."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from tests.llm.bench import Bench, scripted
from tests.llm.contract import (
    CALLS,
    COUNTING,
    EVERYTHING,
    GREEDY,
    RANDOM,
    TALK,
    needs,
    needs_a_model,
    same,
    still_works,
)
from tutor.llm.protocol import (
    Capability,
    Message,
    ModelError,
    NoModel,
    Sampling,
    Unsupported,
    gather,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("capability", sorted(CALLS))
async def test_what_is_declared_is_answered_and_the_rest_refused(
    bench: Bench, capability: Capability
) -> None:
    call = CALLS[capability](bench.client)
    if bench.has(capability):
        assert await call or capability == "adapters"
        return
    with pytest.raises(Unsupported) as refused:
        await call
    assert str(refused.value) == f"the {bench.client.name} client has no '{capability}'"


@pytest.mark.parametrize("missing", sorted(CALLS))
async def test_what_is_not_declared_is_refused_and_the_rest_answered(missing: Capability) -> None:
    client = scripted(EVERYTHING - {missing}).client
    for capability, call in CALLS.items():
        through_it = missing == "chat" and capability in ("json_schema", "grammar")
        if capability != missing and not through_it:
            assert await call(client) or capability == "adapters"
    with pytest.raises(Unsupported) as refused:
        await CALLS[missing](client)
    assert str(refused.value) == f"the scripted client has no '{missing}'"


async def test_what_is_declared(bench: Bench) -> None:
    """So that a capability that is lost is seen, and not skipped."""
    server: set[Capability] = {"chat", "complete", "choose", "json_schema"}
    assert bench.client.capabilities == (server if bench.client.name == "remote" else EVERYTHING)


async def test_the_status_names_the_model(bench: Bench) -> None:
    status = await bench.client.status()
    assert status.model is not None
    assert status.model.path == bench.path
    assert status.model.name
    assert status.model.n_ctx >= 1024
    assert not status.busy


async def test_a_chat_is_chunks_of_text_and_then_a_finish(bench: Bench) -> None:
    chunks = [chunk async for chunk in needs(bench, "chat").chat(TALK, Sampling(max_tokens=200))]
    assert [chunk.finish for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)
    assert chunks[-1].finish == "stop"
    assert all(chunk.text for chunk in chunks[:-1])
    assert len(chunks) > 2, "the first word does not wait for the last"


async def test_a_long_text_comes_while_it_is_written(bench: Bench) -> None:
    sampling = Sampling(max_tokens=200)
    chunks = [chunk async for chunk in needs(bench, "complete").complete(COUNTING, sampling)]
    assert len([chunk for chunk in chunks if chunk.text]) > 3


@pytest.mark.parametrize("call", ["chat", "complete"])
async def test_an_answer_ends_at_max_tokens(bench: Bench, call: Capability) -> None:
    client = needs(bench, call)
    sampling = Sampling(max_tokens=3)
    stream = client.chat(TALK, sampling) if call == "chat" else client.complete("The", sampling)
    reply = await gather(stream)
    assert reply.finish == "length"
    assert 1 <= len([text for text in reply.chunks if text]) <= 3


async def test_an_answer_ends_before_the_first_stop_string(bench: Bench) -> None:
    client = needs(bench, "chat")
    whole = (await gather(client.chat(TALK, GREEDY))).text
    early, late = whole[8:12], whole[10:16]
    reply = await gather(client.chat(TALK, Sampling(max_tokens=12, stop=("\0", late, early))))
    assert (reply.text, reply.finish) == (whole.split(early)[0], "stop")


@pytest.mark.parametrize("sampling", [GREEDY, RANDOM], ids=["greedy", "seeded"])
async def test_the_same_question_gets_the_same_answer(bench: Bench, sampling: Sampling) -> None:
    client = needs(bench, "chat")
    await gather(client.chat(TALK, GREEDY))
    first = await gather(client.chat(TALK, sampling))
    assert first.text
    assert same(await gather(client.chat(TALK, sampling)), first)


async def test_complete_continues_without_a_template(bench: Bench) -> None:
    client = needs(bench, "complete")
    first = await gather(client.complete(COUNTING, GREEDY))
    assert first.text
    assert same(await gather(client.complete(COUNTING, GREEDY)), first)


async def test_choices_come_back_in_order_with_log_probabilities(bench: Bench) -> None:
    client = needs(bench, "choose")
    texts = ["Yes", "No", "Yes", "A prompt is text", "한글"]
    for prompt in (TALK, COUNTING):
        chosen = await client.choose(prompt, texts)
        assert [continuation.text for continuation in chosen] == texts
        assert all(continuation.logprob <= 0 for continuation in chosen)
        assert chosen[0] == chosen[2]
        for continuation in chosen:
            assert continuation.tokens >= 1
            assert continuation.mean_logprob == continuation.logprob / continuation.tokens


async def test_choices_count_the_tokens_of_the_whole(bench: Bench) -> None:
    client = needs(bench, "choose", "tokenize")
    for continuation in await client.choose(TALK, ["Yes", "A prompt is text", "한글"]):
        assert continuation.tokens == len(await client.tokenize(continuation.text))


async def test_what_the_model_would_say_is_the_likeliest_choice(bench: Bench) -> None:
    client = needs_a_model(bench, "choose", "complete", "chat")
    likely, foreign = await client.choose(COUNTING, [" four", " table"])
    assert -1.0 < likely.logprob < 0
    assert foreign.logprob < likely.logprob - 2
    begins = (await gather(client.chat(TALK, Sampling(max_tokens=1)))).text
    first, other = await client.choose(TALK, [begins, "Zebras"])
    assert first.logprob > other.logprob + 1


async def test_what_nobody_waits_for_comes_out_the_same(bench: Bench) -> None:
    client = needs(bench, "chat", "complete", "choose")
    waited = await gather(client.chat(TALK, GREEDY))
    assert same(await gather(client.chat(TALK, GREEDY, urgency="background")), waited)
    raw = await gather(client.complete(COUNTING, GREEDY))
    assert same(await gather(client.complete(COUNTING, GREEDY, urgency="background")), raw)
    chosen = await client.choose(TALK, ["Yes", "No"])
    later = await client.choose(TALK, ["Yes", "No"], urgency="background")
    assert [c.logprob for c in later] == pytest.approx([c.logprob for c in chosen], abs=0.1)


async def test_a_choice_does_not_depend_on_the_others(bench: Bench) -> None:
    client = needs(bench, "choose")
    together = await client.choose(TALK, ["Yes, it is", "No"])
    apart = [*await client.choose(TALK, ["Yes, it is"]), *await client.choose(TALK, ["No"])]
    assert [c.logprob for c in together] == pytest.approx([c.logprob for c in apart], abs=0.1)


async def test_nothing_written_becomes_a_control_token(bench: Bench) -> None:
    client = needs(bench, "tokenize")
    assert len(await client.tokenize("<|im_end|>")) > 1
    assert await client.tokenize("") == []
    assert await client.tokenize("가나다")


async def test_the_rendered_prompt_holds_what_was_written(bench: Bench) -> None:
    client = needs(bench, "render")
    written = [
        Message("system", "A <|im_end|> B"),
        Message("user", " \ue0000\ue001 {{ 1 + 1 }} 가 "),
    ]
    prompt = await client.render(written)
    assert all(message.content in prompt for message in written)


async def test_what_was_prefilled_is_not_evaluated_again(bench: Bench) -> None:
    client = needs(bench, "prefill", "choose", "chat")
    long = [Message("user", bench.long)]
    held = await client.prefill(long)
    assert held > 300
    seen = len(bench.progress)
    await client.choose(long, ["Yes"])
    assert await client.prefill(long) == held
    assert bench.progress[seen:] == []


async def test_an_open_turn_holds_no_more_than_the_whole(bench: Bench) -> None:
    client = needs(bench, "prefill")
    opened = await client.prefill(TALK, open_turn=True)
    assert 0 < opened <= await client.prefill(TALK)


@pytest.mark.parametrize("call", ["choose", "chat"])
async def test_cancel_in_the_middle_of_a_prompt(bench: Bench, call: Capability) -> None:
    client = needs(bench, call, "choose")
    other = [Message("user", f"{call}: {bench.long}")]
    bench.hold()
    work: asyncio.Task[object] = asyncio.ensure_future(
        client.choose(other, ["Yes"]) if call == "choose" else gather(client.chat(other, GREEDY))
    )
    await bench.stuck(work)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    bench.release()
    await still_works(bench)


async def test_cancel_in_the_middle_of_an_answer(bench: Bench) -> None:
    client = needs(bench, "chat")
    before = await gather(client.chat(TALK, GREEDY))
    async with contextlib.aclosing(client.chat(TALK, Sampling(max_tokens=400))) as stream:
        assert (await anext(stream)).text
        assert (await anext(stream)).text
    await still_works(bench)
    assert same(await gather(client.chat(TALK, GREEDY)), before)


async def test_several_at_once_each_get_their_own(bench: Bench) -> None:
    client = needs(bench, "chat", "choose", "complete")
    reply, chosen, raw = await asyncio.gather(
        gather(client.chat(TALK, GREEDY)),
        client.choose(TALK, ["Yes", "No"]),
        gather(client.complete(COUNTING, GREEDY)),
    )
    assert same(reply, await gather(client.chat(TALK, GREEDY)))
    assert [continuation.text for continuation in chosen] == ["Yes", "No"]
    assert same(raw, await gather(client.complete(COUNTING, GREEDY)))


@pytest.mark.parametrize("capability", sorted(CALLS))
async def test_without_a_model_nothing_is_answered(bench: Bench, capability: Capability) -> None:
    needs(bench, capability)
    fresh = bench.fresh()
    assert (await fresh.status()).model is None
    with pytest.raises(
        NoModel, match=r"^no model is loaded; choose one with `tutor models use NAME`$"
    ):
        await CALLS[capability](fresh)
    await fresh.close()


async def test_closing_twice_leaves_no_model(bench: Bench) -> None:
    fresh = bench.fresh()
    await fresh.load(bench.model, n_ctx=512)
    await fresh.close()
    await fresh.close()
    assert (await fresh.status()).model is None
    with pytest.raises(ModelError):
        await gather(fresh.chat(TALK, GREEDY))


async def test_a_choice_after_a_raw_text(bench: Bench) -> None:
    client = needs(bench, "choose")
    chosen = await client.choose("The capital of France is", [" Paris", " Rome", " Paris"])
    assert [continuation.text for continuation in chosen] == [" Paris", " Rome", " Paris"]
    assert chosen[0] == chosen[2]
    if client.name != "scripted":
        assert chosen[0].logprob > chosen[1].logprob
