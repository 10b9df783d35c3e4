"""A lesson of the right shape that cannot be taught, and the exact line that tells why."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content.mistakes import HEAD, OPTIONS, REFERENCE, item, rows, told

RULES = [
    (
        "a missing language",
        item("true_false", "answer: true", prompt="{en: P}"),
        ["one.yaml:8:13: item q: prompt: missing language 'ko'"],
    ),
    (
        "a missing language deep in an item",
        item("explain", REFERENCE + "\npoints: [{id: p, section: basics, text: {ko: 점}}]"),
        ["one.yaml:11:45: item q: points.text: missing language 'en'"],
    ),
    (
        "accepted answers in one language only",
        item("short", "accepted: {en: [token]}"),
        ["one.yaml:10:15: item q: accepted: missing language 'ko'"],
    ),
    (
        "an item in a section that is not there",
        item("true_false", "answer: true", section="basic"),
        [
            "one.yaml:7:14: item q: section: no section 'basic' in this lesson "
            "(did you mean 'basics'?)"
        ],
    ),
    (
        "a point in a section that is not there",
        item("explain", REFERENCE + "\npoints: [{id: p, section: zzz, text: {en: P, ko: 점}}]"),
        [
            "one.yaml:11:31: item q: points.section: no section 'zzz' in this lesson "
            "(sections: basics)"
        ],
    ),
    (
        "no right option",
        item("choice", OPTIONS.replace("correct: true", "correct: false")),
        [
            "one.yaml:10:14: item q: options: no option is correct: mark at least one with "
            "'correct: true'"
        ],
    ),
    (
        "two options with one id",
        item("choice", OPTIONS.replace("id: b", "id: a")),
        ["one.yaml:10:66: item q: options.id: duplicate option id 'a': already on line 10"],
    ),
    (
        "two options that read the same",
        item("choice", OPTIONS.replace("en: B", "en: '  A'")),
        ["one.yaml:10:80: item q: options.text.en: the same text as on line 10"],
    ),
    (
        "two steps that read the same",
        item("order", "steps: [{en: A, ko: 가}, {en: B, ko: 가}]"),
        ["one.yaml:10:41: item q: steps.ko: the same text as on line 10"],
    ),
    (
        "two pairs that read the same",
        item(
            "match",
            """
            pairs:
              - {left: {en: A, ko: 가}, right: {en: X, ko: 하}}
              - {left: {en: B, ko: 나}, right: {en: X, ko: 파}}
            """,
        ),
        ["one.yaml:12:44: item q: pairs.right.en: the same text as on line 11"],
    ),
    (
        "no hints",
        item("true_false", "answer: true", hints="[]"),
        [
            "one.yaml:9:12: item q: hints: no hints: give at least one, from a nudge to nearly "
            "the answer"
        ],
    ),
    (
        "a point without a section",
        item("explain", REFERENCE + "\npoints: [{id: p, text: {en: P, ko: 점}}]"),
        ["one.yaml:11:14: item q: points: point 'p' has no section: name the one that teaches it"],
    ),
    (
        "two points and two misconceptions with one id",
        item(
            "explain",
            REFERENCE
            + """
points:
  - {id: p, section: basics, text: {en: P, ko: 점}}
  - {id: p, section: basics, text: {en: R, ko: 선}}
misconceptions:
  - {id: m, text: {en: M, ko: 오}, reply: {en: R, ko: 답}}
  - {id: m, text: {en: N, ko: 해}, reply: {en: R, ko: 답}}
""",
        ),
        [
            "one.yaml:13:14: item q: points.id: duplicate point id 'p': already on line 12",
            "one.yaml:16:14: item q: misconceptions.id: duplicate misconception id 'm': already "
            "on line 15",
        ],
    ),
    (
        "a mark without a gap and a gap without a mark",
        item(
            "cloze", 'text: {en: "{a} {b}", ko: "{a}"}\ngaps: {en: {a: [x]}, ko: {a: [y], c: [z]}}'
        ),
        [
            "one.yaml:10:16: item q: text.en: the mark {b} has no entry in gaps.en",
            "one.yaml:11:39: item q: gaps.ko: gap 'c' has no mark {c} in text.ko",
        ],
    ),
    (
        "a cloze without marks",
        item("cloze", 'text: {en: "{a}", ko: 없음}\ngaps: {en: {a: [x]}, ko: {a: [y]}}'),
        [
            "one.yaml:10:27: item q: text.ko: no gap: mark at least one, like {word}",
            "one.yaml:11:31: item q: gaps.ko: gap 'a' has no mark {a} in text.ko",
        ],
    ),
    (
        "a mark that stands twice",
        item("cloze", 'text: {en: "{a} {a}", ko: "{a}"}\ngaps: {en: {a: [x]}, ko: {a: [y]}}'),
        ["one.yaml:10:16: item q: text.en: the mark {a} stands more than once"],
    ),
    (
        "a text of spaces",
        item("true_false", "answer: true", prompt='{en: "  ", ko: 문}'),
        ["one.yaml:8:18: item q: prompt.en: empty text"],
    ),
    (
        "an escape character in a text",
        item("true_false", "answer: true", prompt=r'{en: "\e[31m red", ko: 문}'),
        ["one.yaml:8:18: item q: prompt.en: character U+001B is not allowed: remove it"],
    ),
    (
        "a character that turns the writing round",
        item("short", r'accepted: {en: ["\u202Etoken"], ko: [토큰]}'),
        ["one.yaml:10:21: item q: accepted.en: character U+202E is not allowed: remove it"],
    ),
    (
        "two items with one id",
        item("true_false", "answer: true") + item("true_false", "answer: false"),
        ["one.yaml:11:9: item q: id: duplicate item id 'q': already in one.yaml on line 5"],
    ),
    (
        "an item that is called as its lesson",
        item("true_false", "answer: true", id="one"),
        ["one.yaml:5:9: item one: id: 'one' is a lesson's id too: an address could mean either"],
    ),
    (
        "a bad item beside another mistake, both told",
        item("true_false", "answer: maybe")
        + item("true_false", "answer: true", id="r", hints="[]"),
        [
            "one.yaml:10:13: item q: answer: expected true or false, got 'maybe'",
            "one.yaml:15:12: item r: hints: no hints: give at least one, from a nudge to nearly "
            "the answer",
        ],
    ),
    (
        "the id of a bad item still counts",
        item("riddle", "x: 1") + item("true_false", "answer: true"),
        [
            "one.yaml:6:11: item q: kind: unknown kind 'riddle' (kinds: choice, true_false, "
            "cloze, short, numeric, order, match, explain)",
            "one.yaml:11:9: item q: id: duplicate item id 'q': already in one.yaml on line 5",
        ],
    ),
]


@pytest.mark.parametrize(("snippet", "lines"), rows(RULES))
def test_a_mistake_is_told_where_it_stands(tmp_path: Path, snippet: str, lines: list[str]) -> None:
    assert told(tmp_path, HEAD + snippet) == [f"error {line}" for line in lines]


@pytest.mark.parametrize(
    "snippet",
    [
        item("true_false", "answer: true", prompt="{en: P}"),
        item("true_false", "answer: true", hints="[]"),
        item("explain", REFERENCE + "\npoints: [{id: p, text: {en: P, ko: 점}}]"),
        item("true_false", "answer: true", id="one"),
        " []\n",
    ],
)
def test_an_imported_course_may_lack_what_ours_must_have(tmp_path: Path, snippet: str) -> None:
    strict = told(tmp_path, HEAD + snippet, strict=True)
    lenient = told(tmp_path, HEAD + snippet, strict=False)
    assert [line.split(" ", 1)[0] for line in strict] == ["error"]
    assert lenient == [line.replace("error", "warning", 1) for line in strict]


def test_structural_mistakes_are_errors_in_any_course(tmp_path: Path) -> None:
    snippets = [item("cloze", 'text: {en: "{a}", ko: "{a}"}\ngaps: {en: {b: [x]}, ko: {a: [y]}}')]
    snippets += [item("choice", OPTIONS.replace("true", "false"), id="r")]
    lenient = told(tmp_path, HEAD + "".join(snippets), strict=False)
    assert [line.split(" ", 1)[0] for line in lenient] == ["error"] * 3
