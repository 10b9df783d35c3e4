"""What the speed figures are made of, each on its own; for some figures, that they run at all."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from tests.benchmarks.speed import figures, generating, resting, rubric, texts
from tests.benchmarks.speed.batch import Forgetful
from tests.benchmarks.speed.bench import QUICK, Bench
from tests.benchmarks.speed.busy import busy_processes
from tests.benchmarks.speed.child import ChildFailed
from tests.benchmarks.speed.terminal import NothingPainted, terminal
from tests.waiting import until
from tutor.content.schema import say
from tutor.grading.verdict import Verdict
from tutor.llm.hosted import HostedClient
from tutor.llm.protocol import Continuation, Memory, Message, ModelInfo, Prompt

NO_TERMINALS = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
ECHO = """
import sys, tty
tty.setraw(0)
print("ready", flush=True)
while (key := sys.stdin.read(1)) != chr(17):
    print("noise" + key.strip("x"), flush=True)
"""
"""Paints every key but x, and leaves at Ctrl+Q."""


@pytest.mark.parametrize(("skip", "expected"), [(1, 8 / 3), (4, 6 / 2), (99, 3 / 1)])
async def test_speed_counts_the_tokens_of_a_piece_and_not_the_pieces(
    skip: int, expected: float
) -> None:
    heard = generating.Heard(["a ", "b c ", "d e f ", "g h i"], [5, 6, 7, 8], 8, 9)
    assert await generating.rate(words_client(), heard, skip) == pytest.approx(expected)


def test_memory_is_what_is_there_beyond_what_llama_cpp_reports() -> None:
    info = model_info(Memory(weights=100, kv=20, compute=10), size=100)
    assert resting.unexplained(held(file=100), info) == 400 - 130
    assert resting.unexplained(held(file=60), info) == 400 - 90
    assert resting.unexplained(held(file=None), info) == 400 - 130
    laid_out_anew = model_info(Memory(weights=150, kv=20, compute=10), size=100)
    assert resting.unexplained(held(file=100), laid_out_anew) == 400 - 180
    with pytest.raises(RuntimeError, match="does not report"):
        resting.unexplained(held(file=100), model_info(Memory(), size=100))


async def test_nothing_is_left_of_a_prompt_for_a_forgetful_client() -> None:
    inner = words_client()
    talk = [Message("system", "Judge."), Message("user", "An answer.")]
    for nonce in ("11", "22"):
        await Forgetful(inner, nonce).choose(talk, ["Yes", "No"])
    assert cast(Any, inner).chosen == [
        [Message("system", f"{nonce} Judge."), Message("user", "An answer.")]
        for nonce in ("11", "22")
    ]


async def test_texts_have_the_size_asked_for() -> None:
    client = words_client()
    for tokens in (1, 60, 5000):
        assert (
            len(await client.tokenize(await texts.sized(client, texts.lessons(), tokens))) == tokens
        )


def test_each_point_is_one_json_completion_with_the_judges_examples() -> None:
    item, answer = texts.four_points("4711")
    talks = texts.json_talks(item, answer)
    assert [say(point.text, "en") in talk[-1]["content"] for point, talk in zip(item.points, talks, strict=True)] == [True] * 4  # fmt: skip
    for talk in talks:
        assert "4711" in talk[-1]["content"]
        replies = [turn["content"] for turn in talk if turn["role"] == "assistant"]
        assert {json.loads(reply)["met"] for reply in replies} == {True, False}


def test_a_class_set_is_answers_to_each_question_with_two_points() -> None:
    work = texts.class_set(3, 4)
    assert len({answer for _, answer in work}) == 12
    assert [item.id for item, _ in work] == [item.id for item, _ in work[::4] for _ in range(4)]
    assert {len(item.points) for item, _ in work} == {2}


def test_a_grading_that_asked_no_model_is_not_timed() -> None:
    item, _ = texts.four_points("1")
    ungraded = Verdict(
        item=item.id, language="en", score=None, verdict="ungraded", feedback="no model"
    )
    with pytest.raises(RuntimeError, match="no model"):
        rubric.check_judged(ungraded, item)


async def test_a_busy_process_is_held_and_let_go_and_ends_with_the_block() -> None:
    async with busy_processes(1) as busy:
        [process] = busy._processes
        busy.hold()
        await until(lambda: bool(process.status() == "stopped"))
        busy.let_go()
        await until(lambda: bool(process.status() != "stopped"))
    assert not process.is_running()


async def test_a_loop_that_cannot_start_says_why(bench: Bench) -> None:
    missing = Bench(bench.folder / "missing.gguf", bench.folder, QUICK)
    with pytest.raises(ChildFailed, match=r"missing\.gguf"):
        async with missing.raw({}):
            pass


@NO_TERMINALS
def test_a_key_is_timed_until_its_own_paint() -> None:
    with terminal([sys.executable, "-u", "-c", ECHO], {"PYTHONUTF8": "1"}) as shown:
        shown.wait_until(lambda: b"ready" in shown.wait(0.05), "the program")
        assert 0 < shown.press("ā") < 10
        with pytest.raises(NothingPainted, match="'x' was not painted"):
            shown.press("x", within=0.2)
        assert 0 < shown.press("ē") < 10


@pytest.mark.parametrize("name", ["stream", "first-token", "cancel", "idle-cpu"])
async def test_a_figure_is_measured_on_a_real_model(
    name: str, smollm: Path, tmp_path: Path
) -> None:
    found = await figures.measured(name, "smollm2-135m", Bench(smollm, tmp_path, QUICK))
    assert found.problem == ""
    assert found.reading is not None
    assert found.reading.low <= found.reading.value <= found.reading.high
    assert math.isfinite(found.reading.high)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "none.gguf", tmp_path, QUICK)


class Words:
    """A client whose tokens are words."""

    def __init__(self) -> None:
        self.chosen: list[Prompt] = []

    async def tokenize(self, text: str) -> list[int]:
        return list(range(len(text.split())))

    async def choose(
        self, prompt: Prompt, continuations: Sequence[str], **_: object
    ) -> list[Continuation]:
        self.chosen.append(prompt)
        return [Continuation(text, -1.0, 1) for text in continuations]


def words_client() -> HostedClient:
    return cast(HostedClient, Words())


def held(file: int | None) -> resting.Held:
    return resting.Held(rss=400, uss=300, pss=350, file=file)


def model_info(memory: Memory, size: int) -> ModelInfo:
    return ModelInfo(
        name="m", path="m.gguf", architecture="llama", parameters=1, bytes=size, n_ctx=1, n_ctx_train=1, n_vocab=1,
        chat_template=True, memory=memory,
    )  # fmt: skip
