"""What the header of a GGUF file says, read without trusting it."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct

from tutor.llm.gguf_cursor import NUMBER_LIMIT, Cursor, EndOfFile, Items, Malformed, Value
from tutor.llm.gguf_memory import keeping
from tutor.llm.sizes import done_of

_MAGIC = 0x46554747
_VERSIONS = (2, 3)
_COUNT_LIMIT = 1 << 20
_KEY_LIMIT = 1 << 16
_DIMENSIONS = 8
_SHOWN = 200
# Type -> (elements a block, bytes a block); ggml's own table. A type not listed counts as nothing.
_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
    16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110),
    22: (256, 82), 23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8),
    29: (256, 56), 30: (1, 2), 34: (256, 54), 35: (256, 66), 39: (32, 17),
}  # fmt: skip


class BadGguf(Exception):
    """The file can't be used as a GGUF model; the message is one line."""


class GgufHeader(Struct, frozen=True, kw_only=True):
    """The facts of one file. Text is cleared of control characters; a fact the file lacks is 0 or None.

    `kind` is "model" for weights ("adapter", "mmproj", ... otherwise); `kv_heads` counts the heads that are
    cached over all layers; `recurrent_state` is bytes a sequence holds instead in layers without attention;
    `weights` is bytes of tensors in this file; `expected_bytes` how long the file is by its own account.
    """

    kind: str
    architecture: str
    name: str | None
    size_label: str | None
    context_length: int
    block_count: int
    embedding_length: int
    head_count: int
    kv_heads: int
    key_length: int
    value_length: int
    feed_forward_length: int
    sliding_window: int
    recurrent_state: int
    vocabulary: int
    parameters: int
    shards: int
    chat_template: bool
    weights: int
    bytes: int
    expected_bytes: int


def read_header(path: Path) -> GgufHeader:
    """The header of the GGUF file at `path`. Raises BadGguf for whatever else it is, cut short included."""
    label = _clean(path.name)
    if path.exists() and not path.is_file():
        raise BadGguf(f"{label} is not a file: name a .gguf file")
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            header = _read(Cursor(file), size)
    except EndOfFile:
        raise BadGguf(
            f"{label} is cut short: it ends inside its header; pull or copy it again"
        ) from None
    except Malformed as error:
        raise BadGguf(f"{label} is not a GGUF file that can be read: {error}") from None
    except OSError as error:
        raise BadGguf(
            f"{label} can't be read ({error.strerror}): check the path and its permissions"
        ) from None
    if header.expected_bytes > size:
        have = done_of(size, header.expected_bytes)
        raise BadGguf(f"{label} is cut short: {have} are there; pull or copy it again")
    return header


def _read(cursor: Cursor, size: int) -> GgufHeader:
    if size < 4 or cursor.u32() != _MAGIC:
        raise Malformed("it does not begin with GGUF")
    version = cursor.u32()
    if version not in _VERSIONS:
        raise Malformed(f"its version is {version}, and only 2 and 3 are known")
    tensors, entries = cursor.u64(), cursor.u64()
    if max(tensors, entries) > _COUNT_LIMIT:
        raise Malformed(f"it claims {tensors} tensors and {entries} metadata entries")
    metadata = {cursor.text(_KEY_LIMIT): cursor.value() for _ in range(entries)}
    parameters, data = _tensors(cursor, tensors)
    alignment = _count(metadata, "general.alignment") or 32
    start = -(-cursor.position // alignment) * alignment
    expected = start + data if tensors else cursor.position
    return _facts(metadata, parameters, (size, expected, max(0, size - start)))


def _tensors(cursor: Cursor, count: int) -> tuple[int, int]:
    """How many weights the tensors have, and where the last of them ends in the data section."""
    parameters = end = 0
    for _ in range(count):
        cursor.text(_KEY_LIMIT)
        dimensions = cursor.u32()
        if dimensions > _DIMENSIONS:
            raise Malformed(f"a tensor of {dimensions} dimensions")
        elements = 1
        for _ in range(dimensions):
            elements *= cursor.u64()
        kind, offset = cursor.u32(), cursor.u64()
        block, block_bytes = _BLOCKS.get(kind, (1, 0))
        parameters += elements
        end = max(end, offset + elements // block * block_bytes)
    return parameters, end


def _facts(metadata: dict[str, Value], parameters: int, sizes: tuple[int, int, int]) -> GgufHeader:
    architecture = _text(metadata, "general.architecture") or ""
    if not architecture:
        raise Malformed("it names no architecture")

    def of(key: str) -> int:
        return _count(metadata, f"{architecture}.{key}")

    heads = of("attention.head_count")
    head_size = of("embedding_length") // heads if heads else 0
    kept = keeping(metadata.get(f"{architecture}.attention.head_count_kv"), of)
    size, expected, weights = sizes
    return GgufHeader(
        kind=_text(metadata, "general.type") or ("mmproj" if architecture == "clip" else "model"),
        architecture=architecture,
        name=_text(metadata, "general.name"),
        size_label=_text(metadata, "general.size_label"),
        context_length=of("context_length"),
        block_count=of("block_count"),
        embedding_length=of("embedding_length"),
        head_count=heads,
        kv_heads=kept.kv_heads,
        key_length=of("attention.key_length") or head_size,
        value_length=of("attention.value_length") or head_size,
        feed_forward_length=max(
            of("feed_forward_length"), of("expert_feed_forward_length") * of("expert_used_count")
        ),
        sliding_window=of("attention.sliding_window"),
        recurrent_state=kept.state,
        vocabulary=_count(metadata, "tokenizer.ggml.tokens") or of("vocab_size"),
        parameters=parameters,
        shards=_count(metadata, "split.count") or 1,
        chat_template=bool(_text(metadata, "tokenizer.chat_template")),
        weights=weights,
        bytes=size,
        expected_bytes=expected,
    )


def _count(metadata: dict[str, Value], key: str) -> int:
    """A count under `key`; of an array, its largest number, or how many items it has if they are no numbers."""
    value = metadata.get(key, 0)
    if isinstance(value, Items):
        held = [int(number) for number in value.numbers if 0 <= number < NUMBER_LIMIT]
        return max(held, default=min(value.length, NUMBER_LIMIT))
    return value if isinstance(value, int) and 0 <= value < NUMBER_LIMIT else 0


def _text(metadata: dict[str, Value], key: str) -> str | None:
    value = metadata.get(key)
    return _clean(value) or None if isinstance(value, str) else None


def _clean(text: str) -> str:
    """At most 200 printable characters of `text`, on one line."""
    spaced = re.sub(r"\s+", " ", text[: _SHOWN * 4]).strip()
    return "".join(character for character in spaced if character.isprintable())[:_SHOWN]
