"""What people say of the statements in replies that are kept: which passages of the lesson say each."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from tests.benchmarks.tutoring.record import Reply, Stated


class Label(Struct, frozen=True, forbid_unknown_fields=True):
    """`said_by`: ids (`lesson/section`) of the passages that say all of the statement; none where the lesson does not."""

    question: str
    statement: str
    said_by: list[str]


class Checked(Struct, frozen=True):
    """A statement of a reply beside what a person says of it."""

    stated: Stated
    said_by: list[str]

    @property
    def is_supported(self) -> bool:
        return bool(self.said_by)

    @property
    def right(self) -> int:
        """Of its citations, those to a passage that says it."""
        return sum(passage in self.said_by for passage in self.stated.cites)


def path_of(folder: Path, model: str) -> Path:
    return folder / f"{model}.labels.yaml"


def read(path: Path) -> dict[tuple[str, str], list[str]]:
    """By question and statement; none where there is no file. Raises msgspec.ValidationError."""
    if not path.exists():
        return {}
    rows = msgspec.yaml.decode(path.read_bytes(), type=list[Label])
    return {(row.question, row.statement): row.said_by for row in rows}


def checked(
    reply: Reply, labels: dict[tuple[str, str], list[str]]
) -> tuple[list[Checked], list[Stated]]:
    """The reply's statements that a label is there for, and those that nobody has read."""
    found, unread = [], []
    for stated in reply.statements:
        said_by = labels.get((reply.question, stated.text))
        if said_by is None:
            unread.append(stated)
        else:
            found.append(Checked(stated, said_by))
    return found, unread
