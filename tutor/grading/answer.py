"""What a learner hands in, one type an item kind; stored as it stands in an `answer` event."""

from __future__ import annotations

from msgspec import Struct


class ChoiceAnswer(Struct, frozen=True, tag_field="kind", tag="choice"):
    options: tuple[str, ...]
    """Ids of the options picked."""


class TrueFalseAnswer(Struct, frozen=True, tag_field="kind", tag="true_false"):
    value: bool


class ClozeAnswer(Struct, frozen=True, tag_field="kind", tag="cloze"):
    gaps: dict[str, str]
    """Gap id to the words filled in."""


class ShortAnswer(Struct, frozen=True, tag_field="kind", tag="short"):
    text: str


class NumericAnswer(Struct, frozen=True, tag_field="kind", tag="numeric"):
    text: str
    """As typed; '1,000', '1e3' and '7B'-like suffixes are read by the grader."""


class OrderAnswer(Struct, frozen=True, tag_field="kind", tag="order"):
    order: tuple[int, ...]
    """Indexes into the item's `steps`, in the learner's order: right when 0, 1, 2, ..."""


class MatchAnswer(Struct, frozen=True, tag_field="kind", tag="match"):
    rights: tuple[int | None, ...]
    """For each left, in the item's order, the index of the pair whose right was picked; None when left open."""


class ExplainAnswer(Struct, frozen=True, tag_field="kind", tag="explain"):
    text: str


Answer = (
    ChoiceAnswer
    | TrueFalseAnswer
    | ClozeAnswer
    | ShortAnswer
    | NumericAnswer
    | OrderAnswer
    | MatchAnswer
    | ExplainAnswer
)
