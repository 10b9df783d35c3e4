"""A llama_context: evaluates tokens, and says what could follow."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import llama_cpp as llama
import numpy as np
import numpy.typing as npt

from tutor.llm.engine import Cancelled, Refused
from tutor.llm.host.samplers import drawing
from tutor.llm.protocol import Sampling
from tutor.llm.stop_flag import StopFlag

N_BATCH = 256  # also how soon a cancelled prompt is let go of, and the step of its progress

# Asked between the nodes of a graph whether to stop. A callback in Python would need the interpreter's lock each time,
# a fifteenth of a small model's speed; the length of a C string is zero until the flag is raised, and that is no.
_strlen = (ctypes.cdll.msvcrt if os.name == "nt" else ctypes.CDLL(None)).strlen
ABORT = ctypes.cast(_strlen, llama.ggml_abort_callback)


class Threads(Protocol):
    """How many threads to compute with; told how long each batch took, in seconds."""

    @property
    def current(self) -> int: ...

    def choose(self, tokens: int) -> int: ...

    def note(self, tokens: int, seconds: float) -> None: ...


class LlamaEvaluator:
    """One context on the weights of `model`. Raises Refused when there is no memory for it."""

    batch = N_BATCH

    def __init__(
        self, model: Any, vocabulary: Any, n_ctx: int, threads: Threads, stop: StopFlag
    ) -> None:
        params = llama.llama_context_default_params()
        params.n_ctx, params.n_batch, params.n_ubatch = n_ctx, N_BATCH, N_BATCH
        params.n_threads = params.n_threads_batch = self._count = threads.current
        params.abort_callback = ABORT
        params.abort_callback_data = ctypes.cast(stop.cell, ctypes.c_void_p)
        params.swa_full = True  # without it a sliding-window model can't be cut back to a prefix
        params.no_perf = True
        self.pointer = llama.llama_init_from_model(model, params)
        if not self.pointer:
            raise Refused(
                "no_room",
                f"no memory for a context of {n_ctx} tokens; set `context` to a smaller one",
            )
        self.n_ctx = n_ctx
        self.cuts = not (
            llama.llama_model_is_recurrent(model) or llama.llama_model_is_hybrid(model)
        )
        self._threads, self._stop = threads, stop  # llama.cpp holds the bare address of its cell
        self._n_embd = llama.llama_model_n_embd(model)
        self._vocabulary, self._n_vocab = vocabulary, llama.llama_vocab_n_tokens(vocabulary)
        self._memory = llama.llama_get_memory(self.pointer)
        self._batch = llama.llama_batch_init(N_BATCH, 0, 1)

    def decode(
        self, tokens: Sequence[int], start: int, *, every_logit: bool, state: bool = False
    ) -> None:
        batch, last = self._batch, len(tokens) - 1
        batch.n_tokens = len(tokens)
        for i, token in enumerate(tokens):
            batch.token[i], batch.pos[i] = token, start + i
            batch.n_seq_id[i], batch.seq_id[i][0] = 1, 0
            batch.logits[i] = every_logit or i == last
        if state:
            llama.llama_set_embeddings(self.pointer, True)
        try:
            code = self._decode(len(tokens))
        finally:
            if state:
                llama.llama_set_embeddings(self.pointer, False)
        if code == 2:
            raise Cancelled
        if code != 0:
            raise Refused(
                "failed",
                f"llama.cpp could not evaluate the prompt (code {code}); try again or a shorter text",
            )

    def _decode(self, tokens: int) -> int:
        count = self._threads.choose(tokens)
        if count != self._count:
            llama.llama_set_n_threads(self.pointer, count, count)
            self._count = count
        started = time.perf_counter()
        code: int = llama.llama_decode(self.pointer, self._batch)
        if code == 0:
            self._threads.note(tokens, time.perf_counter() - started)
        return code

    def cut(self, length: int) -> bool:
        return bool(llama.llama_memory_seq_rm(self._memory, 0, length, -1))

    def clear(self) -> None:
        llama.llama_memory_clear(self._memory, False)

    def size(self) -> int:
        return int(llama.llama_state_seq_get_size(self.pointer, 0))

    def save(self) -> bytes:
        room = self.size()
        buffer = (ctypes.c_uint8 * room)()
        size = llama.llama_state_seq_get_data(self.pointer, buffer, room, 0)
        return ctypes.string_at(buffer, size)

    def restore(self, state: bytes) -> bool:
        buffer = ctypes.cast(ctypes.c_char_p(state), ctypes.POINTER(ctypes.c_uint8))
        return bool(llama.llama_state_seq_set_data(self.pointer, buffer, len(state), 0))

    def logprobs(self, index: int, wanted: Sequence[int]) -> list[float]:
        logits = self._logprobs(index)
        return [float(logits[token]) for token in wanted]

    def likeliest(self, count: int) -> list[tuple[int, float]]:
        logits = self._logprobs(-1)
        # A stable order among equals: the same question gets the same answer.
        order = np.argsort(-logits, kind="stable")[: max(0, count)]
        return [(int(token), float(logits[token])) for token in order]

    def state(self) -> list[float]:
        pointer = llama.llama_get_embeddings_ith(self.pointer, -1)
        if not pointer:
            raise Refused("failed", "this model gives no hidden state; choose another model")
        return [float(value) for value in np.ctypeslib.as_array(pointer, shape=(self._n_embd,))]

    def sampler(self, sampling: Sampling) -> AbstractContextManager[Callable[[], int]]:
        return drawing(self.pointer, self._vocabulary, sampling)

    def adapt(self, adapters: Sequence[tuple[Any, float]]) -> None:
        pointers = (llama.llama_adapter_lora_p_ctypes * len(adapters))(*(p for p, _ in adapters))
        scales = (ctypes.c_float * len(adapters))(*(scale for _, scale in adapters))
        if llama.llama_set_adapters_lora(self.pointer, pointers, len(adapters), scales):
            raise Refused("bad_model", "llama.cpp refuses the adapter; choose another one")

    def close(self) -> None:
        llama.llama_batch_free(self._batch)
        llama.llama_free(self.pointer)

    def _logprobs(self, index: int) -> npt.NDArray[np.float64]:
        pointer = llama.llama_get_logits_ith(self.pointer, index)
        logits = np.ctypeslib.as_array(pointer, shape=(self._n_vocab,)).astype(np.float64)
        logits -= logits.max()
        logits -= np.log(np.exp(logits).sum())
        return logits
