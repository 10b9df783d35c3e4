"""What is asked and said about a section elsewhere in its course: words to find it by that its own text may lack."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tutor.content.schema import (
    Choice,
    Explain,
    Item,
    Language,
    Lesson,
    Match,
    Order,
    Text,
    TrueFalse,
    say,
)


class Asked(Struct, frozen=True):
    """The words of one item about a section. Only for finding: they are no passage and are never shown."""

    course: str
    lesson: str
    section: str
    text: str


def asked(lesson: Lesson, language: Language, course: str = "") -> list[Asked]:
    """One for each item of the lesson."""
    return [
        Asked(course, lesson.id, item.section, "\n".join(say(it, language) for it in _texts(item)))
        for item in lesson.items
    ]


def _texts(item: Item) -> Iterator[Text]:
    yield item.prompt
    yield from item.hints
    if item.note:
        yield item.note
    match item:
        case Explain():
            yield item.reference
            yield from (point.text for point in item.points)
            for misconception in item.misconceptions:
                yield misconception.text
                yield misconception.reply
        case Choice():
            for option in item.options:
                yield option.text
                if option.reply:
                    yield option.reply
        case TrueFalse() if item.reply:
            yield item.reply
        case Order():
            yield from item.steps
        case Match():
            for pair in item.pairs:
                yield pair.left
                yield pair.right
        case _:
            pass
