"""A talk of any length fits the context, and what is sent of it grows at its end only, for as long as it fits."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tutor.llm.protocol import Message
from tutor.llm.scripted import ScriptedClient
from tutor.tutoring.memory import LEAST, PARTS, first_kept, remembered, shortened
from tutor.tutoring.token_count import Frame, TokenCount

FRAME = Frame(opening=0, question=13, reply=23)
ROOMS = st.integers(min_value=PARTS * LEAST, max_value=3000)
SAID = st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1, max_size=400)
TALKS = st.lists(st.tuples(SAID, SAID), max_size=30)


@st.composite
def costs(draw: st.DrawFn) -> tuple[list[int], list[int], int]:
    """Questions, one reply fewer, and a room in which each is within its part."""
    room = draw(ROOMS)
    one = st.integers(min_value=1, max_value=room // PARTS)
    replies = draw(st.lists(one, max_size=60))
    questions = draw(st.lists(one, min_size=len(replies) + 1, max_size=len(replies) + 1))
    return questions, replies, room


def firsts(questions: Sequence[int], replies: Sequence[int], room: int) -> list[int]:
    """The first turn that is kept, at each question of a talk."""
    return [first_kept(questions[: n + 1], replies[:n], room) for n in range(len(questions))]


def sent(questions: Sequence[int], replies: Sequence[int], first: int, at: int) -> int:
    return sum(questions[first : at + 1]) + sum(replies[first:at])


def test_the_oldest_turns_go_in_one_step_and_then_none_for_a_while() -> None:
    assert firsts([10] * 12, [10] * 11, 100) == [0, 0, 0, 0, 0, 3, 3, 3, 6, 6, 6, 9]


def test_a_turn_that_leaves_no_room_for_the_question_is_dropped() -> None:
    assert first_kept([60, 50], [60], 100) == 1


@given(costs())
def test_no_talk_is_over_the_room(talk: tuple[list[int], list[int], int]) -> None:
    questions, replies, room = talk
    for at, first in enumerate(firsts(questions, replies, room)):
        assert sent(questions, replies, first, at) <= room


@given(costs())
def test_the_last_turn_is_always_there(talk: tuple[list[int], list[int], int]) -> None:
    questions, replies, room = talk
    assert all(first < at for at, first in enumerate(firsts(questions, replies, room)) if at)


@given(costs())
def test_what_was_dropped_stays_dropped(talk: tuple[list[int], list[int], int]) -> None:
    found = firsts(*talk)
    assert found == sorted(found)


@given(costs())
def test_a_drop_leaves_half_of_the_room_or_one_turn(
    talk: tuple[list[int], list[int], int],
) -> None:
    questions, replies, room = talk
    found = firsts(questions, replies, room)
    for at in range(1, len(found)):
        if found[at] > found[at - 1]:
            alone = found[at] == at - 1
            assert alone or sent(questions, replies, found[at], at) <= room // 2


@given(st.lists(st.integers(1, 20), min_size=3, max_size=300), st.integers(200, 600))
def test_drops_are_as_rare_as_half_a_room_is_long(talk: list[int], room: int) -> None:
    questions, replies = talk, [20] * (len(talk) - 1)
    found = firsts(questions, replies, room)
    drops = sum(now > before for before, now in pairwise(found))
    # From one drop to the next, more than half of the room was said anew.
    assert drops * (room // 2 - 20) <= sum(questions) + sum(replies)


async def measured(messages: Sequence[Message], frame: Frame) -> int:
    counts = await TokenCount(ScriptedClient()).of([message.content for message in messages])
    around = {"user": frame.question, "assistant": frame.reply, "system": 0}
    return sum(counts) + sum(around[message.role] for message in messages)


@given(TALKS, SAID, ROOMS)
async def test_what_is_sent_fits_and_ends_with_the_question(
    turns: list[tuple[str, str]], question: str, room: int
) -> None:
    talk = await remembered(turns, question, room, TokenCount(ScriptedClient()), FRAME)
    assert await measured(talk, FRAME) <= room
    roles = [message.role for message in talk]
    assert roles == ["user", "assistant"] * (len(talk) // 2) + ["user"]
    assert len(talk) > 1 or not turns


@given(TALKS, ROOMS)
async def test_between_two_drops_each_talk_begins_with_the_one_before(
    turns: list[tuple[str, str]], room: int
) -> None:
    tokens = TokenCount(ScriptedClient())
    talks = [
        await remembered(turns[:at], question, room, tokens, FRAME)
        for at, (question, _) in enumerate(turns)
    ]
    for before, now in pairwise(talks):
        grown = len(now) == len(before) + 2
        assert now[: len(before)] == before if grown else len(now) <= len(before)


@given(SAID, st.integers(min_value=10, max_value=300))
async def test_a_giant_keeps_its_beginning_and_its_end(text: str, limit: int) -> None:
    tokens = TokenCount(ScriptedClient())
    short = await shortened(text, limit, tokens)
    assert await tokens.one(short) <= limit
    if short != text:
        head, _, tail = short.partition(" … ")
        assert text.startswith(head)
        assert text.endswith(tail)


async def test_a_giant_question_and_a_giant_reply_are_cut_in_the_middle() -> None:
    turns = [("Why? " * 500, "Because. " * 500)]
    talk = await remembered(turns, "And 왜?", 600, TokenCount(ScriptedClient()), FRAME)
    assert [message.content.count("…") for message in talk] == [1, 1, 0]
    assert await measured(talk, FRAME) <= 600


async def test_where_there_is_hardly_any_room_the_question_goes_alone_and_whole() -> None:
    talk = await remembered([("a", "b")], "Why? " * 99, 100, TokenCount(ScriptedClient()), FRAME)
    assert talk == [Message("user", "Why? " * 99)]
