"""What is written reads well and is read back as it was."""

from __future__ import annotations

from pathlib import Path

from tutor.content.loader import load_course
from tutor.content.schema import Lesson, Section, Short, TrueFalse
from tutor.content.yaml_writer import write_yaml


def test_a_lesson_as_an_author_would_write_it() -> None:
    body = {"en": "One line\nand: another\n", "ko": "한 줄"}
    lesson = Lesson(
        id="one",
        title={"en": "One", "ko": "하나"},
        sections=[Section(id="basics", heading={"en": "No", "ko": "1e3"}, body=body)],
        items=[
            TrueFalse(id="so", section="basics", prompt={"en": "So?"}, hints=[], answer=True),
            Short(
                id="many",
                section="basics",
                prompt={"en": "How many?"},
                hints=[{"en": "Few"}],
                accepted={"en": ["3", "three"]},
            ),
        ],
    )
    assert write_yaml(lesson) == (
        "id: one\n"
        "title:\n  en: One\n  ko: 하나\n"
        "sections:\n"
        "- id: basics\n"
        "  heading:\n    en: 'No'\n    ko: \"1e3\"\n"
        "  body:\n    en: |\n      One line\n      and: another\n    ko: 한 줄\n"
        "items:\n"
        "- id: so\n  kind: true_false\n  section: basics\n  prompt:\n    en: So?\n"
        "  hints: []\n  answer: true\n"
        "- id: many\n  kind: short\n  section: basics\n  prompt:\n    en: How many?\n"
        '  hints:\n  - en: Few\n  accepted:\n    en:\n    - "3"\n    - three\n'
    )


def test_a_course_written_loads_as_the_same_course(root: Path) -> None:
    before = load_course(root).course
    assert before is not None
    (root / "course.yaml").write_text(write_yaml(before.course), encoding="utf-8")
    (root / "glossary.yaml").write_text(write_yaml(before.glossary), encoding="utf-8")
    for lesson in before.lessons:
        (root / f"{lesson.id}.yaml").write_text(write_yaml(lesson), encoding="utf-8")
    assert load_course(root).course == before
