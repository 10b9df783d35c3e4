"""An answer that no model writes: the passage that a question is about, shown as the lesson has it.

A model below a billion parameters repeats the question or copies passages at random where it is asked to explain: of eight
questions to Qwen2.5-Coder-0.5B, none in Korean and two in English were answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tutor.content.schema import Language
from tutor.grading.calibration import ENOUGH_PARAMETERS
from tutor.llm.protocol import Client
from tutor.tutoring.passages import UNNUMBERED, Passage
from tutor.tutoring.support import Answered, Citation

FURTHER: Final = 1
"""Passages that are named below the one that is shown."""
_WORDS: Final[dict[Language, tuple[str, str]]] = {
    "en": ("Closest in the lesson is “{heading}” [{n}]:", "See also “{heading}” [{n}]."),
    "ko": (
        "레슨에서 가장 가까운 내용은 ‘{heading}’ [{n}]이에요.",
        "‘{heading}’ [{n}]도 함께 보세요.",
    ),
}


async def writes(client: Client) -> bool:
    """Whether the model in use is large enough to explain in words of its own; of one that doesn't say it is taken so.

    Raises ModelError.
    """
    model = (await client.status()).model
    return model is None or not 0 < model.parameters < ENOUGH_PARAMETERS


def shown(near: Sequence[Passage], language: Language) -> Answered:
    """The nearest passage whole, and which other one to see; `near` has one at least, the nearest first."""
    here, see = _WORDS[language]
    passage, *others = near
    parts = [
        here.format(n=passage.n, heading=passage.heading)
        if passage.n != UNNUMBERED
        else passage.heading,
        passage.text,
        *(see.format(n=other.n, heading=other.heading) for other in others[:FURTHER]),
    ]
    cited = [each for each in (passage, *others[:FURTHER]) if each.n != UNNUMBERED]
    citations = [
        Citation(each.n, each.lesson, each.section, each.heading)
        for each in sorted(cited, key=lambda each: each.n)
    ]
    return Answered("\n\n".join(parts), language, citations, [])
