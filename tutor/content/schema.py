"""What a course is made of: the types behind course.yaml, glossary.yaml and the lesson files."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta, Struct

Language = Literal["en", "ko"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

Id = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
"""Lower-case words joined by hyphens; written by the author, never derived from text."""

Text = Annotated[dict[Language, str], Meta(min_length=1)]
"""A map of languages to Markdown or plain text."""


def say(text: dict[Language, str], language: Language) -> str:
    """The text in `language`, or in the first language it has."""
    return text[language] if language in text else next(iter(text.values()))


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of everything in a course: immutable, with no fields beyond those named."""


class Section(Part, frozen=True, kw_only=True):
    id: Id
    heading: Text
    body: Text


class Option(Part, frozen=True, kw_only=True):
    id: Id
    text: Text
    correct: bool = False
    reply: Text | None = None


class Point(Part, frozen=True, kw_only=True):
    """One thing that a full answer says; `weight` is its share of the score, > 0."""

    id: Id
    text: Text
    section: Id | None = None
    weight: Annotated[float, Meta(gt=0, le=100)] = 1
    concept: Id | None = None


class Misconception(Part, frozen=True, kw_only=True):
    """What people believe who have it wrong, and the reply that belief deserves."""

    id: Id
    text: Text
    reply: Text


class Pair(Part, frozen=True, kw_only=True):
    left: Text
    right: Text


class ItemBase(Part, frozen=True, kw_only=True, tag_field="kind"):
    id: Id
    section: Id
    prompt: Text
    hints: list[Text]
    concepts: list[Id] = []
    note: Text | None = None


class Choice(ItemBase, frozen=True, kw_only=True, tag="choice"):
    """One or several options are correct; the learner must pick exactly those."""

    options: Annotated[list[Option], Meta(min_length=2, max_length=10)]


class TrueFalse(ItemBase, frozen=True, kw_only=True, tag="true_false"):
    answer: bool
    reply: Text | None = None


class Cloze(ItemBase, frozen=True, kw_only=True, tag="cloze"):
    """`text` has {gap} marks; `gaps` maps, per language, each mark to the accepted fillings."""

    text: Text
    gaps: Annotated[
        dict[
            Language,
            Annotated[dict[Id, Annotated[list[str], Meta(min_length=1)]], Meta(min_length=1)],
        ],
        Meta(min_length=1),
    ]


class Short(ItemBase, frozen=True, kw_only=True, tag="short"):
    accepted: Annotated[
        dict[Language, Annotated[list[str], Meta(min_length=1)]], Meta(min_length=1)
    ]


class Numeric(ItemBase, frozen=True, kw_only=True, tag="numeric"):
    """Right when |answer - value| <= tolerance."""

    value: float
    tolerance: Annotated[float, Meta(ge=0)] = 0
    unit: Text | None = None


class Order(ItemBase, frozen=True, kw_only=True, tag="order"):
    """`steps` stand in the right order; the learner sees them shuffled."""

    steps: Annotated[list[Text], Meta(min_length=2, max_length=10)]


class Match(ItemBase, frozen=True, kw_only=True, tag="match"):
    pairs: Annotated[list[Pair], Meta(min_length=2, max_length=10)]


class Explain(ItemBase, frozen=True, kw_only=True, tag="explain"):
    """An answer in the learner's own words, graded against `points` (the rubric)."""

    reference: Text
    points: Annotated[list[Point], Meta(min_length=1, max_length=8)]
    misconceptions: list[Misconception] = []


Item = Choice | TrueFalse | Cloze | Short | Numeric | Order | Match | Explain
KINDS: tuple[str, ...] = (
    "choice",
    "true_false",
    "cloze",
    "short",
    "numeric",
    "order",
    "match",
    "explain",
)


class Lesson(Part, frozen=True, kw_only=True):
    id: Id
    title: Text
    sections: Annotated[list[Section], Meta(min_length=1)]
    items: list[Item] = []

    def section(self, id: str) -> Section | None:
        return next((section for section in self.sections if section.id == id), None)


class Source(Part, frozen=True, kw_only=True):
    """A paper or documentation page that a lesson leans on."""

    id: Id
    author: str
    year: int
    title: str
    where: str


class Course(Part, frozen=True, kw_only=True):
    """course.yaml. `lessons` are lesson ids in order, each the file `<id>.yaml`; `aliases` maps old item ids to new."""

    id: Id
    title: Text
    description: Text
    languages: Annotated[list[Language], Meta(min_length=1)]
    lessons: Annotated[list[Id], Meta(min_length=1)]
    licence: str
    sources: list[Source] = []
    aliases: dict[Id, Id] = {}


class Term(Part, frozen=True, kw_only=True):
    """A glossary entry; `also` lists other spellings per language."""

    id: Id
    term: Text
    definition: Text
    also: dict[Language, list[str]] = {}


class Glossary(Part, frozen=True, kw_only=True):
    terms: list[Term]


def kind_of(item: Item) -> str:
    """The item's `kind` as written in YAML."""
    return str(item.__struct_config__.tag)


def item_hash(item: Item) -> str:
    """Sixteen hex digits that change when any word of the item does; kept with each event."""
    from hashlib import sha256

    return sha256(msgspec.json.encode(item, order="deterministic")).hexdigest()[:16]
