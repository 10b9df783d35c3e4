"""The tokens a context has evaluated: a prompt pays only for what differs from them."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.llm.engine import Cancelled, Refused, Report
from tutor.llm.native import Evaluator
from tutor.llm.segments import common_prefix


class Cache:
    """`tokens` is always what the evaluator's memory holds."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self.tokens: list[int] = []

    def keep(self, length: int) -> None:
        """Cut back to `length` tokens, or to none where the architecture can't be cut."""
        if length < len(self.tokens) and not self.evaluator.cut(length):
            self.evaluator.clear()
            length = 0
        del self.tokens[length:]

    def decode(self, tokens: Sequence[int], *, every_logit: bool = False) -> None:
        """Evaluate up to one batch after what is held. Raises Cancelled, Refused; nothing of the batch is held then."""
        start = len(self.tokens)
        try:
            self.evaluator.decode(tokens, start, every_logit=every_logit)
        except (Cancelled, Refused):
            if not self.evaluator.cut(start):
                self.evaluator.clear()
                self.tokens.clear()
            raise
        self.tokens.extend(tokens)

    def evaluate(self, tokens: Sequence[int], report: Report) -> None:
        """Hold exactly `tokens`; at least the last one is evaluated, so that its logits are there."""
        self.keep(min(common_prefix(self.tokens, tokens), len(tokens) - 1))
        start, batch = len(self.tokens), self.evaluator.batch
        for at in range(start, len(tokens), batch):
            self.decode(tokens[at : at + batch])
            if len(tokens) - start > batch:
                report(len(self.tokens) - start, len(tokens) - start)
