"""Items as lines of text, everything to choose from with a number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tutor.commands.terminal import one_line
from tutor.content.cloze import GAP_MARK
from tutor.content.schema import Choice, Cloze, Item, Language, Match, Order, TrueFalse, say
from tutor.study.session import option_order
from tutor.ui.strings import Strings


def shown_order(item: Item, seed: int) -> list[int] | None:
    """The order in which a session shows options, steps or right sides, as indexes into the item's own."""
    match item:
        case Choice():
            return option_order(seed, item.id, len(item.options))
        case Order():
            return option_order(seed, item.id, len(item.steps), scrambled=True)
        case Match():
            return option_order(seed, item.id, len(item.pairs))
        case _:
            return None


def question_lines(
    item: Item, shown: Sequence[int] | None, language: Language, strings: Strings
) -> Iterator[str]:
    """The prompt and what there is to choose from."""
    yield say(item.prompt, language).strip()
    match item:
        case Choice():
            if sum(option.correct for option in item.options) > 1:
                yield strings("plain.several")
            yield from _numbered([say(item.options[at].text, language) for at in shown or ()])
        case Order():
            yield from _numbered([say(item.steps[at], language) for at in shown or ()])
        case Match():
            yield strings("plain.left")
            yield from _numbered([say(pair.left, language) for pair in item.pairs])
            yield strings("plain.right")
            yield from _numbered([say(item.pairs[at].right, language) for at in shown or ()])
        case Cloze():
            yield GAP_MARK.sub(r"____ (\1)", say(item.text, language)).strip()
        case _:
            pass


def solution_lines(item: Item, language: Language, strings: Strings) -> Iterator[str]:
    """What would have been right, where grading's own feedback does not say it."""
    match item:
        case Choice():
            right = [say(option.text, language) for option in item.options if option.correct]
        case Order():
            right = [say(step, language) for step in item.steps]
        case Match():
            right = [f"{say(p.left, language)} – {say(p.right, language)}" for p in item.pairs]
        case TrueFalse():
            right = [strings(f"item.true_false.{'true' if item.answer else 'false'}")]
        case _:
            return
    if len(right) == 1:
        yield strings("plain.solution", answer=one_line(right[0]))
    else:
        yield strings("plain.solution", answer="").rstrip()
        yield from _numbered(right)


def _numbered(texts: Sequence[str]) -> Iterator[str]:
    for number, text in enumerate(texts, start=1):
        yield f"  {number}. {one_line(text)}"
