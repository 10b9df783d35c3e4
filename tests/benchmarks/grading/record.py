"""What was measured of each case, as numbers without the texts: every table is computed from these again."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from tests.benchmarks.grading.cases import Case, Split
from tutor.llm.fitted import AdapterFile, Fingerprint

FOLDER = Path(__file__).parent / "measured"


class Measured(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A case without its texts. `signals`: name to number.

    `stopped`: why no model was asked; `doubtful`: what seems met is left to the learner.

    `answer` tells the answers of a question apart: all points of one answer share it.
    """

    id: str
    set: str
    split: Split
    language: str
    group: str
    answer: str
    label: bool
    kind: str = ""
    score: float | None = None
    weight: float = 1.0
    stopped: str = ""
    doubtful: bool = False
    signals: dict[str, float] = {}


class About(Struct, frozen=True, kw_only=True):
    """What was measured: a model, the form of its prompt, the adapter it wore. `model` None: the text alone."""

    model: Fingerprint | None = None
    prompt: str | None = None
    adapter: AdapterFile | None = None


def blank(case: Case) -> Measured:
    """The case with nothing measured yet."""
    return Measured(
        id=case.id,
        set=case.set,
        split=case.split,
        language=case.language,
        group=case.group,
        answer=case.id.rpartition("/")[0] if not case.whole else case.id,
        label=case.label,
        kind=case.kind,
        score=getattr(case, "score", None),
    )


def path_of(model: str) -> Path:
    return FOLDER / f"{model}.jsonl.gz"


def write(path: Path, about: About, rows: Iterable[Measured]) -> None:
    """The same rows give the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    parts = [about, *sorted(rows, key=lambda row: row.id)]
    path.write_bytes(
        gzip.compress(b"".join(msgspec.json.encode(p) + b"\n" for p in parts), mtime=0)
    )


def read(path: Path) -> tuple[About, list[Measured]]:
    first, *lines = gzip.decompress(path.read_bytes()).splitlines()
    about = msgspec.json.decode(first, type=About)
    return about, [msgspec.json.decode(line, type=Measured) for line in lines]
