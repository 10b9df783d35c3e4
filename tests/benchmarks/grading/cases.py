"""One judgement that a grader is asked for, and what people say of it."""

from __future__ import annotations

import hashlib
from typing import Literal

from msgspec import Struct

from tutor.content.schema import Language

Split = Literal["fit", "answers", "tune", "test"]
"""`tune`: adapters are trained on it; `fit`: questions that calibrations are fitted on; `test`: nothing is.

`answers`: further answers to the questions of `tune`; what is tested on unseen answers is calibrated on them.
"""


class Case(Struct, frozen=True, kw_only=True):
    """Does `answer` state `claim`? With `whole`, `claim` is a reference answer and asked is whether `answer` is correct.

    Cases with one `group` are about the same question. None is on two sides of a split by question.
    """

    id: str
    set: str
    split: Split
    language: Language
    group: str
    question: str
    answer: str
    claim: str
    label: bool
    whole: bool = False
    kind: str = ""


def share(text: str, parts: int) -> int:
    """0..parts-1, the same for the same text for ever."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()) % parts


def held_out(item_id: str) -> bool:
    """A fifth of the items of a course, by sha256 of the id: nothing is ever fitted or trained on them."""
    return share(item_id, 5) == 0
