"""Prompts as tokens, by llama.cpp's own tokenizer: what is trained on is what will be asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from jinja2.sandbox import ImmutableSandboxedEnvironment
from llama_cpp import Llama

from models.grading.tuning.trees import Labelled
from tests.benchmarks.grading.cases import Case
from tutor.grading import plain_prompt
from tutor.llm.protocol import Message
from tutor.llm.segments import segments


class Vocabulary:
    """The vocabulary of a GGUF file, without its weights."""

    def __init__(self, gguf: Path) -> None:
        self._model = Llama(str(gguf), vocab_only=True, verbose=False)
        adds = self._model.metadata.get("tokenizer.ggml.add_bos_token", "false") == "true"
        self._opening = [self._model.token_bos()] if adds else []
        source = self._model.metadata.get("tokenizer.chat_template", "")
        template = ImmutableSandboxedEnvironment().from_string(source)
        self._render = lambda turns: template.render(messages=turns)

    def tokens(self, text: str) -> list[int]:
        return list(self._model.tokenize(text.encode(), add_bos=False, special=False))

    def talk(self, messages: Sequence[Message]) -> list[list[int]]:
        """The tokens of a talk in the model's own template, piece by piece, up to the end of what is said last."""
        parts = segments(messages, self._render, open_turn=True)
        pieces = [
            list(self._model.tokenize(part.text.encode(), add_bos=False, special=part.trusted))
            for part in parts
        ]
        return [self._opening, *pieces] if self._opening else pieces

    @property
    def end_of_turn(self) -> int:
        return self._model.token_eos()

    def one(self, text: str) -> int:
        """The token that `text` is. Raises ValueError where it is several."""
        [token] = self.tokens(text)
        return token

    def prompts(self, cases: Iterable[Case]) -> Iterator[Labelled]:
        for case in cases:
            yield Labelled(self._prompt(case), case.label)

    def length(self, case: Case) -> int:
        """Tokens of its prompt."""
        return len(self._prompt(case))

    def _prompt(self, case: Case) -> tuple[int, ...]:
        text = plain_prompt.prompt(case.question, case.answer, case.claim, whole=case.whole)
        return (*self._opening, *self.tokens(text))
