"""Practice lessons as the talks that a model gets, and what in them it learns to say."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from models.grading.tuning.trees import Shape, Tree
from models.grading.tuning.vocabulary import Vocabulary
from models.tutoring.lessons import Exchange, PracticeLesson, passages
from tutor.llm.protocol import Message
from tutor.tutoring.followup import LOOK_FIRST
from tutor.tutoring.prompts import follow_up
from tutor.tutoring.retrieval import Index

_CITED = re.compile(r"\[(\d{1,3})\]")


class Spoken(NamedTuple):
    """The tokens of a talk; those from `learnt` on are the reply, and the end of the turn."""

    tokens: tuple[int, ...]
    learnt: int


class TalkPack(NamedTuple):
    """`targets`: the token that is to come after each node of `before`."""

    shape: Shape
    before: npt.NDArray[np.int64]
    targets: npt.NDArray[np.int64]


def talks(lesson: PracticeLesson) -> Iterator[list[Message]]:
    """One for each exchange, the exchanges before it that it goes on from, and its reply; asked as the program asks."""
    among = passages(lesson)
    index = Index(among, lesson.language)
    head = Message("system", follow_up.system(among, lesson.language))

    def asked(each: Exchange) -> Message:
        near = index.best(each.question, LOOK_FIRST) if len(among) > LOOK_FIRST else []
        return Message("user", follow_up.asked(each.question, lesson.language, [p.n for p in near]))

    for each in lesson.exchanges:
        chain = [each]
        while (before := chain[0].after) is not None:
            chain.insert(0, lesson.exchanges[before])
        turns = [
            turn for it in chain for turn in (asked(it), Message("assistant", it.reply.strip()))
        ]
        yield [head, *turns]


def reordered(lesson: PracticeLesson, dice: random.Random) -> PracticeLesson:
    """The same with its sections in another order: a number means nothing by itself."""
    order = list(range(len(lesson.sections)))
    dice.shuffle(order)
    number = {old + 1: new + 1 for new, old in enumerate(order)}
    exchanges = [
        replace(each, reply=_CITED.sub(lambda found: f"[{number[int(found[1])]}]", each.reply))
        for each in lesson.exchanges
    ]
    return replace(lesson, sections=[lesson.sections[old] for old in order], exchanges=exchanges)


def spoken(vocabulary: Vocabulary, talk: Sequence[Message]) -> Spoken:
    *before, reply = vocabulary.talk(talk)
    opening = [token for piece in before for token in piece]
    return Spoken((*opening, *reply, vocabulary.end_of_turn), len(opening))


def packs(said: Iterable[Spoken], room: int) -> Iterator[TalkPack]:
    """Fill packs of at most `room` tokens, in the order given. A talk longer than that is left out."""
    tree, edges = Tree(room), list[tuple[int, int]]()
    for each in said:
        path = tree.add(each.tokens)
        if path is None:
            if edges:
                yield _pack(tree, edges)
            tree, edges = Tree(room), []
            path = tree.add(each.tokens)
        if path is not None:
            edges += [
                (path[at - 1], each.tokens[at]) for at in range(each.learnt, len(each.tokens))
            ]
    if edges:
        yield _pack(tree, edges)


def _pack(tree: Tree, edges: Sequence[tuple[int, int]]) -> TalkPack:
    before, targets = np.array(edges, np.int64).T
    return TalkPack(tree.shape(), before, targets)
