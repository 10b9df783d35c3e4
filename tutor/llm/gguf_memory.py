"""What a model keeps of the text it has read, worked out from the metadata of its file."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from tutor.llm.gguf_cursor import NUMBER_LIMIT, Items, Value

_F32_BYTES = 4


class Keeping(Struct, frozen=True, kw_only=True):
    """`kv_heads`: heads whose keys and values are cached, over all layers; `state`: bytes a sequence has instead."""

    kv_heads: int
    state: int


def keeping(kv_heads: Value | None, of: Callable[[str], int]) -> Keeping:
    """`kv_heads` as the file gives them, one count or one for each layer; `of` gives the architecture's counts."""
    layers, shared = of("block_count"), of("attention.shared_kv_layers")
    if isinstance(kv_heads, Items) and kv_heads.numbers:
        each = [int(count) for count in kv_heads.numbers if 0 <= count < NUMBER_LIMIT]
        attending = sum(count > 0 for count in each)
        cached = sum(each[: max(0, len(each) - shared)])
    else:
        given = isinstance(kv_heads, int) and 0 <= kv_heads < NUMBER_LIMIT
        heads = int(kv_heads) if given and isinstance(kv_heads, int) else of("attention.head_count")
        attending = layers // max(1, of("full_attention_interval"))
        cached = heads * max(0, attending - shared)
    recurrent = layers - attending if 0 < attending < layers else layers
    return Keeping(kv_heads=cached, state=recurrent * _state(of) * _F32_BYTES)


def _state(of: Callable[[str], int]) -> int:
    """Numbers that a recurrent layer keeps of a whole sequence; 0 where the model has none."""
    width = of("embedding_length")
    inner, state = of("ssm.inner_size"), of("ssm.state_size")
    mamba = max(0, of("ssm.conv_kernel") - 1) * (inner + 2 * of("ssm.group_count") * state)
    wkv = of("wkv.head_size")
    convolution = max(0, of("shortconv.l_cache") - 1) * width
    return mamba + inner * state + (wkv + 2) * width * bool(wkv) + convolution
