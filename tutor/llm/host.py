"""The worker process: llama.cpp, one set of weights, two contexts on them. The only module that imports llama_cpp."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import llama_cpp as llama
import numpy as np
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from tutor.llm.cache import Cache
from tutor.llm.engine import Cancelled, Loaded, Refused, Report
from tutor.llm.error_log import ErrorLog
from tutor.llm.gguf import BadGguf, read_header
from tutor.llm.model import Model
from tutor.llm.one_line import one_line
from tutor.llm.protocol import Lane, ModelInfo, Sampling
from tutor.llm.segments import Template

N_BATCH = 256  # also how soon a cancelled prompt is let go of, and the step of its progress
LANES: tuple[Lane, ...] = ("judge", "chat")
PENALTY_WINDOW = 64  # tokens

_errors = ErrorLog()


class LlamaVocabulary:
    """The vocabulary of a loaded model, which has to outlive it."""

    def __init__(self, model: Any) -> None:
        self.pointer = llama.llama_model_get_vocab(model)
        self.size: int = llama.llama_vocab_n_tokens(self.pointer)
        bos = llama.llama_vocab_bos(self.pointer)
        adds_bos = bos >= 0 and llama.llama_vocab_get_add_bos(self.pointer)
        self.opening: list[int] = [bos] if adds_bos else []
        self.bos_text = "" if adds_bos else self._text(bos)
        self.eos_text = self._text(llama.llama_vocab_eos(self.pointer))

    def tokenize(self, text: str, *, special: bool = False) -> list[int]:
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        while True:
            buffer = (llama.llama_token * room)()
            count = llama.llama_tokenize(
                self.pointer, data, len(data), buffer, room, False, special
            )
            if count >= 0:
                return list(buffer[:count])
            room = -count

    def piece(self, token: int) -> bytes:
        room = 64
        while True:
            buffer = ctypes.create_string_buffer(room)
            size = llama.llama_token_to_piece(self.pointer, token, buffer, room, 0, False)
            if size >= 0:
                return buffer.raw[:size]
            room = -size

    def ends(self, token: int) -> bool:
        return bool(llama.llama_vocab_is_eog(self.pointer, token))

    def _text(self, token: int) -> str:
        if token < 0:
            return ""
        text: bytes = llama.llama_vocab_get_text(self.pointer, token)
        return text.decode("utf-8", "replace")


class LlamaEvaluator:
    """One llama_context. Raises Refused when there is no memory for it."""

    batch = N_BATCH

    def __init__(self, model: Any, n_vocab: int, n_ctx: int, threads: int, abort: Any) -> None:
        params = llama.llama_context_default_params()
        params.n_ctx, params.n_batch, params.n_ubatch = n_ctx, N_BATCH, N_BATCH
        params.n_threads = params.n_threads_batch = threads
        params.abort_callback = self._abort = abort  # llama.cpp holds the bare pointer
        params.swa_full = True  # without it a sliding-window model can't be cut back to a prefix
        params.no_perf = True
        self.pointer = llama.llama_init_from_model(model, params)
        if not self.pointer:
            raise Refused(
                "failed",
                f"no memory for a context of {n_ctx} tokens; choose a smaller one in settings",
            )
        self.n_ctx, self._n_vocab = n_ctx, n_vocab
        self._memory = llama.llama_get_memory(self.pointer)
        self._batch = llama.llama_batch_init(N_BATCH, 0, 1)

    def decode(self, tokens: Sequence[int], start: int, *, every_logit: bool) -> None:
        batch = self._batch
        batch.n_tokens = len(tokens)
        for i, token in enumerate(tokens):
            batch.token[i], batch.pos[i] = token, start + i
            batch.n_seq_id[i], batch.seq_id[i][0] = 1, 0
            batch.logits[i] = every_logit or i == len(tokens) - 1
        code = llama.llama_decode(self.pointer, batch)
        if code == 2:
            raise Cancelled
        if code != 0:
            raise Refused(
                "failed",
                f"llama.cpp could not evaluate the prompt (code {code}); try again or a shorter text",
            )

    def cut(self, length: int) -> bool:
        return bool(llama.llama_memory_seq_rm(self._memory, 0, length, -1))

    def clear(self) -> None:
        llama.llama_memory_clear(self._memory, True)

    def logprobs(self, index: int, wanted: Sequence[int]) -> list[float]:
        pointer = llama.llama_get_logits_ith(self.pointer, index)
        logits = np.ctypeslib.as_array(pointer, shape=(self._n_vocab,)).astype(np.float64)
        logits -= logits.max()
        logits -= np.log(np.exp(logits).sum())
        return [float(logits[token]) for token in wanted]

    @contextmanager
    def sampler(self, sampling: Sampling) -> Generator[Callable[[], int], None, None]:
        chain = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
        try:
            for part in self._parts(sampling):
                llama.llama_sampler_chain_add(chain, part)
            yield lambda: int(llama.llama_sampler_sample(chain, self.pointer, -1))
        finally:
            llama.llama_sampler_free(chain)

    def _parts(self, sampling: Sampling) -> list[Any]:
        parts = []
        if sampling.repeat_penalty != 1:
            penalty = sampling.repeat_penalty
            parts.append(
                llama.llama_sampler_init_penalties(self._n_vocab, PENALTY_WINDOW, penalty, 0.0, 0.0)
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

    def close(self) -> None:
        llama.llama_batch_free(self._batch)
        llama.llama_free(self.pointer)


def load(
    path: Path, n_ctx: int, threads: int, aborted: Callable[[], bool], report: Report
) -> Loaded:
    """Check the header, then give the file to llama.cpp. Raises Refused, Cancelled."""
    try:
        read_header(path)
    except BadGguf as error:
        raise Refused("bad_model", str(error)) from error
    with ExitStack() as held:
        model = _weights(path, aborted, report)
        held.callback(llama.llama_model_free, model)
        vocabulary = LlamaVocabulary(model)
        n_train: int = llama.llama_model_n_ctx_train(model)
        n_ctx = min(n_ctx, n_train or n_ctx)
        template = _template(model, vocabulary)
        abort = llama.ggml_abort_callback(lambda _: aborted())
        caches: dict[Lane, Cache] = {}
        for lane in LANES:
            evaluator = LlamaEvaluator(model, vocabulary.size, n_ctx, threads, abort)
            held.callback(evaluator.close)
            caches[lane] = Cache(evaluator)
        info = ModelInfo(
            name=one_line(path.stem),
            path=str(path),
            architecture=_meta(model, "general.architecture"),
            parameters=llama.llama_model_n_params(model),
            bytes=llama.llama_model_size(model),
            n_ctx=n_ctx,
            n_ctx_train=n_train,
            n_vocab=vocabulary.size,
            chat_template=template is not None,
        )
        return Model(info, vocabulary, caches, template, free=held.pop_all().close)


def _weights(path: Path, aborted: Callable[[], bool], report: Report) -> Any:
    def progress(part: float, _: object) -> bool:
        report(int(part * 100), 100)
        return not aborted()

    params = llama.llama_model_default_params()
    callback = llama.llama_progress_callback(progress)
    params.n_gpu_layers, params.progress_callback = 0, callback
    _errors.clear()
    model = llama.llama_model_load_from_file(os.fsencode(path), params)
    if model:
        return model
    if aborted():
        raise Cancelled
    raise Refused("bad_model", f"llama.cpp can't load {path.name}: {_errors.reason()}")


def _meta(model: Any, key: str) -> str:
    buffer = ctypes.create_string_buffer(256)
    size = llama.llama_model_meta_val_str(model, key.encode(), buffer, len(buffer))
    return one_line(buffer.value.decode("utf-8", "replace")) if size >= 0 else "unknown"


def _template(model: Any, vocabulary: LlamaVocabulary) -> Template | None:
    """The chat template of the file; None for a base model. Raises Refused."""
    text = llama.llama_model_chat_template(model, None)
    if not text:
        return None
    try:
        # A beginning-of-sequence token that every prompt opens with must not come a second time from here.
        formatter = Jinja2ChatFormatter(
            text.decode("utf-8", "replace"),
            eos_token=vocabulary.eos_text,
            bos_token=vocabulary.bos_text,
        )
    except Exception as error:
        raise Refused(
            "bad_model", f"the file's chat template is broken ({error}); choose another file"
        ) from error
    return lambda messages: str(formatter(messages=messages).prompt)


@llama.llama_log_callback  # type: ignore[untyped-decorator]  # kept here: llama.cpp holds the bare pointer
def _log(level: int, text: bytes, _data: ctypes.c_void_p) -> None:
    _errors.note(level, text.decode("utf-8", "replace"))
    os.write(2, text)


def main() -> None:
    """Serve the parent through the pipe that was standard output, until standard input ends."""
    from tutor.llm.worker import serve, take_pipes

    requests, replies = take_pipes()
    llama.llama_log_set(_log, ctypes.c_void_p(0))
    llama.llama_backend_init()
    serve(load, requests, replies)


if __name__ == "__main__":
    main()
