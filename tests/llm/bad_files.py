"""Damaged copies of a GGUF file: its real header, and nothing but a hole where the weights were."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

HEADER = 4 << 20
"""Bytes that the header of the file fits in."""


def damaged(change: Callable[[bytearray], object]) -> Callable[[Path, Path], None]:
    """A maker of a file as long as the good one, with `change` made to its header."""

    def make(good: Path, bad: Path) -> None:
        with good.open("rb") as file:
            header = bytearray(file.read(HEADER))
        change(header)
        bad.write_bytes(header)
        with bad.open("r+b") as file:
            file.truncate(good.stat().st_size)

    return make


def put(at: int, data: bytes) -> Callable[[bytearray], object]:
    def change(header: bytearray) -> None:
        header[at : at + len(data)] = data

    return change


def architecture(name: bytes) -> Callable[[bytearray], object]:
    """Another name, as long as `llama`, for the architecture."""

    def change(header: bytearray) -> None:
        at = header.index(b"general.architecture") + len(b"general.architecture") + 4 + 8
        assert header[at : at + 5] == b"llama"
        header[at : at + 5] = name

    return change


def template(text: bytes) -> Callable[[bytearray], object]:
    """Another beginning of the chat template, of the same length."""

    def change(header: bytearray) -> None:
        at = header.index(b"tokenizer.chat_template") + len(b"tokenizer.chat_template") + 4 + 8
        header[at : at + len(text)] = text

    return change


def noise(seed: int) -> Callable[[bytearray], object]:
    """One byte changed at random among the numbers of the architecture, and one among the places of the tensors."""

    def change(header: bytearray) -> None:
        dice = random.Random(seed)
        numbers = header.index(b"llama.block_count"), header.index(b"tokenizer.ggml.model")
        places = header.index(b"blk.0.attn_k"), header.index(b"blk.9.attn_k")
        for start, end in (numbers, places):
            header[dice.randrange(start, end)] = dice.randrange(256)

    return change


def write(data: bytes) -> Callable[[Path, Path], None]:
    def make(good: Path, bad: Path) -> None:
        bad.write_bytes(data)

    return make


def cut(share: float) -> Callable[[Path, Path], None]:
    def make(good: Path, bad: Path) -> None:
        with good.open("rb") as file:
            bad.write_bytes(file.read(round(good.stat().st_size * share)))

    return make


def missing(good: Path, bad: Path) -> None:
    """Nothing is made."""


def directory(good: Path, bad: Path) -> None:
    bad.mkdir()
