"""Memory worked out before loading: how near it comes to what llama.cpp reports, and what it says when it is too much."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.models.llama_log import CONTEXT, HEADERS, WEIGHTS
from tests.models.test_reported import logged
from tutor.llm.footprint import UNKNOWN, Estimate, estimate, refusal
from tutor.llm.gguf import GgufHeader, read_header
from tutor.llm.hosted import HostedClient
from tutor.llm.protocol import Memory

MIB = 1 << 20
QWEN = HEADERS["qwen2.5-coder-1.5b"]


def changed(header: GgufHeader, **facts: Any) -> GgufHeader:
    return msgspec.structs.replace(header, **facts)


@pytest.mark.parametrize(("name", "n_ctx"), CONTEXT)
def test_it_comes_near_what_llama_cpp_reports(name: str, n_ctx: int) -> None:
    log = logged(WEIGHTS[name], CONTEXT[name, n_ctx], CONTEXT[name, n_ctx])
    told = log.memory()
    once = told.total - log.repacked
    guessed = estimate(HEADERS[name], n_ctx=n_ctx)
    assert 0.99 <= guessed.total / once <= 1.01
    assert guessed.weights == pytest.approx(told.weights - log.repacked, rel=0.001)
    assert guessed.kv == told.kv
    assert guessed.compute == pytest.approx(told.compute, rel=0.01)


@pytest.mark.parametrize(
    ("name", "n_ctx", "reported"),
    [
        ("smollm2-135m", 1024, 7.45),
        ("smollm2-135m", 4096, 8.95),
        ("gemma-3-270m", 1024, 18.08),
        ("gemma-3-270m", 16384, 25.88),
        ("qwen2.5-coder-0.5b", 4096, 20.34),
        ("qwen2.5-coder-0.5b", 32768, 34.34),
        ("qwen2.5-coder-1.5b", 4096, 34.84),
        ("qwen2.5-coder-1.5b", 32768, 48.84),
    ],
)
def test_asking_few_logits_of_a_batch_takes_far_less(
    name: str, n_ctx: int, reported: float
) -> None:
    """Reported in MiB by llama.cpp with `n_outputs_max` 16: the compute and the output buffer of one context."""
    guessed = estimate(HEADERS[name], n_ctx=n_ctx, lanes=1, n_outputs=16)
    assert 0.95 <= guessed.compute / MIB / reported <= 1.25


def test_a_context_is_no_longer_than_the_model_was_trained_on() -> None:
    header = HEADERS["smollm2-135m"]
    assert estimate(header, n_ctx=16384) == estimate(header, n_ctx=8192)
    assert estimate(header, n_ctx=16384).n_ctx == 8192


def test_a_lane_is_a_context_on_the_same_weights() -> None:
    one, two = estimate(QWEN, n_ctx=4096, lanes=1), estimate(QWEN, n_ctx=4096)
    assert (two.weights, two.kv, two.compute) == (one.weights, 2 * one.kv, 2 * one.compute)


def test_a_file_in_parts_weighs_as_much_as_all_of_them() -> None:
    assert estimate(changed(QWEN, shards=3), n_ctx=512).weights == 3 * QWEN.weights


def test_a_model_without_attention_keeps_a_state_and_no_cache() -> None:
    mamba = changed(QWEN, head_count=0, kv_heads=0, key_length=0, value_length=0)
    with_state = changed(mamba, recurrent_state=10 * MIB)
    assert estimate(with_state, n_ctx=4096).kv == 2 * 10 * MIB
    assert estimate(with_state, n_ctx=512).kv == 2 * 10 * MIB


@pytest.mark.parametrize(
    "absent",
    [
        {"block_count": 0},
        {"embedding_length": 0},
        {"vocabulary": 0},
        {"head_count": 0},
        {"kv_heads": 0},
        {"key_length": 0, "value_length": 0},
    ],
)
def test_where_the_header_says_too_little_a_usual_amount_is_taken(absent: dict[str, int]) -> None:
    guessed = estimate(changed(QWEN, **absent), n_ctx=4096)
    assert (guessed.weights, guessed.kv, guessed.compute) == (QWEN.weights, UNKNOWN, UNKNOWN)


COUNTS = st.integers(0, (1 << 31) - 1)
SIZES = st.integers(0, 1 << 200)
FACTS = st.fixed_dictionaries(
    {
        "context_length": COUNTS,
        "block_count": COUNTS,
        "embedding_length": COUNTS,
        "head_count": COUNTS,
        "kv_heads": SIZES,
        "key_length": COUNTS,
        "value_length": COUNTS,
        "feed_forward_length": COUNTS,
        "sliding_window": COUNTS,
        "recurrent_state": SIZES,
        "vocabulary": COUNTS,
        "shards": st.integers(1, (1 << 31) - 1),
        "weights": st.integers(0, 1 << 62),
    }
)


@given(facts=FACTS, n_ctx=st.integers(1, 1 << 31), free=st.integers(0, 1 << 62))
def test_no_header_makes_it_fail_or_come_out_small(
    facts: dict[str, int], n_ctx: int, free: int
) -> None:
    guessed = estimate(changed(QWEN, **facts), n_ctx=n_ctx)
    assert guessed.weights >= min(facts["weights"], 1 << 60)
    assert min(guessed.kv, guessed.compute) > 0
    if guessed.kv != UNKNOWN:
        cells = min(n_ctx, facts["context_length"] or n_ctx)
        widths = facts["key_length"] + facts["value_length"]
        assert guessed.kv >= min(1 << 60, 4 * facts["kv_heads"] * widths * cells)
    assert guessed.total < 1 << 63
    packed = msgspec.msgpack.encode(guessed)
    assert msgspec.msgpack.decode(packed, type=Memory).total == guessed.total
    told = refusal(guessed, free, "x")
    assert (told is None) == (guessed.total <= free)
    assert told is None or "\n" not in told


@pytest.mark.model
async def test_the_worker_reports_what_was_estimated(smollm: Path, tmp_path: Path) -> None:
    client = HostedClient(log=tmp_path / "worker.log", threads=1)
    try:
        reported = (await client.load(smollm, n_ctx=1024)).memory
    finally:
        await client.close()
    guessed = estimate(read_header(smollm), n_ctx=1024)
    assert 0.95 <= guessed.total / reported.total <= 1.25


def test_what_fits_is_not_refused() -> None:
    needed = estimate(QWEN, n_ctx=4096)
    assert refusal(needed, needed.total, "qwen") is None


def test_a_refusal_says_how_much_is_needed_for_what_and_which_context_would_fit() -> None:
    assert refusal(estimate(QWEN, n_ctx=4096), 1_500_000_000, "qwen") == (
        "qwen needs 1.7 GB of memory (weights 1.1 GB, KV cache 235 MB, computing 319 MB) and 1.5 GB "
        "are free; close other programs, choose a smaller model or set `context` to 1024"
    )


def test_where_no_context_would_fit_none_is_suggested() -> None:
    told = refusal(estimate(QWEN, n_ctx=4096), 1_400_000_000, "qwen")
    assert told is not None
    assert told.endswith("and 1.4 GB are free; close other programs or choose a smaller model")


@pytest.mark.parametrize(
    ("n_ctx", "free", "context"),
    [
        (4096, 1000 + 4095, 2048),
        (4096, 1000 + 2048, 2048),
        (4096, 1000 + 2047, 1024),
        (5000, 1000 + 4096, 4096),
        (4096, 1000 + 512, 512),
        (4096, 1000 + 511, None),
        (512, 1000 + 511, None),
    ],
)
def test_the_context_suggested_is_the_largest_power_of_two_that_fits(
    n_ctx: int, free: int, context: int | None
) -> None:
    told = refusal(Estimate(weights=700, kv=n_ctx, compute=300, n_ctx=n_ctx), free, "x")
    assert told is not None
    assert ("`context`" in told) == (context is not None)
    assert context is None or told.endswith(f"set `context` to {context}")


def test_numbers_that_look_the_same_are_told_apart() -> None:
    needed = estimate(QWEN, n_ctx=4096)
    told = refusal(needed, needed.total - 1, "qwen")
    assert told is not None
    assert told.startswith("qwen needs 1665 MB of memory (")
    assert "and 1664 MB are free" in told


def test_a_name_from_a_disk_stays_on_the_line() -> None:
    told = refusal(estimate(QWEN, n_ctx=4096), 0, "e\x1b[2Jvil\nname")
    assert told is not None
    assert "\x1b" not in told
    assert "\n" not in told
