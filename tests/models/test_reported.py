"""Memory read off llama.cpp's own log."""

from __future__ import annotations

import pytest

from tests.models.llama_log import CONTEXT, WEIGHTS
from tutor.llm.protocol import Memory
from tutor.llm.reported import BufferLog

MIB = 1 << 20


def logged(*blocks: str) -> BufferLog:
    log = BufferLog()
    for block in blocks:
        for line in block.splitlines(keepends=True):
            log.note(line)
    return log


@pytest.mark.parametrize(
    ("name", "weights", "kv", "compute"),
    [
        ("smollm2-135m", 92.10, 180, 98.64),
        ("gemma-3-270m", 247.82, 144, 516.5),
        ("qwen2.5-coder-0.5b", 491.01, 96, 301.42),
        ("qwen2.5-coder-1.5b", 1656.42, 224, 303.92),
    ],
)
def test_weights_and_what_two_contexts_take(
    name: str, weights: float, kv: float, compute: float
) -> None:
    found = logged(WEIGHTS[name], CONTEXT[name, 4096], CONTEXT[name, 4096]).memory()
    in_mib = [part / MIB for part in (found.weights, found.kv, found.compute)]
    assert in_mib == pytest.approx([weights, kv, compute], abs=0.01)


def test_before_there_is_a_context_only_weights_are_known() -> None:
    found = logged(WEIGHTS["smollm2-135m"]).memory()
    assert (found.kv, found.compute) == (0, 0)
    assert found.weights == round(92.10 * MIB)


def test_what_was_rearranged_is_known_apart_from_its_mapped_original() -> None:
    assert logged(WEIGHTS["qwen2.5-coder-1.5b"]).repacked == round(596.53 * MIB)
    assert logged(WEIGHTS["smollm2-135m"]).repacked == 0


def test_what_was_rearranged_in_place_of_a_copy_is_there_once() -> None:
    log = logged(
        "load_tensors:          CPU model buffer size =   463.35 MiB\n"
        "load_tensors:   CPU_REPACK model buffer size =   596.53 MiB\n"
    )
    assert log.repacked == 0
    assert log.memory().weights == pytest.approx(1059.88 * MIB, abs=2)


def test_a_recurrent_state_is_a_cache() -> None:
    line = "llama_memory_recurrent:        CPU RS buffer size =    19.69 MiB\n"
    assert logged(line).memory() == Memory(kv=round(19.69 * MIB))


def test_a_compute_buffer_reserved_anew_takes_the_place_of_the_old_one() -> None:
    again = "sched_reserve:        CPU compute buffer size =    60.00 MiB\n"
    log = logged(CONTEXT["smollm2-135m", 1024], CONTEXT["smollm2-135m", 1024], again)
    assert log.memory().compute == pytest.approx((49.13 + 60 + 2 * 0.19) * MIB, abs=4)


def test_buffers_of_several_devices_add_up() -> None:
    log = logged(
        "load_tensors:      Vulkan0 model buffer size =   100.00 MiB\n"
        "load_tensors:   CPU_Mapped model buffer size =    20.00 MiB\n"
        "llama_context: constructing llama_context\n"
        "sched_reserve:    Vulkan0 compute buffer size =    30.00 MiB\n"
        "sched_reserve: Vulkan_Host compute buffer size =     5.00 MiB\n"
    )
    assert log.memory() == Memory(weights=120 * MIB, compute=35 * MIB)


def test_other_lines_say_nothing() -> None:
    log = logged(
        "print_info: file size   = 92.10 MiB (5.74 BPW) \n"
        "llama_kv_cache: size =   22.50 MiB (  1024 cells,  30 layers,  1/1 seqs), K (f16):   11.25 MiB\n"
        "sched_reserve: graph: nodes = 936, splits = 1, input objects = 4, input tensors = 6\n"
        "print_info: general.name          = x: CPU KV buffer size = 9 MiB\n"
        "\n"
        "."
    )
    assert log.memory() == Memory()


def test_the_next_model_starts_at_nothing() -> None:
    log = logged(WEIGHTS["gemma-3-270m"], CONTEXT["gemma-3-270m", 1024])
    log.clear()
    assert (log.memory(), log.repacked) == (Memory(), 0)
