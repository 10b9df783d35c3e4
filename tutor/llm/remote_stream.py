"""Answers of a server as they come: pieces of whole characters, and an end that is sure to be one."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from tutor.llm.protocol import Chunk, Message, Sampling, Unreachable
from tutor.llm.remote_dialect import Dialect
from tutor.llm.remote_http import Events, Link
from tutor.llm.remote_messages import (
    CHAT,
    RAW,
    Answer,
    SchemaStyle,
    chat_body,
    parsed_schema,
    raw_body,
    read_answer,
    response_format,
)
from tutor.llm.remote_refusal import Server
from tutor.llm.text_stream import TextStream


class Speaker:
    """Chats and completions of one model of one server."""

    def __init__(self, link: Link, dialect: Dialect, model: str) -> None:
        self._link, self._dialect, self._model = link, dialect, model

    async def chat(
        self, messages: Sequence[Message], sampling: Sampling
    ) -> AsyncGenerator[Chunk, None]:
        async def free(extras: bool) -> Spoken:
            return await self._begin(
                CHAT, chat_body(self._model, messages, sampling, extras=extras)
            )

        async def kept(extras: bool, style: SchemaStyle) -> Spoken:
            body = chat_body(self._model, messages, sampling, extras=extras)
            return await self._begin(CHAT, body | response_format(schema, style))

        if sampling.json_schema is None:
            spoken = await self._dialect.plain(free)
        else:
            schema = parsed_schema(sampling.json_schema)
            spoken = await self._dialect.constrained(kept)
        async with contextlib.aclosing(spoken.chunks(sampling)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def complete(self, prompt: str, sampling: Sampling) -> AsyncGenerator[Chunk, None]:
        async def free(extras: bool) -> Spoken:
            return await self._begin(RAW, raw_body(self._model, prompt, sampling, extras=extras))

        spoken = await self._dialect.plain(free)
        async with contextlib.aclosing(spoken.chunks(sampling)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def _begin(self, path: str, body: dict[str, Any]) -> Spoken:
        events = await self._link.events(path, body | {"stream": True})
        if not events.empty:
            return Spoken(self._link.server, events)
        # llama-cpp-python's server ends a stream it can't begin without a word: unstreamed, it says why.
        await events.close()
        return Spoken(self._link.server, None, await self._link.post(path, body))


class Spoken:
    """One answer: in pieces, or (`whole`) all at once."""

    def __init__(self, server: Server, events: Events | None, whole: bytes = b"") -> None:
        self._server, self._events, self._whole = server, events, whole

    async def chunks(self, sampling: Sampling) -> AsyncGenerator[Chunk, None]:
        """The last one says how it finished. Raises Unreachable where the server never says."""
        text, finish = TextStream(sampling.stop), None
        async with contextlib.aclosing(self._answers()) as answers:
            async for answer in answers:
                if answer.first is None:
                    continue
                if piece := text.feed(answer.first.words.encode("utf-8", "replace")):
                    yield Chunk(piece)
                if text.stopped:
                    yield Chunk("", "stop")
                    return
                finish = answer.first.finish_reason or finish
        if finish is None:
            raise Unreachable(
                f"{self._server.name} broke off in the middle of its answer: ask again"
            )
        if piece := text.feed(b"", last=True):
            yield Chunk(piece)
        yield Chunk("", "length" if finish == "length" else "stop")

    async def _answers(self) -> AsyncGenerator[Answer, None]:
        if self._events is None:
            yield read_answer(self._whole, self._server)
            return
        try:
            while (payload := await self._events.next()) is not None:
                yield read_answer(payload, self._server)
        finally:
            await self._events.close()
