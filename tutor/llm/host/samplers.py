"""How the next token is drawn: a chain of llama.cpp's samplers, and a grammar where one was given."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from typing import Any

import llama_cpp as llama
import numpy as np

from tutor.llm.engine import Refused
from tutor.llm.protocol import Sampling

PENALTY_WINDOW = 64  # tokens
_CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])


@contextmanager
def drawing(
    context: Any, vocabulary: Any, sampling: Sampling
) -> Generator[Callable[[], int], None, None]:
    """A function that draws the next token after the context's last batch. Raises Refused for a bad constraint."""
    with ExitStack() as held:
        chain = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
        held.callback(llama.llama_sampler_free, chain)
        for part in _parts(sampling, llama.llama_vocab_n_tokens(vocabulary)):
            llama.llama_sampler_chain_add(chain, part)
        grammar = _grammar(vocabulary, sampling)
        if grammar is None:
            yield lambda: int(llama.llama_sampler_sample(chain, context, -1))
        else:
            held.callback(llama.llama_sampler_free, grammar)
            yield _Constrained(context, vocabulary, chain, grammar).draw


class _Constrained:
    """Draw freely first: only a token that the grammar forbids makes it look at the whole vocabulary."""

    def __init__(self, context: Any, vocabulary: Any, chain: Any, grammar: Any) -> None:
        self._context, self._chain, self._grammar = context, chain, grammar
        self._size = llama.llama_vocab_n_tokens(vocabulary)
        self._candidates = np.zeros(self._size, dtype=_CANDIDATE)

    def draw(self) -> int:
        token = self._apply(self._all(), self._chain)
        if not self._allowed(token):
            token = self._apply(self._all(), self._grammar, self._chain)
        llama.llama_sampler_accept(self._grammar, token)
        llama.llama_sampler_accept(self._chain, token)
        return token

    def _all(self) -> Any:
        pointer = llama.llama_get_logits_ith(self._context, -1)
        candidates = self._candidates
        candidates["id"] = np.arange(self._size)
        candidates["logit"] = np.ctypeslib.as_array(pointer, shape=(self._size,))
        candidates["p"] = 0
        return _array(candidates)

    def _allowed(self, token: int) -> bool:
        one = np.array([(token, 1.0, 0.0)], dtype=_CANDIDATE)
        llama.llama_sampler_apply(self._grammar, ctypes.byref(_array(one)))
        return bool(np.isfinite(one["logit"][0]))

    def _apply(self, candidates: Any, *samplers: Any) -> int:
        for sampler in samplers:
            llama.llama_sampler_apply(sampler, ctypes.byref(candidates))
        return int(candidates.data[candidates.selected].id)


def _array(candidates: Any) -> Any:
    data = candidates.ctypes.data_as(ctypes.POINTER(llama.llama_token_data))
    return llama.llama_token_data_array(data=data, size=len(candidates), selected=-1, sorted=False)


def _parts(sampling: Sampling, n_vocab: int) -> list[Any]:
    parts = []
    if sampling.repeat_penalty != 1:
        parts.append(
            llama.llama_sampler_init_penalties(
                n_vocab, PENALTY_WINDOW, sampling.repeat_penalty, 0.0, 0.0
            )
        )
    if sampling.temperature <= 0:
        return [*parts, llama.llama_sampler_init_greedy()]
    return [
        *parts,
        llama.llama_sampler_init_top_k(sampling.top_k),
        llama.llama_sampler_init_top_p(sampling.top_p, 1),
        llama.llama_sampler_init_min_p(sampling.min_p, 1),
        llama.llama_sampler_init_temp(sampling.temperature),
        llama.llama_sampler_init_dist(sampling.seed),
    ]


def _grammar(vocabulary: Any, sampling: Sampling) -> Any:
    """The constraint as a sampler, None without one. Raises Refused."""
    if sampling.json_schema is not None:
        text = _from_schema(sampling.json_schema)
    elif sampling.grammar is not None:
        text = sampling.grammar
    else:
        return None
    data = text.encode("utf-8", "replace")
    grammar = text.strip() and llama.llama_sampler_init_grammar(vocabulary, data, b"root")
    if not grammar:  # a null pointer in a chain would end the process at its first use
        raise Refused("failed", "the grammar is not valid GBNF with a rule `root`; correct it")
    return grammar


def _from_schema(schema: str) -> str:
    from llama_cpp.llama_grammar import json_schema_to_gbnf

    try:
        return str(json_schema_to_gbnf(schema))
    except Exception as error:
        raise Refused("failed", f"the JSON schema can't be used ({error}); correct it") from error
