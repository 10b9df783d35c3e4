"""How likely some continuations are, as far as a server tells: by log-probabilities, else by what it would choose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from tutor.llm.protocol import Continuation, Message, Prompt, Sampling, Unreachable
from tutor.llm.remote_dialect import Dialect, Ways
from tutor.llm.remote_http import Link
from tutor.llm.remote_messages import (
    CHAT,
    RAW,
    Choice,
    Position,
    SchemaStyle,
    chat_body,
    positions,
    raw_body,
    read_answer,
    response_format,
)
from tutor.llm.remote_refusal import Refused
from tutor.llm.remote_spread import Spread, likeliest_fit, nominal, rest, steps_needed

MOST_STEPS = 16
"""Tokens of a continuation after which the rest of it is left aside: each is a request of its own."""

MOST_FOLLOWED = 8
"""Tokens of an answer that are looked at to tell apart what begins alike."""

ROOM = 32
"""Tokens beside the longest text for what an answer is wrapped in."""

Constraint = Literal["schema", "none"]
Found = dict[str, Continuation]


class Chooser:
    """Asks one server about one model.

    After a talk, the number is the probability that the next turn's first token begins this continuation and no other
    (those that begin alike are told apart by the tokens that follow, where the likeliest answer goes that way).
    After a raw text it is that of the whole continuation, up to 16 tokens, each forced in turn. A token that the server
    does not list has the most that it can have. Without log-probabilities the server's choice has log .9.
    """

    def __init__(self, link: Link, dialect: Dialect, model: str) -> None:
        self._link, self._dialect, self._model = link, dialect, model
        # 20 is the most that OpenAI and vLLM list, 5 that of old completions; 0: ask what it would choose.
        self._listed_in_chats: Ways[int] = Ways(20, 5, 0)
        self._listed_in_texts: Ways[int] = Ways(20, 5, 0)
        self._constraints: Ways[Constraint] = Ways("schema", "none")

    async def choose(self, prompt: Prompt, continuations: Sequence[str]) -> list[Continuation]:
        """In the order given. Raises ModelError."""
        found = {"": Continuation("", 0.0, 1)}
        if wanted := [text for text in dict.fromkeys(continuations) if text]:
            if isinstance(prompt, str):
                found |= await self._listed_in_texts.first(
                    lambda top: self._after_text(prompt, wanted, top)
                )
            else:
                found |= await self._listed_in_chats.first(
                    lambda top: self._after_talk(prompt, wanted, top)
                )
        return [found[text] for text in continuations]

    async def _after_talk(self, talk: Sequence[Message], texts: list[str], top: int) -> Found:
        if not top:
            return await self._constraints.first(lambda how: self._said(talk, texts, how))
        steps = min(steps_needed(texts), MOST_FOLLOWED)
        listed = {"logprobs": True, "top_logprobs": top}
        told = positions(await self._chat(talk, Sampling(max_tokens=steps), listed))
        if told is None:
            raise Refused(f"{self._link.server.name} gives no log-probabilities")
        if not told:  # it had nothing to say at all
            return nominal(texts, "")
        return Spread(texts, told).continuations()

    async def _after_text(self, prompt: str, texts: list[str], top: int) -> Found:
        if not top:
            return await self._continued(prompt, texts)
        seen: dict[str, Position | None] = {}
        return {text: await self._forced(prompt, text, top, seen) for text in texts}

    async def _forced(
        self, prompt: str, text: str, top: int, seen: dict[str, Position | None]
    ) -> Continuation:
        """Token by token: each is looked up among the likeliest, and put behind the prompt."""
        said, logprob = "", 0.0
        for steps in range(1, MOST_STEPS + 1):
            if said not in seen:
                seen[said] = await self._next(prompt + said, top)
            position = seen[said]
            if position is None:  # nothing can follow
                return Continuation(text, logprob + rest(Position(b"", 0.0, [])), steps)
            fit = likeliest_fit(position, text.removeprefix(said).encode("utf-8", "replace"))
            if fit is None:
                return Continuation(text, logprob + rest(position), steps)
            logprob += fit[1]
            try:
                said += fit[0].decode()
            except UnicodeDecodeError:  # half a character can't be put behind a prompt
                break
            if said == text:
                break
        return Continuation(text, logprob, steps)

    async def _next(self, prompt: str, top: int) -> Position | None:
        choice = await self._raw(prompt, Sampling(max_tokens=1), {"logprobs": top})
        told = positions(choice)
        if told is None:
            raise Refused(f"{self._link.server.name} gives no log-probabilities")
        return told[0] if told else None

    async def _said(self, talk: Sequence[Message], texts: list[str], how: Constraint) -> Found:
        """What the server answers when it may answer nothing else, or just answers."""
        sampling = Sampling(max_tokens=max(len(text.encode()) for text in texts) + ROOM)
        if how == "schema":
            choice = await self._chat_kept_to(talk, sampling, _one_of(texts))
        else:
            choice = await self._chat(talk, sampling, {})
        return self._chosen(choice, texts)

    async def _continued(self, prompt: str, texts: list[str]) -> Found:
        sampling = Sampling(max_tokens=max(len(text.encode()) for text in texts))
        return self._chosen(await self._raw(prompt, sampling, {}), texts)

    def _chosen(self, choice: Choice | None, texts: list[str]) -> Found:
        chosen = _recognised(choice.words if choice else "", texts)
        if chosen is None:
            raise Unreachable(
                f"{self._link.server.name} gives no log-probabilities and none of the answers asked for:"
                " use another server or model"
            )
        return nominal(texts, chosen)

    async def _chat(
        self, talk: Sequence[Message], sampling: Sampling, more: dict[str, Any]
    ) -> Choice | None:
        return await self._dialect.plain(
            lambda extras: self._ask(
                CHAT, chat_body(self._model, talk, sampling, extras=extras) | more
            )
        )

    async def _chat_kept_to(
        self, talk: Sequence[Message], sampling: Sampling, schema: Any
    ) -> Choice | None:
        async def attempt(extras: bool, style: SchemaStyle) -> Choice | None:
            body = chat_body(self._model, talk, sampling, extras=extras)
            return await self._ask(CHAT, body | response_format(schema, style))

        return await self._dialect.constrained(attempt)

    async def _raw(self, prompt: str, sampling: Sampling, more: dict[str, Any]) -> Choice | None:
        return await self._dialect.plain(
            lambda extras: self._ask(
                RAW, raw_body(self._model, prompt, sampling, extras=extras) | more
            )
        )

    async def _ask(self, path: str, body: dict[str, Any]) -> Choice | None:
        return read_answer(await self._link.post(path, body), self._link.server).first


def _one_of(texts: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"answer": {"type": "string", "enum": list(texts)}},
        "required": ["answer"],
        "additionalProperties": False,
    }


def _recognised(words: str, texts: Sequence[str]) -> str | None:
    """Which of the texts was answered, wrapped as asked for or at the beginning of plain words; the longest, if several."""
    try:
        answer = msgspec.json.decode(words, type=dict[str, Any]).get("answer")
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        answer = None
    if isinstance(answer, str) and answer in texts:
        return answer
    plain = words.strip().casefold()
    begun = [text for text in texts if text.strip() and plain.startswith(text.strip().casefold())]
    return max(begun, key=len, default=None)
