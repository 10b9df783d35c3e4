"""A loaded model: messages to prompts, prompts to choices and text. Knows no native library."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence

from tutor.llm.cache import Cache
from tutor.llm.engine import Finish, Loaded, Refused, Report
from tutor.llm.native import Vocabulary
from tutor.llm.protocol import Continuation, Lane, Message, ModelInfo, Sampling
from tutor.llm.segments import Segment, Template, common_prefix, plain, segments
from tutor.llm.text_stream import TextStream


class Model(Loaded):
    """`template` None: a base model, prompted with the bare contents. `free` gives all memory back."""

    def __init__(
        self,
        info: ModelInfo,
        vocabulary: Vocabulary,
        caches: Mapping[Lane, Cache],
        template: Template | None,
        free: Callable[[], None],
    ) -> None:
        self.info = info
        self._vocabulary, self._caches, self._template = vocabulary, caches, template
        self._free: Callable[[], None] | None = free

    def render(self, messages: Sequence[Message]) -> str:
        return "".join(segment.text for segment in self._segments(messages))

    def tokenize(self, text: str, *, special: bool = False) -> list[int]:
        return self._vocabulary.tokenize(text, special=special)

    def prompt(self, messages: Sequence[Message], *, open_turn: bool = False) -> list[int]:
        tokens = list(self._vocabulary.opening)
        for segment in self._segments(messages, open_turn):
            tokens += self.tokenize(segment.text, special=segment.trusted)
        return self._fitting(tokens)

    def raw_prompt(self, text: str) -> list[int]:
        return self._fitting(self._vocabulary.opening + self.tokenize(text))

    def prefill(self, lane: Lane, tokens: Sequence[int], report: Report) -> int:
        cache = self._caches[lane]
        if common_prefix(cache.tokens, tokens) < len(tokens):
            cache.evaluate(tokens, report)
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

    def generate(
        self, lane: Lane, tokens: Sequence[int], sampling: Sampling, report: Report
    ) -> Generator[str, None, Finish]:
        cache, stream = self._caches[lane], TextStream(sampling.stop)
        cache.evaluate(tokens, report)
        room = min(sampling.max_tokens, self.info.n_ctx - len(tokens))
        finish: Finish = "length"
        with cache.evaluator.sampler(sampling) as draw:
            for count in range(1, room + 1):
                token = draw()
                if self._vocabulary.ends(token):
                    finish = "stop"
                    break
                yield stream.feed(self._vocabulary.piece(token))
                if stream.stopped:
                    return "stop"
                if count < room:
                    cache.decode([token])
        yield stream.feed(b"", last=True)
        return finish

    def close(self) -> None:
        """Safe to call twice."""
        if self._free is not None:
            self._free()
        self._free = None

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
