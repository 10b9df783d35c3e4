"""How much memory a model will take, worked out from its file's header before llama.cpp has it."""

from __future__ import annotations

from tutor.llm.gguf import GgufHeader
from tutor.llm.one_line import one_line
from tutor.llm.protocol import Memory
from tutor.llm.sizes import human

LANES = 2
N_BATCH = 256
N_OUTPUTS = N_BATCH
"""The most tokens of a batch that logits are asked of."""
UNKNOWN = 200_000_000
"""Bytes that the KV caches, and computing, are each taken to need where the header does not say enough."""

_LIMIT = 1 << 60  # bytes: no sum of three of them leaves the 63 bits a message can carry
_F16, _F32 = 2, 4
_CACHE_STEP = 256  # tokens a cache is rounded up to
_WIDTHS, _INNER_WIDTHS = 4, 3  # rows of either that a layer holds at once, as measured
_SMALLEST_CONTEXT = 512


class Estimate(Memory, frozen=True, kw_only=True):
    """`n_ctx`: the tokens of each context it was made for, no more than the model was trained on."""

    n_ctx: int = 0


def estimate(
    header: GgufHeader,
    *,
    n_ctx: int,
    lanes: int = LANES,
    n_batch: int = N_BATCH,
    n_outputs: int = N_OUTPUTS,
) -> Estimate:
    """Bytes for `lanes` contexts of `n_ctx` tokens on one set of weights.

    Every tensor counts once: where llama.cpp keeps a second copy, rearranged for the processor, the mapped
    file behind it is never read again and is given back when memory is short. Never raises, whatever the
    header says.
    """
    n_ctx = min(n_ctx, header.context_length or n_ctx)
    cells = -(-n_ctx // _CACHE_STEP) * _CACHE_STEP
    kv = computing = UNKNOWN
    if _says_enough(header):
        a_token = header.kv_heads * (header.key_length + header.value_length) * _F16
        kv = lanes * (a_token * cells + header.recurrent_state)
        computing = lanes * _computing(header, cells, n_batch, min(n_outputs, n_batch))
    return Estimate(
        weights=min(_LIMIT, header.weights * header.shards),
        kv=min(_LIMIT, kv),
        compute=min(_LIMIT, computing),
        n_ctx=n_ctx,
    )


def refusal(needed: Estimate, free: int, name: str) -> str | None:
    """Why a model can't be loaded into `free` bytes, in one line that says what to do; None if it fits."""
    if needed.total <= free:
        return None
    ways = ["close other programs", "choose a smaller model"]
    if context := _context_that_fits(needed, free):
        ways.append(f"set `context` to {context}")
    total, there = human(needed.total), human(free)
    if total == there:
        total, there = f"{-(-needed.total // 10**6)} MB", f"{free // 10**6} MB"
    return (
        f"{one_line(name)} needs {total} of memory (weights {human(needed.weights)}, "
        f"KV cache {human(needed.kv)}, computing {human(needed.compute)}) and {there} are free; "
        f"{', '.join(ways[:-1])} or {ways[-1]}"
    )


def _says_enough(header: GgufHeader) -> bool:
    attends = header.head_count and header.kv_heads and header.key_length + header.value_length
    known = header.block_count and header.embedding_length and header.vocabulary
    return bool(known and (attends or header.recurrent_state))


def _computing(header: GgufHeader, cells: int, n_batch: int, n_outputs: int) -> int:
    """What llama.cpp reserves for one context: for its widest layer or for the logits, whichever is more."""
    width = header.embedding_length
    rows = _WIDTHS * width + _INNER_WIDTHS * header.feed_forward_length
    masks = cells * n_batch * _F16 * (2 if header.sliding_window else 1)
    a_layer = rows * n_batch * _F32 + masks
    logits = (header.vocabulary * n_outputs + 2 * width * n_batch) * _F32
    output = header.vocabulary * _F32
    return max(a_layer, logits) + output


def _context_that_fits(needed: Estimate, free: int) -> int | None:
    """The largest power of two below the context asked for whose caches leave room for the rest."""
    rest = needed.weights + needed.compute
    context = 1 << max(needed.n_ctx - 1, 1).bit_length() - 1
    while context >= _SMALLEST_CONTEXT:
        if rest + needed.kv * context // needed.n_ctx <= free:
            return context
        context //= 2
    return None
