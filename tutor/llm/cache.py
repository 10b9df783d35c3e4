"""The tokens a context has evaluated: a prompt pays only for what differs from them."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.llm.engine import Cancelled, Refused, Report
from tutor.llm.native import Evaluator
from tutor.llm.protocol import Lane
from tutor.llm.segments import common_prefix
from tutor.llm.shelf import Kept, Shelf

WORTH_KEEPING = 128  # tokens: fewer are evaluated again before they are copied out
WORTH_FETCHING = 64


class Cache:
    """`tokens` is always what the evaluator's memory holds; `version` changes when a new prompt has taken it over."""

    def __init__(self, evaluator: Evaluator, lane: Lane, shelf: Shelf) -> None:
        self.evaluator, self.lane, self.shelf = evaluator, lane, shelf
        self.tokens: list[int] = []
        self.version = 0

    def keep(self, length: int) -> None:
        """Cut back to `length` tokens, or to none where the architecture can't be cut."""
        if length < len(self.tokens) and not self.evaluator.cut(length):
            self.evaluator.clear()
            length = 0
        del self.tokens[length:]

    def forget(self) -> None:
        """The context computes differently from now on: nothing evaluated before holds."""
        self.version += 1
        self.evaluator.clear()
        self.tokens.clear()
        self.shelf.drop(self.lane)

    def decode(
        self, tokens: Sequence[int], *, every_logit: bool = False, state: bool = False
    ) -> None:
        """Evaluate up to one batch after what is held. Raises Cancelled, Refused; nothing of the batch is held then."""
        start = len(self.tokens)
        try:
            self.evaluator.decode(tokens, start, every_logit=every_logit, state=state)
        except (Cancelled, Refused):
            if not self.evaluator.cut(start):
                self.evaluator.clear()
                self.tokens.clear()
            raise
        self.tokens.extend(tokens)

    def evaluate(self, tokens: Sequence[int], report: Report, *, state: bool = False) -> None:
        """Hold exactly `tokens`; at least the last one is evaluated, so that its logits (and `state`) are there."""
        self.version += 1
        self._swap(tokens)
        self.keep(min(common_prefix(self.tokens, tokens), len(tokens) - 1))
        start, batch = len(self.tokens), self.evaluator.batch
        for at in range(start, len(tokens), batch):
            self.decode(tokens[at : at + batch], state=state and at + batch >= len(tokens))
            if len(tokens) - start > batch:
                report(len(self.tokens) - start, len(tokens) - start)

    def shelve(self) -> None:
        """Set a copy of what is held aside."""
        if self.tokens and self.evaluator.size() <= self.shelf.limit:
            self.shelf.put(Kept(self.lane, list(self.tokens), self.evaluator.save()))

    def _swap(self, tokens: Sequence[int]) -> None:
        """Set aside what `tokens` would cut off, fetch what fits them better."""
        cuts = self.evaluator.cuts
        shared = common_prefix(self.tokens, tokens)
        lost = len(self.tokens) - shared
        held = shared if cuts or not lost else 0
        found, fits = self.shelf.best(self.lane, tokens, whole=not cuts)
        if cuts and lost >= WORTH_KEEPING:
            self.shelve()
        if found is None or fits - held < WORTH_FETCHING:
            return
        self.shelf.take(found, leave=not cuts)
        self.evaluator.clear()
        self.tokens.clear()
        if self.evaluator.restore(found.state):
            self.tokens = list(found.tokens)
        else:
            self.evaluator.clear()
