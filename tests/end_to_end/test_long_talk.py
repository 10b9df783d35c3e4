"""A talk of sixty turns with a real model: it never overflows, and what was read once is not read again until turns are dropped."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from itertools import cycle, pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from tutor.content.schema import Language, Lesson, Section
from tutor.llm.hosted import HostedClient
from tutor.llm.protocol import Chunk, Lane, Message, Progress, Sampling, Urgency
from tutor.study import record
from tutor.study.store import Store
from tutor.tutoring.followup import FollowUp
from tutor.tutoring.memory import first_kept
from tutor.tutoring.prompts import follow_up
from tutor.tutoring.token_count import TokenCount

N_CTX = 2048
TURNS = 60
BEFORE = 50  # turns that were held before the program was started: the record has them, the model has yet to read them
REPLY = 3  # tokens
BATCH = 256  # tokens; reading more than that at once is reported as progress
SCOPE = "course/tokens"
LESSON = Lesson(
    id="tokens",
    title={"en": "Tokens", "ko": "토큰"},
    sections=[
        Section(
            id="what",
            heading={"en": "Tokens", "ko": "토큰"},
            body={
                "en": "A model reads text as tokens: whole words, parts of words, or signs.",
                "ko": "모델은 글을 토큰으로 읽는다.",
            },
        )
    ],
)
QUESTIONS: dict[Language, list[str]] = {
    "en": ["What is a token?", "Is a word one token?", "And signs?", "Why not letters?"],
    "ko": ["토큰이 뭐예요?", "단어예요?", "왜요?", "글자는요?"],
}


class Overheard(HostedClient):
    """Remembers what was sent, and how many tokens were read at once where it was more than a batch."""

    def __init__(self, log: Path) -> None:
        super().__init__(log=log, on_progress=self._hear)
        self.sent: list[list[Message]] = []
        self.read: list[int] = []
        self._longest = 0

    async def chat(
        self,
        messages: Sequence[Message],
        sampling: Sampling,
        *,
        lane: Lane = "chat",
        urgency: Urgency = "interactive",
    ) -> AsyncGenerator[Chunk, None]:
        self.sent.append(list(messages))
        self._longest = 0
        async for chunk in super().chat(messages, sampling, lane=lane, urgency=urgency):
            yield chunk
        self.read.append(self._longest)

    def _hear(self, progress: Progress) -> None:
        if progress.stage == "prompt":
            self._longest = max(self._longest, progress.total)


@pytest.fixture
async def client(smollm: Path, tmp_path: Path) -> AsyncIterator[Overheard]:
    client = Overheard(tmp_path / "model.log")
    await client.load(smollm, n_ctx=N_CTX)
    yield client
    await client.close()


@pytest.mark.parametrize("language", ["en", "ko"])
async def test_sixty_turns(
    client: Overheard,
    language: Language,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    short = replace(follow_up.FOLLOW_UP, max_tokens=REPLY)
    monkeypatch.setattr(follow_up, "FOLLOW_UP", short)
    # Numbered: the same turns again would be found among the prefixes that were set aside.
    questions = [f"{n}. {text}" for n, text in zip(range(TURNS), cycle(QUESTIONS[language]))]
    sizes: list[int] = []
    with Store(tmp_path / "study.db") as store:
        for question in questions[:BEFORE]:
            record.replied(store, record.asked(store, SCOPE, question), "[1]")
        for question in questions[BEFORE:]:
            turns = record.talk(store, SCOPE)
            asked = record.asked(store, SCOPE, question)
            talk = FollowUp(client, LESSON, language, writes=True)
            reply = "".join([text async for text in talk.ask(question, turns)])
            record.replied(store, asked, reply)
            # All of it is in the cache, so this counts and evaluates nothing.
            sizes.append(await client.prefill(client.sent[-1], lane="chat"))
        turns = record.talk(store, SCOPE)

    assert len(turns) == TURNS
    assert all(turn.reply for turn in turns)
    assert max(sizes) + REPLY <= N_CTX
    assert max(sizes) > 0.8 * N_CTX

    tokens = TokenCount(client)
    frame, [head] = await tokens.frame(), await tokens.of([client.sent[0][0].content])
    room = N_CTX - frame.opening - head - REPLY
    asked_as = [follow_up.asked(question, language) for question in questions]
    costs = [count + frame.question for count in await tokens.of(asked_as)]
    replies = [count + frame.reply for count in await tokens.of([t.reply or "" for t in turns])]
    firsts = [first_kept(costs[: n + 1], replies[:n], room) for n in range(BEFORE, TURNS)]
    assert [(len(sent) - 2) // 2 for sent in client.sent] == [
        n - first for n, first in enumerate(firsts, start=BEFORE)
    ]

    dropped = [now > earlier for earlier, now in pairwise(firsts)]
    assert 1 <= sum(dropped) <= TURNS // 5
    for (earlier, now), drop in zip(pairwise(client.sent), dropped, strict=True):
        assert now[0] == earlier[0]
        assert drop or now[: len(earlier)] == earlier
    # More than a batch is read at the beginning at most, and where turns were dropped.
    assert [read > BATCH for read in client.read[1:]] == dropped
