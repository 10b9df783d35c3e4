"""What a server's refusal means, from its status and its words, which are shown as plain text on one line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import msgspec

from tutor.llm.one_line import one_line
from tutor.llm.protocol import BadModel, ModelError, PromptTooLong, Unreachable
from tutor.llm.remote_backoff import Temporary

KEY_VARIABLE = "TUTOR_API_KEY"

_TOO_LONG = re.compile(
    r"context_length_exceeded|exceed_context_size|maximum context length|exceeds? (the )?(available )?context"
    r"|context (window|size|length)|prompt is too long",
    re.IGNORECASE,
)
_NOT_LIKED = re.compile(
    r"validation error|not supported|unsupported|not implemented|unrecognized|unexpected|invalid"
    r"|logprobs|response_format|schema|grammar",
    re.IGNORECASE,
)
"""An internal error (500) of a server that means: not this way."""
_NO_MODEL = re.compile(r"\bmodel\b.*(not found|does not exist)", re.IGNORECASE)

_TEMPORARY = frozenset({408, 425, 429})
_PLACES = ("error", "message", "detail")


@dataclass(frozen=True)
class Server:
    """Who is talked to, for messages. `name`: host and port; `key` is never shown, whoever repeats it."""

    name: str
    key: str | None = field(default=None, repr=False)

    def says(self, text: str) -> str:
        """Words of the server's own, on one line and without the key."""
        return one_line(text.replace(self.key, "…") if self.key else text)


class Refused(Unreachable):
    """The server does not take the request as it was put; put otherwise it may."""


def said(body: bytes) -> str:
    """The server's own words in an error's body, or nothing."""
    try:
        return _words(msgspec.json.decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def _words(told: Any) -> str:
    """Servers put it into `error.message`, `error`, `message` or `detail`."""
    if isinstance(told, str):
        return told
    if not isinstance(told, dict):
        return ""
    return next(filter(None, (_words(told.get(key)) for key in _PLACES)), "")


def refusal(
    status: int,
    body: bytes,
    server: Server,
    *,
    location: str | None = None,
    retry_after: float | None = None,
) -> ModelError:
    """The error to raise for an answer with this status and body."""
    host, words = server.name, server.says(said(body))
    reason = f"{status}: {words}" if words else str(status)
    if 300 <= status < 400:
        where = server.says(location or "elsewhere")
        return Unreachable(f"{host} sends on to {where}: use that address if you trust it")
    if status in (401, 403):
        return Unreachable(_key_line(server))
    if words and _TOO_LONG.search(body.decode("utf-8", "replace")):
        return PromptTooLong(
            f"that is too long for the model on {host}: shorten it, or give the server more context"
        )
    if status in _TEMPORARY or (500 <= status != 501 and not _NOT_LIKED.search(words)):
        return Temporary(f"{host} can't answer now ({reason}): try again later", retry_after)
    if _NO_MODEL.search(words):
        return BadModel(f"{host} has no such model ({words}): name one that it has")
    if status == 404:
        return Refused(f"{host} answers nothing there (404): check the address, it ends in /v1")
    return Refused(f"{host} refuses the request ({reason}): use another server or model")


def _key_line(server: Server) -> str:
    if server.key:
        return f"{server.name} refuses the key: put another one into {KEY_VARIABLE}"
    return f"{server.name} wants a key: put it into {KEY_VARIABLE}"


def usable_key(key: str | None) -> str | None:
    """The key without white space around it, None for none. Raises Unreachable for what no header can carry."""
    plain = (key or "").strip()
    if not plain:
        return None
    if not (plain.isascii() and plain.isprintable()) or " " in plain:
        raise Unreachable(f"{KEY_VARIABLE} holds characters that no key has: set it again")
    return plain
