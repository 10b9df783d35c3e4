"""Tokens: as the model counts them, or guessed on the safe side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pytest

from tests.llm.templates import CHATML, GEMMA, TWICE, jinja
from tutor.content.loader import load_course
from tutor.content.schema import Language
from tutor.llm.hosted import HostedClient
from tutor.llm.protocol import Message
from tutor.llm.scripted import EVERYTHING, ScriptedClient
from tutor.llm.segments import segments
from tutor.paths import bundled
from tutor.tutoring.passages import passages
from tutor.tutoring.token_count import Frame, TokenCount, estimated

Role = Literal["system", "user", "assistant"]

BARE = EVERYTHING - {"tokenize", "render"}
ROLES: list[Role] = ["system", "user", "assistant", "user"]
TALK = [Message(role, text) for role, text in zip(ROLES, "SUAV", strict=True)]


class Templated(ScriptedClient):
    """Writes with a real chat template; a token is a byte."""

    def __init__(self, template: str) -> None:
        super().__init__()
        self._template = jinja(template)

    async def render(self, messages: Sequence[Message]) -> str:
        return "".join(segment.text for segment in segments(messages, self._template))


async def test_a_client_that_counts_is_asked_once_for_each_text() -> None:
    client = ScriptedClient()
    assert await TokenCount(client).of(["가", "ab", "가"]) == [3, 2, 3]
    assert await TokenCount(client).one("ab") == 2
    assert [asked.call for asked in client.requests] == ["tokenize", "tokenize"]


async def test_another_model_counts_anew() -> None:
    client = ScriptedClient()
    await TokenCount(client).one("ab")
    await client.load("other.gguf")
    await TokenCount(client).one("ab")
    assert [asked.call for asked in client.requests] == ["tokenize", "load", "tokenize"]


async def test_a_client_that_does_not_count_is_not_asked() -> None:
    client = ScriptedClient(capabilities=BARE)
    tokens = TokenCount(client)
    assert await tokens.of(["a question", "질문입니다"]) == [
        estimated("a question"),
        estimated("질문입니다"),
    ]
    assert await tokens.frame() == Frame()
    assert client.requests == []


async def test_the_context_is_the_models() -> None:
    client = ScriptedClient()
    await client.load("small.gguf", n_ctx=512)
    assert await TokenCount(client).n_ctx() == 512
    assert await TokenCount(ScriptedClient(loaded=False)).n_ctx() == 4096


@pytest.mark.parametrize("template", [CHATML, GEMMA])
async def test_a_frame_counts_the_templates_own_text_in_which_a_mark_is_one(template: str) -> None:
    client = Templated(template)
    frame = await TokenCount(client).frame()
    text = await client.render(TALK)
    for mark in ("<|im_start|>", "<|im_end|>"):
        text = text.replace(mark, "!")
    said = sum(len(message.content) for message in TALK)
    assert 0 <= frame.opening + 2 * frame.question + frame.reply - (len(text) - said) <= 12


async def test_a_template_that_says_everything_twice_is_guessed() -> None:
    assert await TokenCount(Templated(TWICE)).frame() == Frame()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_guess_is_rather_too_many(language: Language) -> None:
    """`usual`: characters a token of Qwen2.5's vocabulary, in the lesson that has fewest."""
    usual = {"en": 3.7, "ko": 1.54}[language]
    course = load_course(bundled("content") / "llm-basics").course
    assert course is not None
    for lesson in course.lessons:
        text = "\n".join(passage.text for passage in passages(lesson, language))
        assert len(text) / usual < estimated(text) < 1.4 * len(text) / usual


async def test_a_real_models_frame_is_what_its_template_costs(smollm: Path, tmp_path: Path) -> None:
    client = HostedClient(log=tmp_path / "model.log", threads=1)
    try:
        await client.load(smollm, n_ctx=512)
        tokens = TokenCount(client)
        frame = await tokens.frame()
        counted = frame.opening + 2 * frame.question + frame.reply + sum(await tokens.of("SUAV"))
        assert 0 <= counted - await client.prefill(TALK, lane="chat") <= 8
    finally:
        await client.close()
