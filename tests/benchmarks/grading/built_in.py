"""Choose the verdicts of the program's self-test: `python -m tests.benchmarks.grading.built_in` writes them anew."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec

from tests.benchmarks.grading.written import PRACTICE, practice
from tutor.content.schema import LANGUAGES
from tutor.grading.self_test import FILE, Tried
from tutor.paths import bundled

EACH = 30
"""Verdicts of each language and label."""
SEED = 7
COMMON = ("right", "paraphrase", "terse", "half", "other-half", "mixed", "negated", "vague")


def chosen(folder: Path) -> list[Tried]:
    """From practice items that no adapter is trained on; answers as learners write them, no attacks."""
    dice = random.Random(SEED)
    found: list[Tried] = []
    cases = [case for case in practice(folder) if case.split == "fit" and case.kind in COMMON]
    for language in LANGUAGES:
        for stated in (True, False):
            part = [c for c in cases if c.language == language and c.label is stated]
            found += [
                Tried(c.language, c.question, c.answer, c.claim, c.label)
                for c in sorted(dice.sample(part, EACH), key=lambda case: case.id)
            ]
    return found


def main() -> None:
    text = msgspec.json.format(msgspec.json.encode(chosen(PRACTICE)), indent=1)
    (bundled("models") / "grading" / FILE).write_bytes(text + b"\n")


if __name__ == "__main__":
    main()
