"""What goes to an OpenAI-compatible server and what comes back, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct

from tutor.llm.one_line import one_line
from tutor.llm.protocol import Message, ModelError, Sampling, Unreachable
from tutor.llm.remote_refusal import Server, refusal

SchemaStyle = Literal["json_schema", "json_object"]
"""How a server wants to be told a JSON Schema: as OpenAI, vLLM, Ollama, llama-server do, or as llama-cpp-python."""

MOST_STOPS = 4
"""More stop strings are refused by some servers; the others are found here."""

CHAT, RAW = "chat/completions", "completions"


class TopToken(Struct, frozen=True):
    token: str = ""
    logprob: float | None = None
    bytes: list[int] | None = None


class Listed(TopToken, frozen=True):
    top_logprobs: list[TopToken] = []


class Logprobs(Struct, frozen=True):
    """Of a chat, and of llama-server's completions: `content`; of other completions: the three lists."""

    content: list[Listed] | None = None
    tokens: list[str] | None = None
    token_logprobs: list[float | None] | None = None
    top_logprobs: list[dict[str, float] | None] | None = None


class Said(Struct, frozen=True):
    content: str | None = None


class Choice(Struct, frozen=True):
    """A whole answer has `message` or `text`, a piece of a stream `delta` or `text`."""

    message: Said | None = None
    delta: Said | None = None
    text: str | None = None
    finish_reason: str | None = None
    logprobs: Logprobs | None = None

    @property
    def words(self) -> str:
        said = self.message or self.delta
        return (said.content if said else self.text) or ""


class Answer(Struct, frozen=True):
    """`choices` is empty in what only tells of usage."""

    choices: list[Choice] | None = None
    error: Any = None

    @property
    def first(self) -> Choice | None:
        return self.choices[0] if self.choices else None


class Position(Struct, frozen=True):
    """A token that was said, and the likeliest ones that could have been, with natural log-probabilities."""

    token: bytes
    logprob: float
    top: list[tuple[bytes, float]]


def read_answer(data: bytes | str, server: Server) -> Answer:
    """Raises ModelError for an error that came as an answer, and for what is no answer."""
    try:
        answer = msgspec.json.decode(data, type=Answer)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Unreachable(
            f"{server.name} answered what no OpenAI-compatible server would: check the address"
        ) from None
    if answer.error is not None:
        raw = data.encode("utf-8", "replace") if isinstance(data, str) else data
        code = answer.error.get("code") if isinstance(answer.error, dict) else None
        status = code if isinstance(code, int) and 400 <= code < 600 else 500
        raise refusal(status, raw, server)
    return answer


def positions(choice: Choice | None) -> list[Position] | None:
    """What was likely at each token; None where the server says nothing of it."""
    told = choice.logprobs if choice else None
    if told is None:
        return None
    if told.content is not None:
        return [_listed(each) for each in told.content]
    if told.top_logprobs is None:
        return None
    said = told.tokens or []
    logprobs = told.token_logprobs or []
    return [
        _position(text.encode("utf-8", "replace"), logprob, top or {})
        for text, logprob, top in zip(said, logprobs, told.top_logprobs, strict=False)
    ]


def chat_body(
    model: str, messages: Sequence[Message], sampling: Sampling, *, extras: bool
) -> dict[str, Any]:
    """A request for the next turn. `extras`: with what is no part of OpenAI's own interface."""
    turns = [{"role": turn.role, "content": whole(turn.content)} for turn in messages]
    thinking = {"chat_template_kwargs": {"enable_thinking": False}} if extras else {}
    return {"model": model, "messages": turns} | _drawn(sampling, extras) | thinking


def raw_body(model: str, prompt: str, sampling: Sampling, *, extras: bool) -> dict[str, Any]:
    """A request for the continuation of a text."""
    return {"model": model, "prompt": whole(prompt)} | _drawn(sampling, extras)


def response_format(schema: Any, style: SchemaStyle) -> dict[str, Any]:
    """The field that keeps a chat's answer to a JSON Schema."""
    if style == "json_object":
        return {"response_format": {"type": "json_object", "schema": schema}}
    named = {"name": "answer", "strict": True, "schema": schema}
    return {"response_format": {"type": "json_schema", "json_schema": named}}


def parsed_schema(text: str) -> Any:
    """Raises ModelError."""
    try:
        schema = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ModelError(
            f"the JSON schema can't be used ({one_line(str(error))}); correct it"
        ) from None
    if not isinstance(schema, dict):
        raise ModelError("the JSON schema can't be used (it is no object); correct it")
    return schema


def whole(text: str) -> str:
    """`text` as UTF-8 can hold it: halves of characters become question marks."""
    return text.encode("utf-8", "replace").decode()


def _drawn(sampling: Sampling, extras: bool) -> dict[str, Any]:
    """How to draw. The penalty has two names; a server's own default for it may be another than none."""
    fields: dict[str, Any] = {
        "max_tokens": sampling.max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "seed": sampling.seed,
    }
    if stops := [whole(text) for text in sampling.stop if text][:MOST_STOPS]:
        fields["stop"] = stops
    if extras:
        fields |= {
            "top_k": sampling.top_k,
            "min_p": sampling.min_p,
            "repeat_penalty": sampling.repeat_penalty,
            "repetition_penalty": sampling.repeat_penalty,
        }
    return fields


def _listed(each: Listed) -> Position:
    top = [(_bytes(it), it.logprob) for it in each.top_logprobs if it.logprob is not None]
    return _ordered(_bytes(each), each.logprob, top)


def _position(token: bytes, logprob: float | None, top: dict[str, float]) -> Position:
    found = [(text.encode("utf-8", "replace"), each) for text, each in top.items()]
    return _ordered(token, logprob, found)


def _ordered(token: bytes, logprob: float | None, top: list[tuple[bytes, float]]) -> Position:
    """A server that lists nothing still says how likely was what it said."""
    if not top and logprob is not None:
        top = [(token, logprob)]
    known = dict(top).get(token)
    certain = next((each for each in (logprob, known) if each is not None), 0.0)
    return Position(token, min(0.0, certain), [(text, min(0.0, each)) for text, each in top])


def _bytes(token: TopToken) -> bytes:
    if token.bytes and all(0 <= each < 256 for each in token.bytes):
        return bytes(token.bytes)
    return token.token.encode("utf-8", "replace")
