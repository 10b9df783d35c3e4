"""What the models are given: cut from the courses and from the answers that people graded."""

from __future__ import annotations

from functools import cache

import msgspec

from tests.benchmarks.grading.written import Row, gold_rows
from tutor.content.schema import Explain, say
from tutor.grading import prompts
from tutor.llm.hosted import HostedClient

ENDLESS = "Count: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,"
"""What a greedy model goes on with for hundreds of tokens."""
QUESTION = "What does a language model do with the text it has read so far?"
KINDS = ("right", "half", "mixed", "wrong")

JSON_REPLIES = {prompts.YES: '{"met": true}', prompts.NO: '{"met": false}'}


@cache
def english() -> tuple[Row, ...]:
    """The graded answers in English."""
    return tuple(row for row in gold_rows() if row.answer.language == "en")


@cache
def lessons() -> str:
    """Every lesson's text, one after another."""
    course = english()[0].course
    bodies = [say(part.body, "en") for lesson in course.lessons for part in lesson.sections]
    return "\n".join(bodies)


async def sized(client: HostedClient, text: str, tokens: int) -> str:
    """The longest beginning of `text`, repeated if need be, in whole words that has at most so many tokens."""
    words = text.split()
    while len(words) < tokens:  # no token is longer than a word and the space before it
        words += words
    low, high = 0, tokens
    while low < high:
        middle = (low + high + 1) // 2
        if len(await client.tokenize(" ".join(words[:middle]))) <= tokens:
            low = middle
        else:
            high = middle - 1
    return " ".join(words[:low])


def four_points(nonce: str) -> tuple[Explain, str]:
    """An item with four points and nothing else to ask, its question begun with `nonce`; a right answer to it."""
    row = next(row for row in english() if len(row.item.points) == 4 and row.answer.kind == "right")
    prompt = {"en": f"({nonce}) {say(row.item.prompt, 'en')}"}
    return msgspec.structs.replace(row.item, prompt=prompt, misconceptions=[]), row.answer.text


def class_set(questions: int, answers: int) -> list[tuple[Explain, str]]:
    """So many answers to each of so many questions, question by question, two points each."""
    items = list({row.item.id: row.item for row in english()}.values())[:questions]
    found = {(row.item.id, row.answer.kind): row.answer.text for row in english()}
    return [
        (
            msgspec.structs.replace(item, points=item.points[:2], misconceptions=[]),
            found[item.id, kind],
        )
        for item in items
        for kind in KINDS[:answers]
    ]


def json_talks(item: Explain, answer: str) -> list[list[dict[str, str]]]:
    """The judge's own instructions and examples, one talk a point, with the verdict as JSON."""
    question = say(item.prompt, "en")
    return [
        _json_talk(question, answer, statement)
        for statement in (say(point.text, "en") for point in item.points)
    ]


def _json_talk(question: str, answer: str, statement: str) -> list[dict[str, str]]:
    system, *turns = prompts.messages(question, answer, statement)
    shape = " ".join(f"{said} is written as {json}." for said, json in JSON_REPLIES.items())
    return [
        {"role": "system", "content": f"{system.content} {shape}"},
        *(
            {"role": turn.role, "content": JSON_REPLIES.get(turn.content, turn.content)}
            for turn in turns
        ),
    ]


def batch_row(number: int, item: Explain, answer: str) -> dict[str, object]:
    """A row of `tutor grade --batch`."""
    return {
        "id": number,
        "question": say(item.prompt, "en"),
        "reference": say(item.reference, "en"),
        "answer": answer,
        "points": [{"id": point.id, "text": say(point.text, "en")} for point in item.points],
        "language": "en",
    }
