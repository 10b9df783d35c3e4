"""One YAML file of a course: what it says, where it says it, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from tutor.content.problem import Problem, Severity
from tutor.content.schema import Part
from tutor.content.shape import Misfit, misfits, shape_of
from tutor.content.wording import printable
from tutor.content.yaml_reader import Document, Trail, read_yaml
from tutor.content.yaml_source import MAX_BYTES, START, YamlError

P = TypeVar("P", bound=Part)
T = TypeVar("T")


class Placed(NamedTuple, Generic[T]):
    """A value and the trail that leads to it."""

    trail: Trail
    value: T


class Sheet(Generic[P]):
    """A file read as `shape`. Whatever fits is there to work with, also when the rest does not."""

    def __init__(self, file: Path, shape: type[P]) -> None:
        self.file = file
        self.shape = shape
        self.readable = True
        self._unread: list[Problem] = []
        try:
            self.document = read_yaml(_contents(file))
        except YamlError as error:
            self.readable = False
            self.document = Document()
            self._unread.append(Problem(file, *error.mark, error.message))

    def problem(
        self, trail: Trail, message: str, severity: Severity = "error", *, at_key: bool = False
    ) -> Problem:
        """`message` about the value (or the key) at `trail`, with the field named and the item found."""
        mark = self.document.at_key(trail) if at_key else self.document.at(trail)
        field = self._field(trail[:-1] if at_key else trail)
        said = f"{field}: {message}" if field else message
        return Problem(self.file, *mark, said, self._item(trail), severity)

    @cached_property
    def problems(self) -> list[Problem]:
        """Everything that keeps this file from being what it should."""
        return [
            *self._unread,
            *(
                Problem(self.file, *flaw.mark, flaw.message, self._item(flaw.trail))
                for flaw in self.document.flaws
            ),
            *(self.problem(it.trail, it.message, at_key=it.at_key) for it in self.misfits),
        ]

    @cached_property
    def whole(self) -> P | None:
        """The file as one value, if all of it fits."""
        if not self.readable or self.misfits:
            return None
        return msgspec.convert(self.document.value, self.shape)

    def entries(self, field: str, kind: Any) -> list[Placed[Any]]:
        """Those entries of the list `field` that fit, each as a `kind`."""
        spoiled = {misfit.trail[:2] for misfit in self.misfits}
        return [
            Placed(trail, msgspec.convert(value, kind))
            for trail, value in self.raw(field)
            if trail not in spoiled
        ]

    def ids(self, field: str) -> list[Placed[str]]:
        """The ids in the list `field`, also of entries that do not fit."""
        return [
            Placed((*trail, "id"), value["id"])
            for trail, value in self.raw(field)
            if isinstance(value, dict) and isinstance(value.get("id"), str)
        ]

    def raw(self, field: str) -> Iterator[Placed[Any]]:
        """The entries of the list `field` as they were written."""
        value = self.get(field)
        for index, entry in enumerate(value if isinstance(value, list) else []):
            yield Placed((field, index), entry)

    def get(self, field: str) -> Any:
        """The field at the top of the file as it was written, or None."""
        value = self.document.value
        return value.get(field) if isinstance(value, dict) else None

    @cached_property
    def misfits(self) -> list[Misfit]:
        """Where the file does not have its shape."""
        return list(misfits(self.document.value, shape_of(self.shape))) if self.readable else []

    def _field(self, trail: Trail) -> str:
        """The field that `trail` ends in, by its names from the entry (section, item, term) it belongs to."""
        if isinstance(self._entry(trail), dict):
            trail = trail[2:]
        return ".".join(key for key in trail if isinstance(key, str))

    def _entry(self, trail: Trail) -> Any:
        match trail:
            case (str(field), int(index), *_):
                entries = [entry.value for entry in self.raw(field)]
                return entries[index] if index < len(entries) else None
            case _:
                return None

    def _item(self, trail: Trail) -> str | None:
        entry = self._entry(trail) if trail[:1] == ("items",) else None
        id = entry.get("id") if isinstance(entry, dict) else None
        return printable(id[:64]) if isinstance(id, str) and id else None


def _contents(file: Path) -> bytes:
    try:
        # A pipe or a device would block or never end.
        if file.exists() and not file.is_file():
            raise YamlError(START, "this is not a file")
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise YamlError(START, "there is no such file") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise YamlError(START, f"cannot be read: {reason}") from None
