"""Rules for items: what each kind needs beyond its shape to be asked and graded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tutor.content.cloze import gap_marks
from tutor.content.problem import Problem, Severity
from tutor.content.schema import Choice, Cloze, Explain, Item, Lesson, Match, Order
from tutor.content.sheet import Placed, Sheet
from tutor.content.wording import quote, suggest
from tutor.content.yaml_reader import Trail


def item_problems(sheet: Sheet[Lesson], lenient: Severity) -> Iterator[Problem]:
    """What is wrong with the items of a lesson; what only courses of ours must have is told as `lenient`."""
    sections = [section.value for section in sheet.ids("sections")]
    items: list[Placed[Item]] = sheet.entries("items", Item)
    for trail, item in items:
        yield from _section(sheet, (*trail, "section"), item.section, sections)
        if not item.hints:
            message = "no hints: give at least one, from a nudge to nearly the answer"
            yield sheet.problem((*trail, "hints"), message, lenient)
        match item:
            case Choice():
                yield from _choice(sheet, trail, item)
            case Cloze():
                yield from _cloze(sheet, trail, item)
            case Order():
                yield from same_texts(sheet, (*trail, "steps"), item.steps)
            case Match():
                yield from _match(sheet, trail, item)
            case Explain():
                yield from _explain(sheet, trail, item, sections, lenient)
            case _:
                pass


def same_ids(sheet: Sheet[Any], trail: Trail, ids: Sequence[str], what: str) -> Iterator[Problem]:
    """Entries of the list at `trail` whose id an earlier one has; `what` names such an entry."""
    first: dict[str, Trail] = {}
    for index, id in enumerate(ids):
        place = (*trail, index, "id")
        if id in first:
            line = sheet.document.at(first[id]).line
            message = f"duplicate {what} id {quote(id)}: already on line {line}"
            yield sheet.problem(place, message)
        first.setdefault(id, place)


def same_texts(
    sheet: Sheet[Any], trail: Trail, texts: Sequence[dict[Any, str]], field: str | None = None
) -> Iterator[Problem]:
    """Texts of the list at `trail` (in `field` of its entries) that no learner could tell apart."""
    first: dict[tuple[str, str], Trail] = {}
    for index, text in enumerate(texts):
        inner = (*trail, index) if field is None else (*trail, index, field)
        for language, words in text.items():
            key = (language, " ".join(words.split()))
            place = (*inner, language)
            if key in first:
                line = sheet.document.at(first[key]).line
                yield sheet.problem(place, f"the same text as on line {line}")
            first.setdefault(key, place)


def _section(
    sheet: Sheet[Lesson], trail: Trail, section: str, sections: list[str]
) -> Iterator[Problem]:
    if section not in sections:
        hint = suggest(section, sections, "sections")
        yield sheet.problem(trail, f"no section {quote(section)} in this lesson{hint}")


def _choice(sheet: Sheet[Lesson], trail: Trail, item: Choice) -> Iterator[Problem]:
    options = (*trail, "options")
    if not any(option.correct for option in item.options):
        message = "no option is correct: mark at least one with 'correct: true'"
        yield sheet.problem(options, message)
    yield from same_ids(sheet, options, [option.id for option in item.options], "option")
    yield from same_texts(sheet, options, [option.text for option in item.options], "text")


def _match(sheet: Sheet[Lesson], trail: Trail, item: Match) -> Iterator[Problem]:
    pairs = (*trail, "pairs")
    yield from same_texts(sheet, pairs, [pair.left for pair in item.pairs], "left")
    yield from same_texts(sheet, pairs, [pair.right for pair in item.pairs], "right")


def _cloze(sheet: Sheet[Lesson], trail: Trail, item: Cloze) -> Iterator[Problem]:
    for language, text in item.text.items():
        marks, place = gap_marks(text), (*trail, "text", language)
        gaps = item.gaps.get(language, {})
        if not marks:
            yield sheet.problem(place, "no gap: mark at least one, like {word}")
        for mark in dict.fromkeys(marks):
            if marks.count(mark) > 1:
                yield sheet.problem(place, f"the mark {{{mark}}} stands more than once")
            if mark not in gaps and language in item.gaps:
                yield sheet.problem(place, f"the mark {{{mark}}} has no entry in gaps.{language}")
    for language, gaps in item.gaps.items():
        marks = gap_marks(item.text.get(language, ""))
        for gap in gaps:
            if gap not in marks and language in item.text:
                message = f"gap {quote(gap)} has no mark {{{gap}}} in text.{language}"
                yield sheet.problem((*trail, "gaps", language, gap), message, at_key=True)


def _explain(
    sheet: Sheet[Lesson], trail: Trail, item: Explain, sections: list[str], lenient: Severity
) -> Iterator[Problem]:
    points, beliefs = (*trail, "points"), (*trail, "misconceptions")
    yield from same_ids(sheet, points, [point.id for point in item.points], "point")
    yield from same_ids(sheet, beliefs, [it.id for it in item.misconceptions], "misconception")
    for index, point in enumerate(item.points):
        if point.section is None:
            message = f"point {quote(point.id)} has no section: name the one that teaches it"
            yield sheet.problem((*points, index), message, lenient)
        else:
            yield from _section(sheet, (*points, index, "section"), point.section, sections)
