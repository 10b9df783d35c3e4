"""What the program and its worker process say to each other: length-prefixed MessagePack over pipes."""

from __future__ import annotations

import struct
from typing import Any, BinaryIO, Literal

import msgspec
from msgspec import Struct

from tutor.llm.protocol import (
    Adapter,
    Continuation,
    Lane,
    Message,
    ModelInfo,
    Sampling,
    TokenChoice,
    Urgency,
)

VERSION = 2
MAX_FRAME = 64 * 1024 * 1024
LENGTH = struct.Struct("<I")


class Request(Struct, frozen=True, kw_only=True, tag_field="do"):
    id: int


class Load(Request, frozen=True, kw_only=True, tag="load"):
    """`threads` None: chosen as it goes, and remembered in the file `notes`. `kept_limit`: bytes of prefixes set aside."""

    path: str
    n_ctx: int
    threads: int | None = None
    kept_limit: int = 0
    notes: str | None = None


class Chat(Request, frozen=True, kw_only=True, tag="chat"):
    messages: list[Message]
    sampling: Sampling
    lane: Lane
    urgency: Urgency = "interactive"


class Complete(Request, frozen=True, kw_only=True, tag="complete"):
    prompt: str
    sampling: Sampling
    lane: Lane
    urgency: Urgency = "interactive"


class Choose(Request, frozen=True, kw_only=True, tag="choose"):
    prompt: str | list[Message]
    continuations: list[str]
    lane: Lane
    urgency: Urgency = "interactive"


class NextTokens(Request, frozen=True, kw_only=True, tag="next_tokens"):
    prompt: str | list[Message]
    top: int
    lane: Lane


class Hidden(Request, frozen=True, kw_only=True, tag="hidden"):
    prompt: str | list[Message]
    lane: Lane


class Adapters(Request, frozen=True, kw_only=True, tag="adapters"):
    adapters: list[Adapter]
    lane: Lane


class Prefill(Request, frozen=True, kw_only=True, tag="prefill"):
    prompt: str | list[Message]
    lane: Lane
    open_turn: bool


class Tokenize(Request, frozen=True, kw_only=True, tag="tokenize"):
    text: str


class Render(Request, frozen=True, kw_only=True, tag="render"):
    messages: list[Message]


class Cancel(Request, frozen=True, kw_only=True, tag="cancel"):
    """Stop the request with this id, running or waiting; it still gets its `Failed('cancelled')`."""


AnyRequest = (
    Load
    | Chat
    | Complete
    | Choose
    | NextTokens
    | Hidden
    | Adapters
    | Prefill
    | Tokenize
    | Render
    | Cancel
)


class Hello(Struct, frozen=True, kw_only=True, tag_field="is", tag="hello"):
    """The first frame of a worker."""

    version: int
    pid: int


class Piece(Struct, frozen=True, kw_only=True, tag_field="is", tag="piece"):
    id: int
    text: str


class Step(Struct, frozen=True, kw_only=True, tag_field="is", tag="step"):
    id: int
    stage: Literal["load", "prompt"]
    done: int
    total: int


class Beat(Struct, frozen=True, kw_only=True, tag_field="is", tag="beat"):
    """A sign of life, sent while a request is under way: milliseconds of CPU used so far, steps done so far."""

    cpu_ms: int
    steps: int


class Done(Struct, frozen=True, kw_only=True, tag_field="is", tag="done"):
    """The end of a request that worked: the field it asks for, the bytes of prefixes set aside, the threads in use."""

    id: int
    model: ModelInfo | None = None
    finish: Literal["stop", "length"] | None = None
    chosen: list[Continuation] | None = None
    following: list[TokenChoice] | None = None
    state: list[float] | None = None
    tokens: list[int] | None = None
    text: str | None = None
    cached: int | None = None
    kept: int = 0
    threads: int | None = None


class Failed(Struct, frozen=True, kw_only=True, tag_field="is", tag="failed"):
    id: int
    reason: Literal["cancelled", "bad_model", "no_model", "no_room", "too_long", "failed"]
    message: str


AnyReply = Hello | Piece | Step | Beat | Done | Failed

_encoder = msgspec.msgpack.Encoder()
_requests: msgspec.msgpack.Decoder[AnyRequest] = msgspec.msgpack.Decoder(AnyRequest)
_replies: msgspec.msgpack.Decoder[AnyReply] = msgspec.msgpack.Decoder(AnyReply)


class TooLarge(ValueError):
    """A message that no frame can carry."""


def frame(message: AnyRequest | AnyReply) -> bytes:
    """A message as it goes through the pipe: four bytes of length, little-endian, then MessagePack. Raises TooLarge."""
    try:
        body = _encoder.encode(message)
    except UnicodeEncodeError:
        body = _encoder.encode(_mended(msgspec.to_builtins(message)))
    if len(body) > MAX_FRAME:
        raise TooLarge(f"a message of {len(body)} bytes")
    return LENGTH.pack(len(body)) + body


def decode_request(body: bytes) -> AnyRequest:
    """Raises ValueError for anything but a request."""
    return _requests.decode(body)


def decode_reply(body: bytes) -> AnyReply:
    """Raises ValueError for anything but a reply."""
    return _replies.decode(body)


def body_length(head: bytes) -> int:
    """Length of the body that follows `head`. Raises ValueError when no honest peer would send it."""
    length: int = LENGTH.unpack(head)[0]
    if length > MAX_FRAME:
        raise ValueError(f"a frame of {length} bytes")
    return length


def read_body(stream: BinaryIO) -> bytes | None:
    """The next frame's body from a blocking stream; None at the end or when it is cut short. Raises ValueError."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    length = body_length(head)
    body = stream.read(length)
    return body if len(body) == length else None


def _mended(value: Any) -> Any:
    """Half surrogates, which a terminal can hand in and UTF-8 can't carry, become question marks."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: _mended(held) for key, held in value.items()}
    return [_mended(held) for held in value] if isinstance(value, list | tuple) else value
