"""What is set off in the Markdown of a reply."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it.token import Token

from tutor.ui.widgets.course_markdown import plain_parser
from tutor.ui.widgets.tutor_panel.marks import BEYOND, PASSAGE, marked

PARSER = plain_parser().disable("strikethrough")


def shown(text: str, beyond: list[str], numbers: tuple[int, ...] = (1, 2)) -> str:
    """The inline text with links in <> and what is set off in {}."""
    blocks = PARSER.parse(text)
    marked(blocks, numbers, [PARSER.parse(each) for each in beyond])
    return "\n".join(_drawn(block.children) for block in blocks if block.children)


def _drawn(children: list[Token]) -> str:
    signs = {"s_open": "{", "s_close": "}", "link_open": "<", "link_close": ">"}
    return "".join(signs.get(child.type, child.content) for child in children)


@pytest.mark.parametrize(
    ("text", "beyond", "expected"),
    [
        ("It stays [1]. It goes.", ["It goes."], "It stays <[1]>. {It goes.°}"),
        ("It **really** goes [2]. End.", ["It **really** goes [2]."], "{It} {really} {goes <[2]>.°} End."),
        ("No [7], and [1](https://x.example).", [], "No [7], and 1 (https://x.example)."),
        ("- one thing\n- another", ["another"], "one thing\n{another°}"),
        ("1. one thing\n2. another", ["one thing"], "{one thing°}\nanother"),
        ("같은 문장. 다른 문장. 같은 문장.", ["같은 문장.", "같은 문장."], "{같은 문장.°} 다른 문장. {같은 문장.°}"),
        ("Ends in `code`", ["Ends in `code`"], "{Ends in} code°"),
        ("~~struck~~ [red]x[/red]", [], "~~struck~~ [red]x[/red]"),
        ("It stays.", ["Not there."], "It stays."),
        ("", ["Nothing."], ""),
    ],
)  # fmt: skip
def test_marks(text: str, beyond: list[str], expected: str) -> None:
    assert shown(text, beyond) == expected


TEXTS = st.text("ab가 [1]7.*_`~-\n(:/)!°", max_size=60)


@given(TEXTS, st.lists(TEXTS, max_size=3))
def test_nothing_but_the_marks_is_added_and_only_numbers_open(text: str, beyond: list[str]) -> None:
    before, blocks = PARSER.parse(text), PARSER.parse(text)
    marked(blocks, {1}, [PARSER.parse(each) for each in beyond])
    words = ["".join(c.content for c in b.children or []).replace(BEYOND, "") for b in before]
    after = ["".join(c.content for c in b.children or []).replace(BEYOND, "") for b in blocks]
    assert after == words
    children = [child for block in blocks for child in block.children or []]
    targets = {child.attrs["href"] for child in children if child.type == "link_open"}
    assert targets <= {f"{PASSAGE}1"}
    depth = 0
    for child in children:
        depth += child.nesting
        assert depth >= 0
    assert depth == 0
