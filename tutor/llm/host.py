"""The worker process: llama.cpp, one set of weights, two contexts on them. The only module that imports llama_cpp."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

import llama_cpp as llama
import numpy as np
import numpy.typing as npt
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from tutor.llm.engine import Cancelled, Finish, Loaded, Refused, Report
from tutor.llm.gguf import BadGguf, read_header
from tutor.llm.protocol import Continuation, Lane, Message, ModelInfo, Sampling
from tutor.llm.segments import Segment, common_prefix, plain, segments
from tutor.llm.text_stream import TextStream

N_BATCH = 256  # also how soon a cancelled prompt is let go of, and the step of its progress
LANES: tuple[Lane, ...] = ("judge", "chat")


class Context:
    """One llama_context and the tokens its KV cache holds; a prompt pays only for what differs from them."""

    def __init__(
        self, model: ctypes.c_void_p, n_ctx: int, threads: int, abort: ctypes._FuncPointer
    ) -> None:
        params = llama.llama_context_default_params()
        params.n_ctx, params.n_batch, params.n_ubatch = n_ctx, N_BATCH, N_BATCH
        params.n_threads = params.n_threads_batch = threads
        params.abort_callback = abort
        params.swa_full = True  # without it a sliding-window model can't be cut back to a prefix
        params.no_perf = True
        self.pointer = llama.llama_init_from_model(model, params)
        if not self.pointer:
            raise Refused(
                "failed",
                f"no memory for a context of {n_ctx} tokens; choose a smaller one in settings",
            )
        self.memory = llama.llama_get_memory(self.pointer)
        self.n_ctx = n_ctx
        self.tokens: list[int] = []
        self.batch = llama.llama_batch_init(N_BATCH, 0, 1)

    def keep(self, length: int) -> None:
        """Cut the cache back to `length` tokens, or empty it where the architecture can't be cut."""
        if length < len(self.tokens) and not llama.llama_memory_seq_rm(self.memory, 0, length, -1):
            llama.llama_memory_clear(self.memory, True)
            length = 0
        del self.tokens[length:]

    def decode(self, tokens: Sequence[int], *, every_logit: bool = False) -> None:
        """Evaluate up to N_BATCH tokens after those held. Raises Cancelled; the cache then holds what it held before."""
        start = len(self.tokens)
        self.batch.n_tokens = len(tokens)
        for i, token in enumerate(tokens):
            self.batch.token[i], self.batch.pos[i] = token, start + i
            self.batch.n_seq_id[i], self.batch.seq_id[i][0] = 1, 0
            self.batch.logits[i] = every_logit or i == len(tokens) - 1
        code = llama.llama_decode(self.pointer, self.batch)
        if code == 0:
            self.tokens.extend(tokens)
            return
        if not llama.llama_memory_seq_rm(self.memory, 0, start, -1):
            llama.llama_memory_clear(self.memory, True)
            self.tokens.clear()
        if code == 2:
            raise Cancelled
        raise Refused(
            "failed",
            f"llama.cpp could not evaluate the prompt (code {code}); try again or a shorter text",
        )

    def evaluate(self, tokens: Sequence[int], report: Report) -> None:
        """Bring the cache to `tokens`; at least the last one is evaluated, so that its logits are there."""
        shared = common_prefix(self.tokens, tokens)
        self.keep(min(shared, len(tokens) - 1))
        start = len(self.tokens)
        for at in range(start, len(tokens), N_BATCH):
            self.decode(tokens[at : at + N_BATCH])
            if len(tokens) - start > N_BATCH:
                report(len(self.tokens) - start, len(tokens) - start)

    def logprobs(self, n_vocab: int, index: int = -1) -> npt.NDArray[np.float64]:
        """Natural log-probabilities over the vocabulary after the batch's token `index`."""
        pointer = llama.llama_get_logits_ith(self.pointer, index)
        logits = np.ctypeslib.as_array(pointer, shape=(n_vocab,)).astype(np.float64)
        logits -= logits.max()
        logits -= np.log(np.exp(logits).sum())
        return logits

    def close(self) -> None:
        llama.llama_batch_free(self.batch)
        llama.llama_free(self.pointer)


class LlamaModel(Loaded):
    """A loaded GGUF with its contexts."""

    def __init__(
        self, path: Path, n_ctx: int, threads: int, aborted: Callable[[], bool], report: Report
    ) -> None:
        self._abort = llama.ggml_abort_callback(lambda _: aborted())
        progress = llama.llama_progress_callback(
            lambda part, _: self._loading(part, aborted, report)
        )
        params = llama.llama_model_default_params()
        params.n_gpu_layers, params.progress_callback = 0, progress
        self.model = llama.llama_model_load_from_file(os.fsencode(path), params)
        if not self.model:
            if aborted():
                raise Cancelled
            raise Refused("bad_model", f"llama.cpp can't load {path.name}: {last_error()}")
        self.vocab = llama.llama_model_get_vocab(self.model)
        self.n_vocab = llama.llama_vocab_n_tokens(self.vocab)
        n_train = llama.llama_model_n_ctx_train(self.model)
        self.n_ctx = min(n_ctx, n_train)
        self.contexts = {
            lane: Context(self.model, self.n_ctx, threads, self._abort) for lane in LANES
        }
        self._template = self._chat_template()
        self.info = ModelInfo(
            name=path.stem,
            path=str(path),
            architecture=self._meta("general.architecture") or "unknown",
            parameters=llama.llama_model_n_params(self.model),
            bytes=llama.llama_model_size(self.model),
            n_ctx=self.n_ctx,
            n_ctx_train=n_train,
            n_vocab=self.n_vocab,
            chat_template=self._template is not None,
        )

    @staticmethod
    def _loading(part: float, aborted: Callable[[], bool], report: Report) -> bool:
        report(int(part * 100), 100)
        return not aborted()

    def _meta(self, key: str) -> str | None:
        buffer = ctypes.create_string_buffer(256)
        size = llama.llama_model_meta_val_str(self.model, key.encode(), buffer, len(buffer))
        return buffer.value.decode("utf-8", "replace") if size >= 0 else None

    def _chat_template(self) -> Jinja2ChatFormatter | None:
        text = llama.llama_model_chat_template(self.model, None)
        if not text:
            return None
        return Jinja2ChatFormatter(
            text.decode("utf-8", "replace"),
            eos_token=self._token_text(llama.llama_vocab_eos(self.vocab)),
            bos_token="",  # added as a token, once, by `prompt`
        )

    def _token_text(self, token: int) -> str:
        return (
            llama.llama_vocab_get_text(self.vocab, token).decode("utf-8", "replace")
            if token >= 0
            else ""
        )

    def _segments(self, messages: Sequence[Message], open_turn: bool = False) -> list[Segment]:
        template = self._template
        if template is None:
            return plain(messages)
        try:
            return segments(
                messages, lambda marked: str(template(messages=marked).prompt), open_turn=open_turn
            )
        except Exception as error:
            raise Refused(
                "failed", f"the model's chat template refused the messages: {error}"
            ) from error

    def render(self, messages: Sequence[Message]) -> str:
        return "".join(segment.text for segment in self._segments(messages))

    def tokenize(self, text: str, *, special: bool = False) -> list[int]:
        data = text.encode("utf-8", "replace")
        size = len(data) + 8
        buffer = (llama.llama_token * size)()
        count = llama.llama_tokenize(self.vocab, data, len(data), buffer, size, False, special)
        return list(buffer[:count])

    def prompt(self, messages: Sequence[Message], *, open_turn: bool = False) -> list[int]:
        tokens = self._start()
        for segment in self._segments(messages, open_turn):
            tokens += self.tokenize(segment.text, special=segment.trusted)
        return self._fitting(tokens)

    def raw_prompt(self, text: str) -> list[int]:
        return self._fitting(self._start() + self.tokenize(text))

    def _start(self) -> list[int]:
        return (
            [llama.llama_vocab_bos(self.vocab)] if llama.llama_vocab_get_add_bos(self.vocab) else []
        )

    def _fitting(self, tokens: list[int]) -> list[int]:
        if len(tokens) >= self.n_ctx:
            message = f"the text has {len(tokens)} tokens and the context {self.n_ctx}; shorten it or raise `context`"
            raise Refused("too_long", message)
        if not tokens:
            raise Refused("failed", "there is nothing to evaluate: the prompt is empty")
        return tokens

    def prefill(self, lane: Lane, tokens: Sequence[int], report: Report) -> int:
        context = self.contexts[lane]
        if common_prefix(context.tokens, tokens) < len(tokens):
            context.evaluate(tokens, report)
        return len(tokens)

    def choose(
        self, lane: Lane, tokens: Sequence[int], continuations: Sequence[str], report: Report
    ) -> list[Continuation]:
        context = self.contexts[lane]
        context.evaluate(tokens, report)
        first = context.logprobs(self.n_vocab)
        return [self._continuation(context, len(tokens), first, text) for text in continuations]

    def _continuation(
        self, context: Context, start: int, first: npt.NDArray[np.float64], text: str
    ) -> Continuation:
        tokens = self.tokenize(text)
        if not tokens:
            raise Refused("failed", "a continuation to choose from is empty")
        logprob = float(first[tokens[0]])
        if len(tokens) > 1:
            if start + len(tokens) > self.n_ctx or len(tokens) > N_BATCH:
                raise Refused("too_long", "a continuation to choose from does not fit the context")
            context.decode(tokens[:-1], every_logit=True)
            logprob += sum(
                float(context.logprobs(self.n_vocab, i)[token])
                for i, token in enumerate(tokens[1:])
            )
            context.keep(start)
        return Continuation(text, logprob, len(tokens))

    def generate(
        self, lane: Lane, tokens: Sequence[int], sampling: Sampling, report: Report
    ) -> Generator[str, None, Finish]:
        context = self.contexts[lane]
        context.evaluate(tokens, report)
        stream, sampler = TextStream(sampling.stop), self._sampler(sampling)
        room = min(sampling.max_tokens, self.n_ctx - len(tokens))
        try:
            for count in range(room):
                token = llama.llama_sampler_sample(sampler, context.pointer, -1)
                if llama.llama_vocab_is_eog(self.vocab, token):
                    yield stream.feed(b"", last=True)
                    return "stop"
                yield stream.feed(self._piece(token))
                if stream.stopped:
                    return "stop"
                if count + 1 < room:
                    context.decode([token])
            yield stream.feed(b"", last=True)
            return "length"
        finally:
            llama.llama_sampler_free(sampler)

    def _piece(self, token: int) -> bytes:
        buffer = ctypes.create_string_buffer(256)
        size = llama.llama_token_to_piece(self.vocab, token, buffer, len(buffer), 0, False)
        return buffer.raw[: max(size, 0)]

    def _sampler(self, sampling: Sampling) -> Any:
        chain = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
        add = llama.llama_sampler_chain_add
        if sampling.repeat_penalty != 1:
            add(
                chain,
                llama.llama_sampler_init_penalties(
                    self.n_vocab, 64, sampling.repeat_penalty, 0.0, 0.0
                ),
            )
        if sampling.temperature <= 0:
            add(chain, llama.llama_sampler_init_greedy())
            return chain
        add(chain, llama.llama_sampler_init_top_k(sampling.top_k))
        add(chain, llama.llama_sampler_init_top_p(sampling.top_p, 1))
        add(chain, llama.llama_sampler_init_min_p(sampling.min_p, 1))
        add(chain, llama.llama_sampler_init_temp(sampling.temperature))
        add(chain, llama.llama_sampler_init_dist(sampling.seed))
        return chain

    def close(self) -> None:
        for context in self.contexts.values():
            context.close()
        llama.llama_model_free(self.model)


_errors: list[str] = []


@llama.llama_log_callback  # type: ignore[untyped-decorator]  # kept here: llama.cpp holds the bare pointer
def _log(level: int, text: bytes, _data: ctypes.c_void_p) -> None:
    line = text.decode("utf-8", "replace")
    if (
        level in (3, 4) and line.strip()
    ):  # warnings say little alone, errors come in a row: the first one says why
        _errors.append(line.strip())
    os.write(2, text)


def last_error() -> str:
    """The reason llama.cpp gave, without its own names for functions."""
    reasons = [
        line.split(": ", 1)[-1]
        for line in _errors
        if "error" in line.lower() or "unknown" in line.lower()
    ]
    return (reasons[0] if reasons else "it gave no reason")[:200]


def load(
    path: Path, n_ctx: int, threads: int, aborted: Callable[[], bool], report: Report
) -> Loaded:
    """Check the header, then give the file to llama.cpp. Raises Refused("bad_model"), Cancelled."""
    try:
        read_header(path)
    except BadGguf as error:
        raise Refused("bad_model", str(error)) from error
    _errors.clear()
    return LlamaModel(path, n_ctx, threads, aborted, report)


def main() -> None:
    """Serve the parent through the pipe that was standard output, until standard input ends."""
    from tutor.llm.worker import serve, take_pipes

    requests, replies = take_pipes()
    llama.llama_log_set(_log, ctypes.c_void_p(0))
    llama.llama_backend_init()
    serve(load, requests, replies)


if __name__ == "__main__":
    main()
