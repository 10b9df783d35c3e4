"""A LoRA adapter as a GGUF file: random, of rank 2, on the queries and values of SmolLM2-135M."""

from __future__ import annotations

import random
from array import array
from pathlib import Path

from tests.models.gguf_file import gguf_bytes

LAYERS, N_EMBD, N_VALUES, RANK = 30, 576, 192, 2
ALIGNMENT, FLOAT32 = 32, 0
ABOUT = {
    "general.type": "adapter",
    "general.architecture": "llama",
    "adapter.type": "lora",
    "adapter.lora.alpha": float(RANK),
}
SHAPES = [
    (f"blk.{layer}.{part}.weight.{half}", shape, FLOAT32)
    for layer in range(LAYERS)
    for part, width in (("attn_q", N_EMBD), ("attn_v", N_VALUES))
    for half, shape in (("lora_a", (N_EMBD, RANK)), ("lora_b", (RANK, width)))
]


def write_lora(path: Path, *, strength: float = 0.05, seed: int = 1) -> Path:
    """Write the adapter; `strength` is the standard deviation of its numbers."""
    dice = random.Random(seed)
    weights = b"".join(_numbers(dice, strength, a * b) for _, (a, b), _ in SHAPES)
    zeros = gguf_bytes(ABOUT, SHAPES)
    path.write_bytes(zeros[: -len(weights)] + weights)
    return path


def _numbers(dice: random.Random, strength: float, count: int) -> bytes:
    data = array("f", (dice.gauss(0, strength) for _ in range(count))).tobytes()
    return data.ljust(-(-len(data) // ALIGNMENT) * ALIGNMENT, b"\0")
