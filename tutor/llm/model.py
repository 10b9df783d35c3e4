"""A loaded model: messages to prompts, prompts to choices and text. Knows no native library."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any, Protocol

from tutor.llm.cache import Cache
from tutor.llm.engine import Cancelled, Finish, Loaded, Refused, Report
from tutor.llm.native import Vocabulary
from tutor.llm.protocol import (
    Adapter,
    Continuation,
    Lane,
    Message,
    ModelInfo,
    Prompt,
    Sampling,
    TokenChoice,
)
from tutor.llm.segments import Segment, Template, common_prefix, plain, segments
from tutor.llm.text_stream import TextStream


class Owned(Protocol):
    """What a model holds beside its contexts: the count of threads, adapters, and the way to give it all back."""

    @property
    def threads(self) -> int: ...

    def adapter(self, path: str) -> Any:
        """An adapter loaded for this model, from its file the first time. Raises Refused."""
        ...

    def rest(self) -> None: ...

    def free(self) -> None: ...


class Model(Loaded):
    """`template` None: a base model, prompted with the bare contents."""

    def __init__(
        self,
        info: ModelInfo,
        vocabulary: Vocabulary,
        caches: Mapping[Lane, Cache],
        template: Template | None,
        owned: Owned,
    ) -> None:
        self.info = info
        self._vocabulary, self._caches, self._template = vocabulary, caches, template
        self._owned = owned
        self._open = True

    @property
    def kept(self) -> int:
        return self._caches["judge"].shelf.bytes

    @property
    def threads(self) -> int:
        return self._owned.threads

    def render(self, messages: Sequence[Message]) -> str:
        return "".join(segment.text for segment in self._segments(messages))

    def tokenize(self, text: str, *, special: bool = False) -> list[int]:
        return self._vocabulary.tokenize(text, special=special)

    def prompt(self, prompt: Prompt, *, open_turn: bool = False) -> list[int]:
        tokens = list(self._vocabulary.opening)
        if isinstance(prompt, str):
            return self._fitting(tokens + self.tokenize(prompt))
        for segment in self._segments(prompt, open_turn):
            tokens += self.tokenize(segment.text, special=segment.trusted)
        return self._fitting(tokens)

    def prefill(self, lane: Lane, tokens: Sequence[int], report: Report) -> int:
        cache = self._caches[lane]
        if common_prefix(cache.tokens, tokens) < len(tokens):
            cache.evaluate(tokens, report)
            if not cache.evaluator.cuts:
                cache.shelve()  # the only way back to here, once something was evaluated after it
        return len(tokens)

    def choose(
        self, lane: Lane, tokens: Sequence[int], continuations: Sequence[str], report: Report
    ) -> list[Continuation]:
        cache = self._caches[lane]
        split = [self._continuation(cache, len(tokens), text) for text in continuations]
        cache.evaluate(tokens, report)
        firsts = cache.evaluator.logprobs(-1, [parts[0] for parts in split])
        return [
            Continuation(text, first + _rest(cache, tokens, parts, report), len(parts))
            for text, parts, first in zip(continuations, split, firsts, strict=True)
        ]

    def next_tokens(
        self, lane: Lane, tokens: Sequence[int], top: int, report: Report
    ) -> list[TokenChoice]:
        cache = self._caches[lane]
        cache.evaluate(tokens, report)
        return [self._choice(*likely) for likely in cache.evaluator.likeliest(top)]

    def hidden(self, lane: Lane, tokens: Sequence[int], report: Report) -> list[float]:
        cache = self._caches[lane]
        cache.evaluate(tokens, report, state=True)
        return cache.evaluator.state()

    def set_adapters(self, lane: Lane, adapters: Sequence[Adapter]) -> None:
        loaded = [(self._owned.adapter(adapter.path), adapter.scale) for adapter in adapters]
        self._caches[lane].evaluator.adapt(loaded)
        self._caches[lane].forget()

    def generate(
        self, lane: Lane, tokens: Sequence[int], sampling: Sampling, report: Report
    ) -> Generator[str, None, Finish]:
        cache, stream, said = self._caches[lane], TextStream(sampling.stop), list(tokens)
        room = min(sampling.max_tokens, self.info.n_ctx - len(tokens))
        version = -1
        with cache.evaluator.sampler(sampling) as draw:
            while len(said) - len(tokens) < room:
                try:
                    version = _hold(cache, version, said, report)
                except Cancelled:
                    version = -1
                    yield ""
                    continue
                token = draw()
                if self._vocabulary.ends(token):
                    yield stream.feed(b"", last=True)
                    return "stop"
                said.append(token)
                yield stream.feed(self._vocabulary.piece(token))
                if stream.stopped:
                    return "stop"
        yield stream.feed(b"", last=True)
        return "length"

    def rest(self) -> None:
        self._owned.rest()

    def close(self) -> None:
        """Safe to call twice."""
        if self._open:
            self._open = False
            self._owned.rest()
            self._owned.free()

    def _choice(self, token: int, logprob: float) -> TokenChoice:
        data = self._vocabulary.piece(token)
        return TokenChoice(token, data or self._vocabulary.name(token), logprob, control=not data)

    def _segments(self, messages: Sequence[Message], open_turn: bool = False) -> list[Segment]:
        if self._template is None:
            return plain(messages, open_turn=open_turn)
        try:
            return segments(messages, self._template, open_turn=open_turn)
        except Exception as error:
            reason = (
                f"the model's chat template can't write this talk ({error}); choose another model"
            )
            raise Refused("failed", reason) from error

    def _fitting(self, tokens: list[int]) -> list[int]:
        n_ctx = self.info.n_ctx
        if len(tokens) >= n_ctx:
            message = f"the text has {len(tokens)} tokens and the context {n_ctx}; shorten it or raise `context`"
            raise Refused("too_long", message)
        if not tokens:
            raise Refused("failed", "there is nothing to evaluate: the prompt is empty")
        return tokens

    def _continuation(self, cache: Cache, start: int, text: str) -> list[int]:
        tokens = self.tokenize(text)
        if not tokens:
            raise Refused("failed", "a continuation to choose from is empty")
        if start + len(tokens) > self.info.n_ctx or len(tokens) > cache.evaluator.batch:
            raise Refused("too_long", "a continuation to choose from does not fit the context")
        return tokens


def _hold(cache: Cache, version: int, said: Sequence[int], report: Report) -> int:
    """Make the cache hold what was said so far, from where it was left or anew; its version then. Raises Cancelled."""
    if cache.version != version:
        cache.evaluate(said, report)
    else:
        cache.decode(said[len(cache.tokens) :])
    return cache.version


def _rest(cache: Cache, prompt: Sequence[int], tokens: Sequence[int], report: Report) -> float:
    """Log-probability of the tokens after the first; the cache is cut back to `prompt` afterwards."""
    if len(tokens) == 1:
        return 0.0
    if len(cache.tokens) < len(
        prompt
    ):  # an architecture that can't be cut lost it with the last one
        cache.evaluate(prompt, report)
    cache.decode(tokens[:-1], every_logit=True)
    following = [cache.evaluator.logprobs(i, [token])[0] for i, token in enumerate(tokens[1:])]
    cache.keep(len(prompt))
    return sum(following)
