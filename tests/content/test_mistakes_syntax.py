"""A file that is not the YAML we read, and the exact line that tells it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content.mistakes import HEAD, item, rows, told

SYNTAX = [
    (
        "a key given twice",
        item("true_false", "answer: true\nanswer: false"),
        ["one.yaml:11:5: item q: 'answer' is already given on line 10: keep one of them"],
    ),
    (
        "a key that is a number",
        item("cloze", 'text: {en: "{a}", ko: "{a}"}\ngaps: {en: {a: [x], 1: [y]}, ko: {a: [z]}}'),
        ["one.yaml:11:25: item q: a key must be text, got the number 1: put it in quotes"],
    ),
    (
        "a key that is a list",
        "  - {[a]: b}\n",
        ["one.yaml:5:6: a key must be text, got a list: put it in quotes if it is text"],
    ),
    (
        "a colon in unquoted text",
        item("true_false", "answer: true\nreply:\n  en: Note: this\n  ko: 답"),
        ["one.yaml:12:15: a ':' is not allowed here: quote the text or mend the indent"],
    ),
    (
        "a tab as indent",
        "  - id: q\n\tkind: short\n",
        ["one.yaml:6:1: a tab is not allowed here: indent with spaces"],
    ),
    (
        "text that begins with an at sign",
        item("short", "accepted: {en: [@token], ko: [토큰]}"),
        ["one.yaml:10:21: text that begins with '@' needs quotes"],
    ),
    (
        "a quotation mark left open",
        item("true_false", 'answer: true\nreply: {en: "R, ko: 답}'),
        ["one.yaml:11:17: this quotation mark is never closed"],
    ),
    (
        "a brace left open",
        item("true_false", "answer: true\nreply: {en: R, ko: 답"),
        ["one.yaml:12:1: expected ',' or '}' here"],
    ),
    (
        "text that begins with a star",
        item("true_false", "answer: true", prompt="{en: *P, ko: 문}"),
        ["one.yaml:8:18: an alias (*name) is not allowed: text that begins with '*' needs quotes"],
    ),
    (
        "an anchor",
        item("true_false", "answer: true", prompt="{en: &p P, ko: 문}"),
        ["one.yaml:8:18: an anchor (&name) is not allowed: text that begins with '&' needs quotes"],
    ),
    (
        "a tag",
        item("true_false", "answer: !!python/object/apply:os.system [true]"),
        ["one.yaml:10:13: a tag (!name) is not allowed: text that begins with '!' needs quotes"],
    ),
    (
        "a second document",
        item("true_false", "answer: true") + "---\nid: two\n",
        ["one.yaml:11:1: a second document begins here: a file holds one, so remove the '---'"],
    ),
    (
        "an escape character in the file",
        item("true_false", "answer: true", prompt="{en: \x1b[31m, ko: 문}"),
        ["one.yaml:8:18: character U+001B is not allowed: remove it"],
    ),
    (
        "a directive",
        item("true_false", "answer: true") + "...\n%TAG ! tag:x,2000:\n",
        ["one.yaml:12:1: a line may not begin with '%': indent the text or remove the line"],
    ),
]


@pytest.mark.parametrize(("snippet", "lines"), rows(SYNTAX))
def test_a_mistake_is_told_where_it_stands(tmp_path: Path, snippet: str, lines: list[str]) -> None:
    assert told(tmp_path, HEAD + snippet) == [f"error {line}" for line in lines]
