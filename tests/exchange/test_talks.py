"""Talks as Markdown: whatever was said is in it, and nothing that was said changes how the document is built."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tutor.exchange.markdown_guard import cleaned, guarded, plain, quoted
from tutor.exchange.talks import TalkAbout, Words, as_markdown
from tutor.study.talk import Turn

WORDS = Words(title="Talks", sources="Passages:", unanswered="No reply.")
LINES = st.sampled_from(
    [
        "# A heading", "  ## Deeper", "###### Deepest", "===", "---", "- - -", "```", "~~~python", "````", "> quote",
        "- item", "  - inner", "1. one", "    code", "\tcode", "- ```", "> # in a quote", "- # in a list", "<!-- open",
        "<div>", "</div>", "<script>", "<?x", "<![CDATA[", "text <b>bold</b>", "`<b>` and <i>", "[1]: http://x.example",
        "[a]:", "/url 'title'", "[2] as it says", "| a | b |", "|---|---|", "", "", "plain words", "예시는 [1]에 있어요.",
        "* * *", "+", "#", "-", "=", "\\", "&lt;", "![x](y)", "1)", "  ```", "> ```", "> ===", "- x\n  ===",
    ]
)  # fmt: skip
MARKDOWN = st.one_of(
    st.lists(LINES, min_size=1, max_size=14).map("\n".join),
    st.text(min_size=1, max_size=60),
    st.text("#=-`~> <![]():\n\t*+1.ab\\|", min_size=1, max_size=40),
)


def turn(question: str, reply: str | None, **more: object) -> Turn:
    given = {"id": "1", "finish": None, "at_utc": "2026-03-01T03:00:00.250Z", "utc_offset": 540}
    return Turn(question=question, reply=reply, **{**given, **more})  # type: ignore[arg-type]


def headings(document: str) -> list[str]:
    """The first three levels, wherever they stand."""
    tokens = MarkdownIt("commonmark").parse(document)
    return [
        f"{token.markup} {tokens[at + 1].content}"
        for at, token in enumerate(tokens)
        if token.type == "heading_open" and int(token.tag[1:]) <= 3
    ]


def bare(text: str) -> str:
    return text.replace("\\", "").replace("#", "")


def questions(document: str) -> str:
    quotes = [line.removeprefix(">").removeprefix(" ") for line in document.split("\n")]
    return bare("\n".join(line.rstrip() for line in quotes))


def test_a_document() -> None:
    cited = [{"n": 2, "lesson": "tokens", "section": "s", "text": "What a token is"}, {"n": "x"}]
    talks = [
        TalkAbout(
            "LLM · Tokens", [turn("What is a token?", "A piece of text [2].", citations=cited)]
        ),
        TalkAbout(
            "LLM · [Shots]", [turn("왜요?\n정말?", "## 이유\n예시 때문이에요."), turn("And?", None)]
        ),
    ]
    assert as_markdown(talks, WORDS) == (
        "# Talks\n\n"
        "## LLM · Tokens\n\n"
        "### 2026-03-01 12:00\n\n> What is a token?\n\nA piece of text [2].\n\n"
        "Passages:\n\n- \\[2\\] What a token is\n\n"
        "## LLM · \\[Shots\\]\n\n"
        "### 2026-03-01 12:00\n\n> 왜요?\n> 정말?\n\n##### 이유\n예시 때문이에요.\n\n"
        "### 2026-03-01 12:00\n\n> And?\n\n*No reply.*\n"
    )


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("Plain **bold** `# code` [1].", "Plain **bold** `# code` [1]."),
        ("# One\n## Two\n#### Four", "#### One\n##### Two\n#### Four"),
        ("Title\n===\ntext", "Title\n\\===\ntext"),
        ("a\n\n---\n\nb", "a\n\n---\n\nb"),
        ("```python\n# a comment\n<b>", "```python\n# a comment\n<b>\n```"),
        ("````\n```\n", "````\n```\n````"),
        ("<!-- everything after", "\\<!-- everything after"),
        ("if a < b and `<s>` is <s>", "if a < b and `<s>` is \\<s>"),
        ("[1]: http://x.example", "\\[1]: http://x.example"),
        ("bell\x07 and \x1b[2J\r\nline", "bell and [2J\nline"),
        ("> # quoted", "> #### quoted"),
    ],
)
def test_a_guarded_text(reply: str, expected: str) -> None:
    assert guarded(reply) == expected


@given(st.lists(st.tuples(MARKDOWN, MARKDOWN), min_size=1, max_size=4), MARKDOWN)
@example([("> a\n\tb", "- a\n   ```\n# b")], "t")
def test_no_reply_changes_the_structure(said: list[tuple[str, str]], title: str) -> None:
    turns = [turn(question, reply, citations=[{"n": 1, "text": reply}]) for question, reply in said]
    document = as_markdown([TalkAbout(title, turns), TalkAbout("Last", turns[:1])], WORDS)
    found = headings(document)
    moments = ["### 2026-03-01 12:00"] * len(said)
    assert found[0] == "# Talks"
    assert found[1].startswith("##")
    assert found[2:] == [*moments, "## Last", moments[0]]


@given(st.lists(st.tuples(MARKDOWN, MARKDOWN), min_size=1, max_size=4))
def test_everything_that_was_said_is_in_it(said: list[tuple[str, str]]) -> None:
    document = as_markdown([TalkAbout("Talk", [turn(*each) for each in said])], WORDS)
    for question, reply in said:
        if reply.strip():
            assert bare(cleaned(reply).strip("\n")) in bare(document)
        asked = cleaned(question.expandtabs(4)).strip("\n").split("\n")
        assert bare("\n".join(line.rstrip() for line in asked)) in questions(document)


@given(MARKDOWN)
def test_guarding_twice_changes_nothing_more(text: str) -> None:
    once = guarded(text)
    assert headings(once) == []
    assert headings(quoted(text)) == []
    assert guarded(once) == once


@given(st.text(max_size=60))
def test_a_plain_line_is_shown_letter_by_letter(text: str) -> None:
    line = " ".join(cleaned(text).split())
    tokens = MarkdownIt("commonmark").parse(f"# {plain(text)}")
    shown = "".join(it.content for it in tokens[1].children or ())
    assert shown.replace(" ", "") == line.replace(" ", "")
