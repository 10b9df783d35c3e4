"""llama-cpp-python's low-level loop, as fast as it goes: what the client's speed is compared with.

A process of its own: `python -m tests.benchmarks.speed.raw MODEL N_CTX N_BATCH`. Each line on its input is one request,
{"prompt", "tokens", "threads", "skip", "limit"}: generate greedily and say how long all but the first `skip` tokens took.
"""

from __future__ import annotations

import ctypes
import sys
import time
from typing import Any

import llama_cpp as llama

from tests.benchmarks.speed.child import Reply, serve, take_output
from tutor.llm.host.processor import without_amx


@llama.llama_log_callback  # type: ignore[untyped-decorator]
def _no_log(_level: int, _text: bytes, _data: ctypes.c_void_p) -> None:
    """Nothing that llama.cpp says is of use here."""


class Loop:
    """A model and one context with the worker's own parameters."""

    def __init__(self, path: str, n_ctx: int, n_batch: int) -> None:
        model_params = without_amx(llama.llama_model_default_params())
        model_params.n_gpu_layers = 0
        self._model = llama.llama_model_load_from_file(path.encode(), model_params)
        if not self._model:
            raise ValueError(f"llama.cpp can't load {path}")
        params = llama.llama_context_default_params()
        params.n_ctx, params.n_batch, params.n_ubatch = n_ctx, n_batch, n_batch
        params.swa_full, params.no_perf = True, True
        self._context = llama.llama_init_from_model(self._model, params)
        self._vocabulary = llama.llama_model_get_vocab(self._model)
        self._batch = llama.llama_batch_init(n_batch, 0, 1)
        self._n_batch = n_batch
        chain = llama.llama_sampler_chain_default_params()
        self._sampler = llama.llama_sampler_chain_init(chain)
        llama.llama_sampler_chain_add(self._sampler, llama.llama_sampler_init_greedy())

    def generate(self, request: Reply) -> Reply:
        """`made` tokens in `seconds`, of all but those skipped; fewer than asked for once `limit` seconds of generating are over."""
        llama.llama_set_n_threads(self._context, request["threads"], request["threads"])
        llama.llama_memory_clear(llama.llama_get_memory(self._context), True)
        prompt = self._tokens(request["prompt"])
        began = time.perf_counter()
        self._evaluate(prompt)
        at = [self._draw()]
        evaluated = at[0][1] - began
        while len(at) < request["tokens"] and at[-1][1] - at[0][1] < request["limit"]:
            self._decode([at[-1][0]], len(prompt) + len(at) - 1)
            at.append(self._draw())
        first = max(0, min(request["skip"], len(at) - 2) - 1)
        return {
            "made": len(at) - 1 - first,
            "seconds": at[-1][1] - at[first][1],
            "prompt_tokens": len(prompt),
            "prompt_seconds": evaluated,
            "first": [token for token, _ in at[:8]],
        }

    def _draw(self) -> tuple[int, float]:
        token = llama.llama_sampler_sample(self._sampler, self._context, -1)
        return token, time.perf_counter()

    def _evaluate(self, tokens: list[int]) -> None:
        for at in range(0, len(tokens), self._n_batch):
            self._decode(tokens[at : at + self._n_batch], at)

    def _decode(self, tokens: list[int], start: int) -> None:
        batch: Any = self._batch
        batch.n_tokens = len(tokens)
        for i, token in enumerate(tokens):
            batch.token[i], batch.pos[i] = token, start + i
            batch.n_seq_id[i], batch.seq_id[i][0] = 1, 0
            batch.logits[i] = i == len(tokens) - 1
        code = llama.llama_decode(self._context, batch)
        if code != 0:
            raise ValueError(f"llama_decode returned {code}")

    def _tokens(self, text: str) -> list[int]:
        data = text.encode()
        buffer = (llama.llama_token * (len(data) + 8))()
        count = llama.llama_tokenize(
            self._vocabulary, data, len(data), buffer, len(buffer), True, False
        )
        return list(buffer[:count])


def main() -> None:
    replies = take_output()
    llama.llama_log_set(_no_log, ctypes.c_void_p(0))
    llama.llama_backend_init()
    path, n_ctx, n_batch = sys.argv[1:]
    serve(Loop(path, int(n_ctx), int(n_batch)).generate, replies)


if __name__ == "__main__":
    main()
