"""A GGUF file becomes a model: header and memory are checked, then llama.cpp has it."""

from __future__ import annotations

import ctypes
import os
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import llama_cpp as llama
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from tutor.llm.cache import Cache
from tutor.llm.engine import Cancelled, Loaded, Refused, Report
from tutor.llm.error_log import ErrorLog
from tutor.llm.footprint import estimate, refusal
from tutor.llm.gguf import BadGguf, read_header
from tutor.llm.hardware import memory_free
from tutor.llm.host.evaluator import LlamaEvaluator
from tutor.llm.host.holdings import Holdings
from tutor.llm.host.processor import without_amx
from tutor.llm.host.vocabulary import LlamaVocabulary
from tutor.llm.model import Model
from tutor.llm.one_line import one_line
from tutor.llm.protocol import Lane, ModelInfo
from tutor.llm.reported import BufferLog
from tutor.llm.segments import Template
from tutor.llm.shelf import Shelf
from tutor.llm.stop_flag import StopFlag
from tutor.llm.wire import Load

LANES: tuple[Lane, ...] = ("judge", "chat")

_errors = ErrorLog()
_buffers = BufferLog()


def load(request: Load, stop: StopFlag, report: Report) -> Loaded:
    """Check the header, then give the file to llama.cpp. Raises Refused, Cancelled."""
    path = Path(request.path)
    _check(path, request.n_ctx)
    with ExitStack() as held:
        model = _weights(path, stop, report)
        held.callback(llama.llama_model_free, model)
        vocabulary = LlamaVocabulary(model)
        n_train: int = llama.llama_model_n_ctx_train(model)
        n_ctx = min(request.n_ctx, n_train or request.n_ctx)
        template = _template(model, vocabulary)
        holdings = Holdings(model, path, request, _errors)
        shelf = Shelf(request.kept_limit)
        caches: dict[Lane, Cache] = {}
        for lane in LANES:
            evaluator = LlamaEvaluator(model, vocabulary.pointer, n_ctx, holdings.count, stop)
            held.callback(evaluator.close)
            caches[lane] = Cache(evaluator, lane, shelf)
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
            n_embd=llama.llama_model_n_embd(model),
            memory=_buffers.memory(),
        )
        holdings.free = held.pop_all().close
        return Model(info, vocabulary, caches, template, holdings)


def _check(path: Path, n_ctx: int) -> None:
    try:
        needed = estimate(read_header(path), n_ctx=n_ctx)
    except BadGguf as error:
        raise Refused("bad_model", str(error)) from error
    if reason := refusal(needed, memory_free(), path.stem):
        raise Refused("no_room", reason)


def _weights(path: Path, stop: StopFlag, report: Report) -> Any:
    def progress(part: float, _: object) -> bool:
        report(int(part * 100), 100)
        return not stop.is_set()

    params = without_amx(llama.llama_model_default_params())
    callback = llama.llama_progress_callback(progress)
    params.n_gpu_layers, params.progress_callback = 0, callback
    _errors.clear()
    _buffers.clear()
    model = llama.llama_model_load_from_file(os.fsencode(path), params)
    if model:
        return model
    if stop.is_set():
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
def log(level: int, text: bytes, _data: ctypes.c_void_p) -> None:
    line = text.decode("utf-8", "replace")
    _errors.note(level, line)
    _buffers.note(line)
    os.write(2, text)
