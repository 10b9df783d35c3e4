"""From the likeliest tokens that a server lists to how likely each of some continuations is."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tutor.llm.protocol import Continuation
from tutor.llm.remote_messages import Position

CHOSEN, LEFT = math.log(0.9), 0.1
"""Nominal, where a server gives no log-probabilities: the one it chose, and what the others share."""

_LEAST = 1e-9  # probability that stays when rounding leaves none


def rest(position: Position) -> float:
    """The most that a token outside the list can have, in nats: the least listed, or all that is left, if less."""
    listed = sum(math.exp(logprob) for _, logprob in position.top)
    left = math.log(max(1.0 - listed, _LEAST))
    return min([left, *(logprob for _, logprob in position.top)])


def likeliest_fit(position: Position, text: bytes) -> tuple[bytes, float] | None:
    """The longest listed token that `text` begins with: most likely the one the model itself would write it with."""
    fits = [(token, logprob) for token, logprob in position.top if token and text.startswith(token)]
    return max(fits, key=lambda fit: len(fit[0]), default=None)


def steps_needed(texts: Sequence[str]) -> int:
    """How many tokens of an answer may be needed to tell the texts apart: 1 when no two begin alike."""
    encoded = [text.encode() for text in texts]
    shared = max((_shared(a, b) for a in encoded for b in encoded if a != b), default=0)
    return shared + 1


def nominal(texts: Sequence[str], chosen: str) -> dict[str, Continuation]:
    others = math.log(LEFT / max(1, len(texts) - 1))
    return {text: Continuation(text, CHOSEN if text == chosen else others, 1) for text in texts}


class Spread:
    """The probability of one drawn answer's tokens, spread over `texts` (all different, none empty).

    A token goes to the text it alone begins. Tokens that begin several are followed where the answer went on with them,
    else they share it evenly. Of a text that no listed token begins only a bound is known.
    """

    def __init__(self, texts: Sequence[str], positions: Sequence[Position]) -> None:
        self._encoded = {text: text.encode("utf-8", "replace") for text in texts}
        self._mass = dict.fromkeys(texts, 0.0)
        self._bound = dict.fromkeys(texts, 0.0)
        self._depth = dict.fromkeys(texts, 1)
        self._walk(positions)

    def continuations(self) -> dict[str, Continuation]:
        """`tokens`: how many tokens of the text the number is about, not how many it has."""
        return {
            text: Continuation(text, self._logprob(text), self._depth[text]) for text in self._mass
        }

    def _logprob(self, text: str) -> float:
        mass = self._mass[text]
        return min(0.0, math.log(mass)) if mass > 0 else self._bound[text]

    def _walk(self, positions: Sequence[Position]) -> None:
        alive, said, reached = set(self._mass), b"", 0.0
        for at, position in enumerate(positions):
            for text in alive:
                self._bound[text], self._depth[text] = reached + rest(position), at + 1
            follow = position.token if at + 1 < len(positions) else b""
            followed = self._give(alive, said, reached, position, follow)
            if len(followed) < 2:
                return
            alive, said = followed, _begun(follow, said)
            reached += position.logprob

    def _give(
        self, alive: set[str], said: bytes, reached: float, position: Position, follow: bytes
    ) -> set[str]:
        """Give out one position's tokens, but the one that is followed; the texts that it leaves alike."""
        followed: set[str] = set()
        claimed = 0.0
        for token, logprob in position.top:
            begun = _begun(token, said)
            meant = [text for text in alive if begun and self._encoded[text].startswith(begun)]
            share = math.exp(reached + logprob)
            claimed += share if meant else 0.0
            if len(meant) > 1 and token == follow:
                followed = set(meant)
                continue
            for text in meant:
                self._mass[text] += share / len(meant)
        for text in alive:
            if (
                said and self._encoded[text] == said
            ):  # whole already: whatever no other text claims follows it
                self._mass[text] += max(0.0, math.exp(reached) - claimed)
        return followed


def _begun(token: bytes, said: bytes) -> bytes:
    """What is said with this token. Some vocabularies write the beginning of a turn with a space in front."""
    if not token:
        return b""
    return said + token if said else token.lstrip(b" ")


def _shared(one: bytes, other: bytes) -> int:
    """How many bytes they begin alike with."""
    for at, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return at
    return min(len(one), len(other))
