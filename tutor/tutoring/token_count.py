"""How many tokens a text has for a model, and what its chat template puts around each message."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from math import ceil
from weakref import WeakKeyDictionary

from msgspec import Struct

from tutor.llm.protocol import Client, Message

GUESSED_N_CTX = 4096
"""Tokens, while no model is loaded that says how many."""

_ASCII, _OTHER = 3.4, 0.9
"""Characters a token: English has about 4, Korean with its spaces 1.5 where a vocabulary knows it; less is the safe side."""
_MARK = "\ue000"  # a private-use character: no template tests for it or trims it away
_CONTROL = re.compile(r"<\|[^|<>\s]{1,40}\|>")

# Who asks is new with each question, and the talk is mostly old.
_COUNTED: WeakKeyDictionary[Client, tuple[str, dict[str, int]]] = WeakKeyDictionary()


class Frame(Struct, frozen=True):
    """Tokens of the template's own: once at the `opening`, around each `question` and each `reply`."""

    opening: int = 24
    question: int = 12
    reply: int = 12


def estimated(text: str) -> int:
    """Tokens of `text` guessed from its characters, rather too many than too few."""
    ascii = sum(character.isascii() for character in text)
    return ceil(ascii / _ASCII + (len(text) - ascii) / _OTHER)


class TokenCount:
    """Counts as the model of `client` does where it can say so, and guesses where not. Every method may raise ModelError."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._frame: Frame | None = None

    async def n_ctx(self) -> int:
        """The context length in tokens."""
        model = (await self._client.status()).model
        return model.n_ctx if model else GUESSED_N_CTX

    async def of(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text as data. A text is counted once for each model."""
        if "tokenize" not in self._client.capabilities:
            return [estimated(text) for text in texts]
        known = await self._counted()
        new = list(dict.fromkeys(text for text in texts if text not in known))
        tokens = await asyncio.gather(*(self._client.tokenize(text) for text in new))
        known.update(zip(new, map(len, tokens), strict=True))
        return [known[text] for text in texts]

    async def one(self, text: str) -> int:
        return (await self.of([text]))[0]

    async def frame(self) -> Frame:
        """Measured on a talk of one turn; guessed where the client does not say, or the template repeats itself."""
        if self._frame is None:
            known = {"tokenize", "render"} <= self._client.capabilities
            self._frame = await self._measured() if known else Frame()
        return self._frame

    async def _measured(self) -> Frame:
        talk = [Message("system", _MARK)]
        talk += [Message(role, _MARK) for role in ("user", "assistant", "user")]
        pieces = (await self._client.render(talk)).split(_MARK)
        if len(pieces) != len(talk) + 1:
            return Frame()
        head, before, closing, after, last = [await self._control(piece) for piece in pieces]
        # One more for a token that begins every text, which no template writes.
        return Frame(opening=head + before + 1, question=max(closing, last), reply=after)

    async def _control(self, piece: str) -> int:
        """Tokens of the template's own text, in which a `<|mark|>` is one."""
        texts = [text for text in _CONTROL.split(piece) if text]
        return sum(await self.of(texts)) + len(_CONTROL.findall(piece))

    async def _counted(self) -> dict[str, int]:
        """What was counted already with the client's present model."""
        model = (await self._client.status()).model
        path = model.path if model else ""
        held = _COUNTED.get(self._client)
        if held is None or held[0] != path:
            held = _COUNTED[self._client] = (path, {})
        return held[1]
