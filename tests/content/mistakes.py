"""What the tables of mistakes share.

The snippets are the items of a lesson whose first four lines are HEAD, so they begin on line 5.
"""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

import pytest

from tests.content.sample import COURSE
from tutor.content.check import check

HEAD = """\
id: one
title: {en: One, ko: 하나}
sections: [{id: basics, heading: {en: Basics, ko: 기초}, body: {en: Body, ko: 본문}}]
items:
"""
ONE_LESSON = COURSE.replace("[one, two]", "[one]").replace("aliases: {old-choice: choice-item}", "")


def told(tmp_path: Path, lesson: str, *, strict: bool = True) -> list[str]:
    (tmp_path / "course.yaml").write_text(ONE_LESSON, encoding="utf-8")
    (tmp_path / "one.yaml").write_text(lesson, encoding="utf-8")
    return [
        f"{problem.severity} {str(problem).removeprefix(f'{tmp_path}/')}"
        for problem in check(tmp_path, strict=strict)
    ]


def item(kind: str, rest: str, **fields: str) -> str:
    """One valid item but for `rest` and the `fields` replaced; `rest` begins on line 10."""
    base = {
        "id": "q",
        "kind": kind,
        "section": "basics",
        "prompt": "{en: P, ko: 문}",
        "hints": "[{en: H, ko: 힌}]",
        **fields,
    }
    lines = "\n".join(f"{key}: {value}" for key, value in base.items())
    return "  - " + indent(f"{lines}\n{dedent(rest).strip()}\n", "    ").lstrip()


OPTIONS = "options: [{id: a, text: {en: A, ko: 가}, correct: true}, {id: b, text: {en: B, ko: 나}}]"
REFERENCE = "reference: {en: R, ko: 답}"


def rows(table: list[tuple[str, str, list[str]]]) -> list[object]:
    return [pytest.param(snippet, lines, id=name) for name, snippet, lines in table]
