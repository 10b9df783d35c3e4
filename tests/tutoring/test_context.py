"""What the opening of a talk holds: the whole lesson, or as much as fits its share of the context."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from itertools import pairwise

import pytest

from tests.grading.items import both
from tests.tutoring.test_followup import LESSON, Turn, chats, read
from tutor.content.schema import Language, Lesson, Section
from tutor.llm.protocol import Chunk, Lane, Message, PromptTooLong, Sampling, Urgency
from tutor.llm.scripted import Asked, ScriptedClient
from tutor.tutoring.context import Ground, chosen_ground, lesson_ground, room
from tutor.tutoring.corpus import Corpus
from tutor.tutoring.followup import FollowUp
from tutor.tutoring.passages import Passage

TOPICS = [
    ("Zebras are striped horses.", "얼룩말은 줄무늬 말입니다."),
    ("Volcanoes throw molten rock.", "화산은 녹은 바위를 뿜습니다."),
    ("Violins have four strings.", "바이올린은 줄이 네 개입니다."),
    ("Glaciers are slow rivers of ice.", "빙하는 느린 얼음 강입니다."),
]
LONG = Lesson(
    id="long",
    title=both("Long", "긴 수업"),
    sections=[
        Section(id=f"s{n}", heading=both(f"Part {n}", f"{n}부"), body=both(en * 4, ko * 4))
        for n, (en, ko) in enumerate(TOPICS, start=1)
    ],
)
PASSAGES = [Passage(n, "l", f"s{n}", "h", "x" * 10) for n in range(1, 6)]


async def cost(among: Sequence[Passage]) -> int:
    return 100 * len(among)


async def answering(n_ctx: int) -> ScriptedClient:
    client = ScriptedClient(["A reply [1]."])
    await client.load("m.gguf", n_ctx=n_ctx)
    return client


async def test_a_lesson_that_fits_its_share_is_whole() -> None:
    ground = await lesson_ground(PASSAGES, PASSAGES[:2], 834, cost)
    assert ground == Ground(PASSAGES, 500, steady=True, whole=True)


async def test_of_one_that_does_not_the_near_passages_stand_as_far_as_they_fit() -> None:
    assert await lesson_ground(PASSAGES, PASSAGES[1:3], 833, cost) == Ground(
        PASSAGES[1:3], 200, steady=False
    )
    assert (await lesson_ground(PASSAGES, PASSAGES[1:4], 350, cost)).passages == PASSAGES[1:3]


async def test_one_passage_stays_however_small_the_context() -> None:
    assert (await chosen_ground(PASSAGES, 10, cost)).passages == PASSAGES[:1]


def test_the_room_is_what_opening_and_reply_leave() -> None:
    assert room(Ground([], 500), 2048, 320) == 2048 - 500 - 320
    assert room(Ground([], 500), 1024, 320) == 1024 - 500 - 256
    assert room(Ground([], 900), 1024, 320) == 0


def test_where_the_opening_changes_the_room_does_not() -> None:
    rooms = {room(Ground([], tokens, steady=False), 2048, 320) for tokens in (10, 500, 1228)}
    assert rooms == {2048 - 1228 - 320}


@pytest.mark.parametrize(
    ("language", "question", "line"),
    [
        ("en", "Why do violins have strings?", "Look first at ["),
        ("ko", "바이올린은 줄이 몇 개인가요?", "먼저 볼 곳: ["),
    ],
)
async def test_every_question_gets_the_whole_lesson_and_is_told_where_to_look(
    language: Language, question: str, line: str
) -> None:
    client = await answering(4096)
    followup = FollowUp(client, LONG, language)
    await read(followup, question)
    await read(followup, "What is it about volcanoes?" if language == "en" else "화산이 뭔가요?")
    first, second = chats(client)
    assert first.messages[0] == second.messages[0]
    assert all(f"[{n}] " in first.messages[0].content for n in (1, 2, 3, 4))
    asked = first.messages[-1].content
    assert line in asked
    assert "[3]" in asked.split(line[:-1])[1]


@pytest.mark.parametrize(
    ("language", "question", "lead", "body"),
    [
        ("en", "What falls as a power law?", "A passage of another lesson:", "The loss falls as a"),
        ("ko", "손실은 무엇에 따라 줄어들어요?", "다른 레슨의 내용:", "손실이 거듭제곱"),
    ],
)
async def test_a_passage_of_another_lesson_goes_along_with_the_question_it_is_nearest_to(
    language: Language, question: str, lead: str, body: str
) -> None:
    client = await answering(4096)
    corpus = Corpus([("c", LONG), ("c", LESSON)])
    followup = FollowUp(client, LONG, language, corpus=corpus)
    heard = await read(followup, question)
    [asked] = chats(client)
    told = asked.messages[-1].content
    assert body not in asked.messages[0].content
    assert lead in told
    assert body in told
    assert "[6]" in told
    [cited] = followup.finish(f"{body} [6].").citations
    assert (cited.n, cited.lesson, cited.section) == (6, LESSON.id, "scaling")
    assert heard


async def test_what_this_lesson_says_itself_needs_no_other() -> None:
    client = await answering(4096)
    followup = FollowUp(client, LONG, "en", corpus=Corpus([("c", LONG), ("c", LESSON)]))
    await read(followup, "Why do violins have strings?")
    [asked] = chats(client)
    assert "another lesson" not in asked.messages[-1].content


async def test_a_longer_lesson_gives_each_question_its_passages() -> None:
    client = await answering(1300)
    followup = FollowUp(client, LONG, "en")
    await followup.prefill()
    assert [it.call for it in client.requests if it.call == "prefill"] == []
    await read(followup, "Why do violins have strings?")
    [asked] = chats(client)
    assert "Violins" in asked.messages[0].content
    assert "Look first" not in asked.messages[-1].content
    assert len(followup.finish("Violins have four strings [3].").citations) == 1


async def test_a_talk_of_sixty_turns_fits_and_grows_at_its_end() -> None:
    client = await answering(3000)
    turns: list[Turn] = []
    for n in range(60):
        question = f"Question {n}: why do violins have strings?"
        turns.append(Turn(question, await read(FollowUp(client, LONG, "en"), question, *turns)))
    sent = [asked.messages for asked in chats(client)]
    for messages in sent:
        assert len((await client.render(messages)).encode()) + 320 <= 3000
        assert messages[0] == sent[0][0]
    drops = 0
    for before, now in pairwise(sent):
        if len(now) > len(before):
            assert now[: len(before)] == before
        else:
            drops += 1
    assert 1 <= drops <= 60 // 4


class Narrow(ScriptedClient):
    """Refuses longer talks than `most` messages, whatever it says of its context."""

    def __init__(self, most: int) -> None:
        super().__init__(["Yes."])
        self.most = most

    async def chat(
        self,
        messages: Sequence[Message],
        sampling: Sampling,
        *,
        lane: Lane = "chat",
        urgency: Urgency = "interactive",
    ) -> AsyncGenerator[Chunk, None]:
        if len(messages) > self.most:
            self.requests.append(Asked("refused", tuple(messages)))
            raise PromptTooLong("too long: shorten it")
        async for chunk in super().chat(messages, sampling, lane=lane, urgency=urgency):
            yield chunk


async def test_a_server_with_less_room_than_it_says_gets_the_question_alone() -> None:
    client = Narrow(2)
    assert await read(FollowUp(client, LONG, "en"), "And?", Turn("Why?", "So.")) == "Yes."
    [refused] = [asked for asked in client.requests if asked.call == "refused"]
    [heard] = chats(client)
    assert heard.messages == (refused.messages[0], refused.messages[-1])


async def test_what_fits_no_context_is_refused_as_the_model_refuses_it() -> None:
    client = Narrow(1)
    with pytest.raises(PromptTooLong, match=r"^too long: shorten it$"):
        await read(FollowUp(client, LONG, "en"), "And?", Turn("Why?", "So."))
    assert [asked.call for asked in client.requests].count("refused") == 2
