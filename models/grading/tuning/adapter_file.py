"""A trained adapter as llama.cpp reads it: GGUF, one pair of matrices for each weight it is put on."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

NAMES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def write(
    path: Path,
    adapter: dict[str, Tensor],
    *,
    architecture: str,
    rank: int,
    heads: tuple[int, int],
    about: dict[str, str],
) -> int:
    """Write the adapter (alpha is twice the rank); `about` becomes metadata. How many bytes the file has."""
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 2.0 * rank)
    for key, value in about.items():
        writer.add_string(key, value)
    for name, value in sorted(adapter.items(), key=lambda pair: _order(pair[0])):
        layer, part, half = _split(name)
        matrix = value.float().numpy()
        if _is_permuted(architecture, part, half):
            matrix = _permuted(matrix, heads[0] if part.endswith("q_proj") else heads[1])
        writer.add_tensor(
            f"blk.{layer}.{NAMES[part]}.weight.{half.lower()}", matrix.astype(np.float16)
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path.stat().st_size


def read(path: Path, heads: tuple[int, int]) -> tuple[dict[str, Tensor], int]:
    """What `write` was given, as exact as the file has it, and the tokens that it was trained on."""
    reader = gguf.GGUFReader(path)
    architecture = str(reader.fields["general.architecture"].contents())
    parts = {short: long for long, short in NAMES.items()}
    found = {}
    for tensor in reader.tensors:
        _, layer, short, _, half = tensor.name.split(".")
        matrix = tensor.data.astype(np.float32)
        part, half = parts[short], half[:-1] + half[-1].upper()
        if _is_permuted(architecture, part, half):
            matrix = _permuted_back(matrix, heads[0] if part.endswith("q_proj") else heads[1])
        found[f"layers.{layer}.{part}.{half}"] = torch.from_numpy(matrix)
    return found, int(str(reader.fields["tutor.tokens_seen"].contents()))


def _is_permuted(architecture: str, part: str, half: str) -> bool:
    """Whether llama.cpp keeps the rows of this matrix in another order than PyTorch does."""
    return (
        architecture == "llama"
        and half == "lora_B"
        and part in ("self_attn.q_proj", "self_attn.k_proj")
    )


def _split(name: str) -> tuple[int, str, str]:
    """`layers.3.self_attn.q_proj.lora_A` -> (3, "self_attn.q_proj", "lora_A")."""
    _, layer, rest = name.split(".", 2)
    part, _, half = rest.rpartition(".")
    return int(layer), part, half


def _order(name: str) -> tuple[int, str, str]:
    return _split(name)


def _permuted(matrix: npt.NDArray[np.float32], heads: int) -> npt.NDArray[np.float32]:
    """Rows as llama.cpp keeps those of queries and keys for this architecture: halves of a head interleaved."""
    rows, columns = matrix.shape
    return (
        matrix.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)
    )


def _permuted_back(matrix: npt.NDArray[np.float32], heads: int) -> npt.NDArray[np.float32]:
    rows, columns = matrix.shape
    return (
        matrix.reshape(heads, rows // heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)
    )
