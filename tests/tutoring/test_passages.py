from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.grading.items import both
from tutor.content.schema import Language, Lesson, Section
from tutor.tutoring.blocks import parts
from tutor.tutoring.passages import LONGEST, passages

WORDS = "a b c words in here and more of them "
PARAGRAPH = (WORDS * 6).strip()
TABLE = "| a | b |\n| --- | --- |\n" + "| cell | cell |\n" * 8 + "| end | end |"
CODE = "    first line\n\n    after a blank one\n        deeper"
FENCE = "```text\nfirst\n\n- no list\n\n# no heading\n```"
LIST = "- one\n- two\n\n- three, after a blank line\n\n  and a paragraph of its own"


def lesson(*sections: tuple[str, str, str]) -> Lesson:
    return Lesson(
        id="clay",
        title=both("Clay", "점토"),
        sections=[
            Section(id=id, heading=both(id.upper(), "점토"), body=both(en, ko))
            for id, en, ko in sections
        ],
    )


def test_passages_are_numbered_as_the_reader_shows_them() -> None:
    found = passages(lesson(("raw", "Dig.", "판다."), ("fired", "Burn.", "굽는다.")), "ko", "craft")
    assert [(p.n, p.course, p.id, p.part, p.text) for p in found] == [
        (1, "craft", "clay/raw", 1, "판다."),
        (2, "craft", "clay/fired", 1, "굽는다."),
    ]
    assert [(p.heading, p.also) for p in found] == [("점토", "RAW"), ("점토", "FIRED")]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_long_section_is_several_passages_and_numbers_go_on(language: Language) -> None:
    paragraph = "흙을 판다. " * 20 if language == "ko" else "Dig for clay. " * 20
    long = "\n\n".join([paragraph.strip()] * 8)
    found = passages(lesson(("raw", long, long), ("fired", "Burn.", "굽는다.")), language)
    of_raw = [p for p in found if p.section == "raw"]
    assert [p.n for p in found] == list(range(1, len(found) + 1))
    assert [p.id for p in of_raw[:2]] == ["clay/raw", "clay/raw.2"]
    assert [p.part for p in of_raw] == list(range(1, len(of_raw) + 1))
    assert all(len(p.text) <= LONGEST[language] for p in of_raw)
    assert "\n\n".join(p.text for p in of_raw) == long
    assert found[-1].id == "clay/fired"


def test_a_section_up_to_the_limit_is_one_passage() -> None:
    text = "\n\n".join([PARAGRAPH] * 5)
    assert len(text) <= LONGEST["en"]
    assert [p.text for p in passages(lesson(("raw", text, text)), "en")] == [text]


@pytest.mark.parametrize(
    "together",
    [
        TABLE,
        FENCE,
        LIST,
        f"Like this:\n\n{TABLE}",
        f"**Like this:**\n\n{PARAGRAPH}",
        f"이렇게 합니다:\n\n{CODE}",
        f"## Heading\n\n{PARAGRAPH}",
        f"1. one\n\n2. two\n\n    {CODE}\n\n3. three",
        f"~~~~\n{FENCE}\n\n{PARAGRAPH}\n~~~~",
        f"```\nnever closed\n\n{PARAGRAPH}",
    ],
)
def test_what_belongs_together_stays_together(together: str) -> None:
    text = f"{PARAGRAPH}\n\n{together}"
    assert parts(text, 20) == [f"{PARAGRAPH}\n\n", together]


def test_what_is_indented_stays_with_what_it_stands_under() -> None:
    assert parts(f"{PARAGRAPH}\n\n{CODE}\n\n{PARAGRAPH}", 20) == [
        f"{PARAGRAPH}\n\n{CODE}\n\n",
        PARAGRAPH,
    ]


def test_parts_are_about_even() -> None:
    text = "\n\n".join([PARAGRAPH] * 9)
    lengths = [len(part) for part in parts(text, len(text) // 2)]
    assert len(lengths) == 3
    assert max(lengths) - min(lengths) <= 2


BLOCKS = st.sampled_from(
    [PARAGRAPH, TABLE, CODE, FENCE, LIST, "> quoted", "# Heading", "So:", "글입니다.", "* * *"]
)
TEXTS = st.lists(st.tuples(BLOCKS, st.sampled_from(["\n\n", "\n \n", "\n\n\n"]))).map(
    lambda pairs: "".join(block + gap for block, gap in pairs).strip()
)


@given(TEXTS | st.text(alphabet="ab:#|-`~ \t\n", max_size=200), st.integers(1, 400))
def test_joined_the_parts_are_the_text(text: str, limit: int) -> None:
    found = parts(text, limit)
    assert "".join(found) == text
    assert all(part.strip() for part in found) or not text.strip()
    for part in found[:-1]:
        assert re.search(r"\n[ \t]*\n\Z", part)
        assert not part.rstrip().endswith(":")
    for part in found[1:]:
        assert not part[0].isspace()


@given(TEXTS, st.integers(1, 400))
def test_no_part_begins_inside_a_block(text: str, limit: int) -> None:
    for part in parts(text, limit)[1:]:
        assert part.startswith(
            (PARAGRAPH, "| a |", "```text", "- one", "* * *", "> ", "# ", "So:", "글")
        )
