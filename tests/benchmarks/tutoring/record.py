"""What a model wrote and what was measured of it, kept in `measured/`: every table is computed from this again."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tutor.llm.fitted import AdapterFile, Fingerprint

FOLDER = Path(__file__).parent / "measured"
Way = Literal["tutor", "untuned", "bare"]
"""Beside the lesson and checked, as the program does it; the same by the model as it came; or the question alone, without
lesson and checks."""


class About(Struct, frozen=True, kw_only=True, tag="about"):
    """The model, the adapter that its judge wore, and the one that it wore as the tutor."""

    model: Fingerprint
    adapter: AdapterFile | None
    voice: AdapterFile | None = None


class Stated(Struct, frozen=True):
    """A statement of a reply as it is shown: the ids of the passages that it cites, and whether it is marked."""

    text: str
    cites: list[str]
    marked: bool


class Reply(Struct, frozen=True, kw_only=True, tag="reply"):
    """`wrote`: the model's words; `shown`: what became of them after the checks; `by_model`: whether a model was asked.

    `forbidden` and `point`: the judge's margins (nats) that the shown reply states each forbidden claim, and the right one.
    `first`: seconds from handing in a question that was read ahead to the first word of the model; `step`: from one word to the next, in the mean.
    """

    question: str
    way: Way
    wrote: str
    shown: str
    by_model: bool
    refused: bool
    statements: list[Stated]
    forbidden: list[float]
    point: float
    first: float | None = None
    step: float | None = None

    @property
    def key(self) -> tuple[str, ...]:
        return ("reply", self.question, self.way)


class Margin(Struct, frozen=True, kw_only=True, tag="sentence"):
    """A labelled sentence: the judge's best margin (nats) among the passages it is held against."""

    sentence: str
    margin: float

    @property
    def key(self) -> tuple[str, ...]:
        return ("sentence", self.sentence)


class HintGiven(Struct, frozen=True, kw_only=True, tag="hint"):
    """A hint to an answer that lacks something. `first`: what the model wrote first; `flaws`: of each try, "" for none.

    `leaks`: by the program's own check; `run`, `first_run`: words in a row that the hint shares with what it must not say;
    `states`, `first_states`: whether the judge finds a missing point in it, None where the model can't grade.
    """

    answer: str
    language: Literal["en", "ko"]
    text: str
    by: Literal["model", "template"]
    first: str
    flaws: list[str]
    leaks: bool
    run: int
    first_run: int
    states: bool | None
    first_states: bool | None
    seconds: float

    @property
    def key(self) -> tuple[str, ...]:
        return ("hint", self.answer)


Row = Reply | Margin | HintGiven


class Record:
    """One model's rows on disk; each is written as soon as it is there, so that a run that is cut off goes on."""

    def __init__(self, path: Path, about: About, rows: dict[tuple[str, ...], Row]) -> None:
        self.path, self.about, self._rows = path, about, rows

    @classmethod
    def read(cls, path: Path) -> Record:
        """Raises OSError, msgspec.DecodeError."""
        head, *lines = path.read_bytes().splitlines()
        rows = [msgspec.json.decode(line, type=Row) for line in lines]
        about = msgspec.json.decode(head, type=About)
        return cls(path, about, {row.key: row for row in rows})

    @classmethod
    def of(cls, path: Path, about: About) -> Record:
        """What is there of the same model and adapters; of another voice what that has no part in."""
        known = cls.read(path) if path.exists() else None
        if known is not None and known.about == about:
            return known
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(msgspec.json.encode(about) + b"\n")
        found = cls(path, about, {})
        if known is not None and replace(known.about, voice=about.voice) == about:
            for row in known._rows.values():
                if not _is_of_the_voice(row):
                    found.put(row)
        return found

    def has(self, *key: str) -> bool:
        return key in self._rows

    def put(self, row: Row) -> None:
        """In place of the row of the same key, if there is one."""
        known = row.key in self._rows
        self._rows[row.key] = row
        if known:
            lines = map(msgspec.json.encode, (self.about, *self._rows.values()))
            self.path.write_bytes(b"\n".join(lines) + b"\n")
            return
        with self.path.open("ab") as file:
            file.write(msgspec.json.encode(row) + b"\n")

    def reply(self, question: str, way: Way) -> Reply | None:
        row = self._rows.get(("reply", question, way))
        return row if isinstance(row, Reply) else None

    @property
    def replies(self) -> list[Reply]:
        return [row for row in self._rows.values() if isinstance(row, Reply)]

    @property
    def margins(self) -> dict[str, float]:
        """Of the labelled sentences, by their ids."""
        return {row.sentence: row.margin for row in self._rows.values() if isinstance(row, Margin)}

    @property
    def hints(self) -> list[HintGiven]:
        return [row for row in self._rows.values() if isinstance(row, HintGiven)]


def _is_of_the_voice(row: Row) -> bool:
    return isinstance(row, HintGiven) or (isinstance(row, Reply) and row.way == "tutor")


def path_of(model: str) -> Path:
    return FOLDER / f"{model}.jsonl"
