"""What every client has to keep to, whatever is behind it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from tests.llm.bench import EVERYTHING, LONG, Bench, hosted, scripted
from tutor.llm.protocol import (
    Capability,
    Client,
    Message,
    ModelError,
    NoModel,
    Reply,
    Sampling,
    Unsupported,
    gather,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

TALK = [Message("system", "You are terse."), Message("user", "Name a colour.")]
GREEDY = Sampling(max_tokens=12)
RANDOM = Sampling(max_tokens=12, temperature=0.9, seed=11)

CALLS: dict[Capability, Callable[[Client], Awaitable[object]]] = {
    "chat": lambda client: gather(client.chat(TALK, GREEDY)),
    "complete": lambda client: gather(client.complete("A prompt is", GREEDY)),
    "choose": lambda client: client.choose(TALK, ["Yes", "No"]),
    "prefill": lambda client: client.prefill(TALK),
    "tokenize": lambda client: client.tokenize("A prompt"),
    "render": lambda client: client.render(TALK),
}


@pytest_asyncio.fixture(
    loop_scope="module",
    scope="module",
    params=["scripted", pytest.param("hosted", marks=pytest.mark.model)],
)
async def bench(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Bench]:
    if request.param == "hosted":
        log = tmp_path_factory.mktemp("hosted") / "model.log"
        found = await hosted(request.getfixturevalue("smollm"), log)
    else:
        found = scripted(EVERYTHING)
    yield found
    await found.client.close()


def needs(bench: Bench, *capabilities: Capability) -> Client:
    """The client; there is nothing to test when it declares less."""
    for capability in capabilities:
        if not bench.has(capability):
            pytest.skip(f"{bench.client.name} does not declare {capability}")
    return bench.client


def same(one: Reply, other: Reply) -> bool:
    """How a text is cut into pieces is a matter of time, and no part of it."""
    return (one.text, one.finish) == (other.text, other.finish)


@pytest.mark.parametrize("capability", sorted(CALLS))
async def test_what_is_declared_is_answered(bench: Bench, capability: Capability) -> None:
    assert await CALLS[capability](needs(bench, capability))


@pytest.mark.parametrize("missing", sorted(CALLS))
async def test_what_is_not_declared_is_refused_and_the_rest_answered(missing: Capability) -> None:
    client = scripted(EVERYTHING - {missing}).client
    for capability, call in CALLS.items():
        if capability != missing:
            assert await call(client)
    with pytest.raises(Unsupported) as refused:
        await CALLS[missing](client)
    assert str(refused.value) == f"the scripted client has no '{missing}'"


async def test_the_status_names_the_model(bench: Bench) -> None:
    status = await bench.client.status()
    assert status.model is not None
    assert Path(status.model.path) == bench.path
    assert status.model.n_ctx >= 1024
    assert not status.busy


async def test_a_chat_is_chunks_of_text_and_then_a_finish(bench: Bench) -> None:
    chunks = [chunk async for chunk in needs(bench, "chat").chat(TALK, Sampling(max_tokens=200))]
    assert [chunk.finish for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)
    assert chunks[-1].finish == "stop"
    assert len(chunks) > 3
    assert all(chunk.text for chunk in chunks[:-1])


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
    first = await gather(client.complete("One, two, three,", GREEDY))
    assert first.text
    assert same(await gather(client.complete("One, two, three,", GREEDY)), first)


async def test_choices_come_back_in_order_with_log_probabilities(bench: Bench) -> None:
    client = needs(bench, "choose", "tokenize")
    texts = ["Yes", "No", "Yes", "A prompt is text", "한글"]
    chosen = await client.choose(TALK, texts)
    assert [continuation.text for continuation in chosen] == texts
    assert all(continuation.logprob <= 0 for continuation in chosen)
    assert chosen[0] == chosen[2]
    for continuation in chosen:
        assert continuation.tokens == len(await client.tokenize(continuation.text))
        assert continuation.mean_logprob == continuation.logprob / continuation.tokens


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
    held = await client.prefill(LONG)
    assert held > 300
    seen = len(bench.progress)
    await client.choose(LONG, ["Yes"])
    assert await client.prefill(LONG) == held
    assert bench.progress[seen:] == []


async def test_an_open_turn_holds_no_more_than_the_whole(bench: Bench) -> None:
    client = needs(bench, "prefill")
    opened = await client.prefill(TALK, open_turn=True)
    assert 0 < opened <= await client.prefill(TALK)


@pytest.mark.parametrize("call", ["choose", "chat"])
async def test_cancel_in_the_middle_of_a_prompt(bench: Bench, call: Capability) -> None:
    client = needs(bench, call, "choose")
    other = [Message("user", f"{call}: {LONG[0].content}")]
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


async def still_works(bench: Bench) -> None:
    """The client is idle and answers."""
    assert not (await bench.client.status()).busy
    assert (await gather(bench.client.chat(TALK, Sampling(max_tokens=2)))).text


async def test_several_at_once_each_get_their_own(bench: Bench) -> None:
    client = needs(bench, "chat", "choose", "tokenize")
    reply, chosen, tokens = await asyncio.gather(
        gather(client.chat(TALK, Sampling(max_tokens=4))),
        client.choose(TALK, ["Yes", "No"]),
        client.tokenize("abc"),
    )
    assert reply.text
    assert [continuation.text for continuation in chosen] == ["Yes", "No"]
    assert tokens == await client.tokenize("abc")


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
    await fresh.load(bench.path, n_ctx=512)
    await fresh.close()
    await fresh.close()
    assert (await fresh.status()).model is None
    with pytest.raises(ModelError):
        await fresh.tokenize("a")
