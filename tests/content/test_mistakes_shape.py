"""A value that is not what its field wants, and the exact line that tells it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content.mistakes import HEAD, REFERENCE, item, rows, told

SHAPE = [
    (
        "text that is no map of languages",
        item("true_false", "answer: true", prompt="Is it?"),
        ["one.yaml:8:13: item q: prompt: expected a map of languages (en, ko), got text"],
    ),
    (
        "a misspelt field",
        item("true_false", "answer: true\nreplay: {en: R, ko: 답}"),
        ["one.yaml:11:5: item q: unknown field 'replay' (did you mean 'reply'?)"],
    ),
    (
        "a field like no other",
        item("true_false", "answer: true\nxyzzy: 1"),
        [
            "one.yaml:11:5: item q: unknown field 'xyzzy' (fields: id, section, prompt, hints, "
            "concepts, note, answer, reply, kind)"
        ],
    ),
    (
        "a missing field, told at the item",
        item("true_false", "reply: {en: R, ko: 답}"),
        ["one.yaml:5:5: item q: missing field 'answer' (true or false)"],
    ),
    (
        "a misspelt kind",
        item("truefalse", "answer: true"),
        [
            "one.yaml:6:11: item q: kind: unknown kind 'truefalse' (did you mean 'true_false'? "
            "kinds: choice, true_false, cloze, short, numeric, order, match, explain)"
        ],
    ),
    (
        "a kind like no other",
        item("riddle-me-this", "answer: true"),
        [
            "one.yaml:6:11: item q: kind: unknown kind 'riddle-me-this' (kinds: choice, "
            "true_false, cloze, short, numeric, order, match, explain)"
        ],
    ),
    (
        "no kind",
        "  - {id: q, section: basics}\n",
        [
            "one.yaml:5:5: item q: missing field 'kind' (one of choice, true_false, cloze, short, "
            "numeric, order, match, explain)"
        ],
    ),
    (
        "a kind that is no text",
        "  - {id: q, kind: [choice]}\n",
        [
            "one.yaml:5:19: item q: kind: expected one of choice, true_false, cloze, short, "
            "numeric, order, match, explain, got a list"
        ],
    ),
    (
        "an item that is no map",
        "  - just text\n",
        [
            "one.yaml:5:5: items: expected a map with a kind (one of choice, true_false, cloze, short, "
            "numeric, order, match, explain), got text"
        ],
    ),
    (
        "an id with capitals",
        item("true_false", "answer: true", id="First Question"),
        [
            "one.yaml:5:9: item First Question: id: expected an id of at most 64 lower-case "
            "letters, digits and single hyphens, got 'First Question'"
        ],
    ),
    (
        "a number where text belongs",
        item("short", "accepted: {en: [42], ko: [토큰]}"),
        ["one.yaml:10:21: item q: accepted.en: expected text, got the number 42: put it in quotes"],
    ),
    (
        "a word that YAML takes for a truth value",
        item("short", "accepted: {en: [true], ko: [참]}"),
        ["one.yaml:10:21: item q: accepted.en: expected text, got true: put it in quotes"],
    ),
    (
        "text where true or false belongs",
        item("true_false", "answer: No"),
        ["one.yaml:10:13: item q: answer: expected true or false, got 'No'"],
    ),
    (
        "a value left out, told at its key",
        item("true_false", "answer:"),
        ["one.yaml:10:5: item q: answer: expected true or false, got nothing"],
    ),
    (
        "an unknown language",
        item("true_false", "answer: true\nreply: {en: R, ko: 답, kr: 답}"),
        ["one.yaml:11:27: item q: reply: unknown language 'kr' (languages: en, ko)"],
    ),
    (
        "a map of no languages",
        item("true_false", "answer: true\nreply: {}"),
        ["one.yaml:11:12: item q: reply: expected a map of languages (en, ko), got an empty map"],
    ),
    (
        "too few options",
        item("choice", "options: [{id: a, text: {en: A, ko: 가}, correct: true}]"),
        ["one.yaml:10:14: item q: options: expected at least 2 entries, got 1"],
    ),
    (
        "too many steps",
        item("order", "steps: [" + ", ".join(f"{{en: E{n}, ko: 케{n}}}" for n in range(11)) + "]"),
        ["one.yaml:10:12: item q: steps: expected at most 10 entries, got 11"],
    ),
    (
        "a weight of nothing",
        item(
            "explain",
            REFERENCE + "\npoints: [{id: p, weight: 0, section: basics, text: {en: P, ko: 점}}]",
        ),
        [
            "one.yaml:11:30: item q: points.weight: expected a number above 0 and at most 100, "
            "got the number 0"
        ],
    ),
    (
        "a number without end",
        item("numeric", "value: .inf"),
        ["one.yaml:10:12: item q: value: expected a number, got the number inf"],
    ),
    (
        "a negative tolerance",
        item("numeric", "value: 1\ntolerance: -1"),
        ["one.yaml:11:16: item q: tolerance: expected a number of at least 0, got the number -1"],
    ),
    (
        "a gap name with a space",
        item(
            "cloze", 'text: {en: "{a}", ko: "{a}"}\ngaps: {en: {a: [x], "b c": [y]}, ko: {a: [z]}}'
        ),
        [
            "one.yaml:11:25: item q: gaps.en: expected an id of at most 64 lower-case letters, "
            "digits and single hyphens, got 'b c'"
        ],
    ),
    (
        "several mistakes, each told",
        item("choice", "options: {a: 1}\nnotes: []", hints="Think")
        + item("true_false", "answer: 1", id="r"),
        [
            "one.yaml:9:12: item q: hints: expected a list, got text",
            "one.yaml:10:14: item q: options: expected a list, got a map",
            "one.yaml:11:5: item q: unknown field 'notes' (did you mean 'note'?)",
            "one.yaml:17:13: item r: answer: expected true or false, got the number 1",
        ],
    ),
]


@pytest.mark.parametrize(("snippet", "lines"), rows(SHAPE))
def test_a_mistake_is_told_where_it_stands(tmp_path: Path, snippet: str, lines: list[str]) -> None:
    assert told(tmp_path, HEAD + snippet) == [f"error {line}" for line in lines]


@pytest.mark.parametrize(
    ("lesson", "lines"),
    [
        ("", ["one.yaml:1:1: the file is empty"]),
        ("# only a comment\n", ["one.yaml:1:1: the file is empty"]),
        ("just text\n", ["one.yaml:1:1: expected a map, got text"]),
        (
            HEAD.replace("id: one", "id: won") + item("true_false", "answer: true"),
            ["one.yaml:1:5: id: 'won' is not the file's name: both must be the same"],
        ),
        (
            HEAD.replace("items:", "items: []"),
            ["one.yaml:4:8: items: a lesson without items: add at least one"],
        ),
        (
            "id: one\ntitle: {en: One, ko: 하나}\nsections: []\n",
            [
                "one.yaml:1:1: items: a lesson without items: add at least one",
                "one.yaml:3:11: sections: expected at least 1 entry, got 0",
            ],
        ),
    ],
)
def test_a_mistake_in_the_lesson_itself(tmp_path: Path, lesson: str, lines: list[str]) -> None:
    assert told(tmp_path, lesson) == [f"error {line}" for line in lines]
