"""Writes small GGUF files."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any

Tensor = tuple[str, Sequence[int], int]
"""Name, dimensions, ggml type: 0 is F32, 12 is Q4_K."""

TYPE_BYTES = {0: (1, 4), 12: (256, 144)}

TINY: Mapping[str, Any] = {
    "general.architecture": "llama",
    "general.name": "Tiny",
    "general.size_label": "1K",
    "llama.context_length": 2048,
    "llama.block_count": 2,
    "llama.embedding_length": 64,
    "llama.attention.head_count": 4,
    "llama.attention.head_count_kv": 2,
    "tokenizer.ggml.tokens": ["a", "b", "가"],
    "tokenizer.ggml.scores": [0.5, 1.5, 2.5],
    "tokenizer.chat_template": "{{ messages }}",
}


def gguf_bytes(
    metadata: Mapping[str, Any] = TINY,
    tensors: Sequence[Tensor] = (("w", (8, 4), 0), ("q", (512,), 12)),
    *,
    version: int = 3,
) -> bytes:
    """A whole GGUF file with zeros for weights."""
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(metadata))
    head += b"".join(text(key) + value(held) for key, held in metadata.items())
    data = 0
    for name, dimensions, kind in tensors:
        head += text(name) + struct.pack("<I", len(dimensions))
        head += struct.pack(f"<{len(dimensions)}Q", *dimensions) + struct.pack("<IQ", kind, data)
        elements = 1
        for dimension in dimensions:
            elements *= dimension
        block, block_bytes = TYPE_BYTES[kind]
        data += -(-(elements // block * block_bytes) // 32) * 32
    return head + b"\0" * (-len(head) % 32) + b"\0" * data


def text(held: str) -> bytes:
    encoded = held.encode()
    return struct.pack("<Q", len(encoded)) + encoded


def value(held: Any) -> bytes:
    match held:
        case bool():
            return struct.pack("<I?", 7, held)
        case int():
            return struct.pack("<Iq", 11, held) if held < 0 else struct.pack("<II", 4, held)
        case float():
            return struct.pack("<If", 6, held)
        case str():
            return struct.pack("<I", 8) + text(held)
        case list():
            return struct.pack("<I", 9) + array(held)
    raise TypeError(type(held))


def array(held: Sequence[Any]) -> bytes:
    kind = {str: 8, int: 4, float: 6, list: 9}[type(held[0])]
    items = b"".join(array(item) if kind == 9 else value(item)[4:] for item in held)
    return struct.pack("<IQ", kind, len(held)) + items
