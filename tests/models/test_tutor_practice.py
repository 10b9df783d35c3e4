"""The lessons that the tutor's adapter is trained on: well-formed, and in the form in which the program asks."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest

from models.tutoring.lessons import (
    Exchange,
    PracticeLesson,
    Section,
    every,
    passages,
    problems,
    read,
)
from models.tutoring.tuning.talks import Spoken, packs, reordered, spoken, talks
from tests.benchmarks.tutoring.labelled import questions
from tutor.content.schema import LANGUAGES
from tutor.llm.protocol import Message
from tutor.tutoring.passages import Passage
from tutor.tutoring.prompts import follow_up

LESSONS = every()
TINY = PracticeLesson(
    id="tiny",
    language="en",
    sections=[
        Section("Yeast", "Yeast makes gas from sugar."),
        Section("Salt", "Salt slows the yeast down."),
        Section("Heat", "Above 55 degrees yeast dies."),
    ],
    exchanges=[
        Exchange("misconception", "so salt feeds yeast?", "No, salt slows it down [2]."),
        Exchange("further", "and heat?", "Above 55 degrees it dies [3].", after=0),
        Exchange("unanswerable", "who found yeast?", "The lesson does not say this."),
    ],
)


class Signs:
    """Every sign is a token; 0 ends a turn."""

    end_of_turn = 0

    def talk(self, messages: Sequence[Message]) -> list[list[int]]:
        return [
            [ord(sign) for sign in piece]
            for message in messages
            for piece in (f"<{message.role}>", message.content)
        ]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_every_practice_lesson_is_in_order(lesson: PracticeLesson) -> None:
    assert list(problems(lesson)) == []
    assert 4 <= len(lesson.sections) <= 6
    assert len(lesson.exchanges) >= 9
    assert all(section.body.strip() for section in lesson.sections)


def test_they_are_many_in_both_languages_and_none_is_twice() -> None:
    assert len({lesson.id for lesson in LESSONS}) == len(LESSONS)
    for language in LANGUAGES:
        mine = [lesson for lesson in LESSONS if lesson.language == language]
        assert len(mine) >= 30
        asked = [
            each.question for lesson in mine for each in lesson.exchanges if each.after is None
        ]
        assert not {each.question for each in questions(language)} & set(asked)


def test_what_is_wrong_with_a_reply_is_said() -> None:
    def of(**changes: object) -> list[str]:
        exchange = msgspec.structs.replace(TINY.exchanges[0], **changes)
        return list(problems(msgspec.structs.replace(TINY, exchanges=[exchange])))

    assert of() == []
    assert "another language" in of(reply="아니요, 소금은 효모를 느리게 해요 [2].")[0]
    assert "words" in of(reply="No, it is slower " * 40 + "[2].")[0]
    assert "cites [7]" in of(reply="No, salt slows it down [7].")[0]
    assert "refuses" in of(reply="The lesson does not say this.")[0]
    assert "goes on" in of(after=0)[0]
    assert "cites nothing" in of(reply="No, salt slows it down. It dies [3].")[0]


def test_a_talk_is_asked_as_the_program_asks() -> None:
    first, further, _ = talks(TINY)
    among = [
        Passage(n, "tiny", str(n), each.heading, each.body)
        for n, each in enumerate(TINY.sections, start=1)
    ]
    assert passages(TINY) == among
    assert first[0].content == follow_up.system(among, "en")
    assert [turn.role for turn in first] == ["system", "user", "assistant"]
    assert first[1].content.startswith("so salt feeds yeast?\n\n(Look first at [2] and [1].")
    assert [turn.role for turn in further] == ["system", "user", "assistant", "user", "assistant"]
    assert further[:3] == first


@pytest.mark.parametrize("seed", range(4))
def test_in_another_order_each_number_still_means_its_passage(seed: int) -> None:
    other = reordered(TINY, random.Random(seed))
    for before, after in zip(TINY.exchanges[:2], other.exchanges, strict=False):
        [old], [new] = (
            [int(part[0]) for part in each.reply.split("[")[1:]] for each in (before, after)
        )
        assert TINY.sections[old - 1] == other.sections[new - 1]


def test_only_the_last_reply_and_the_end_of_its_turn_are_learnt() -> None:
    _, further, _ = talks(TINY)
    found = spoken(Signs(), further)
    assert "".join(map(chr, found.tokens[found.learnt :])) == "Above 55 degrees it dies [3].\0"
    assert "".join(map(chr, found.tokens[: found.learnt])).endswith("<assistant>")


def test_a_pack_has_each_beginning_once_and_what_comes_next_after_its_own() -> None:
    said = [Spoken((1, 2, 3, 4), 2), Spoken((1, 2, 5), 2), Spoken((9,) * 20, 1)]
    [pack, *none] = packs(said, 8)
    assert none == []
    assert pack.shape.tokens.tolist() == [1, 2, 3, 4, 5]
    assert pack.before.tolist() == [1, 2, 1]
    assert pack.targets.tolist() == [3, 4, 5]
    assert np.flatnonzero(pack.shape.sees[4]).tolist() == [0, 1, 4]


def test_a_file_with_a_field_too_many_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("- {id: a, language: en, sections: [], exchanges: [], more: 1}")
    with pytest.raises(msgspec.ValidationError):
        read(path)
