"""Every talk is found again: by what was asked, by what was replied, in either language and any case."""

from __future__ import annotations

from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.study.sample import FrozenClock
from tutor.study import record
from tutor.study.store import Store


@pytest.fixture
def talked(store: Store, clock: FrozenClock) -> Store:
    """Three talks, the one about the lesson begun first and held last."""
    for scope, question, reply in (
        ("llm/tokens", "What is a TOKEN?", "A piece of text."),
        ("llm/shots-item", "가중치가 바뀌나요?", "아니요. 예시는 프롬프트에 있어요."),
        ("gone/lesson", "100% sure_?", None),
        ("llm/tokens", "Is Straße one?", "Ask the tokenizer."),
    ):
        asked = record.asked(store, scope, question)
        if reply is not None:
            record.replied(store, asked, reply)
        clock.pass_by(minutes=1)
    return store


def scopes(store: Store, query: str) -> list[str]:
    return [talk.scope for talk in record.talks(store, query)]


def test_all_talks_the_newest_first(talked: Store) -> None:
    found = record.talks(talked)
    assert [(talk.scope, talk.turns) for talk in found] == [
        ("llm/tokens", 2),
        ("gone/lesson", 1),
        ("llm/shots-item", 1),
    ]
    assert found[0].last_utc == "2026-03-01T03:03:00.250Z"
    assert found[0].found == record.talk(talked, "llm/tokens")[-1].id


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("token", ["llm/tokens"]),
        ("TOKENIZER", ["llm/tokens"]),
        ("STRASSE", ["llm/tokens"]),
        ("  piece of ", ["llm/tokens"]),
        ("프롬프트", ["llm/shots-item"]),
        (normalize("NFD", "가중치"), ["llm/shots-item"]),
        ("100% s", ["gone/lesson"]),
        ("e_?", ["gone/lesson"]),
        ("?", ["llm/tokens", "gone/lesson", "llm/shots-item"]),
        ("%", ["gone/lesson"]),
        ("'; DROP TABLE turns; --", []),
        ("llm/tokens", []),
    ],
)
def test_a_search(talked: Store, query: str, expected: list[str]) -> None:
    assert scopes(talked, query) == expected


def test_a_search_names_the_newest_question_that_fits(talked: Store) -> None:
    [talk] = record.talks(talked, "piece of text")
    assert talk.found == record.talk(talked, "llm/tokens")[0].id
    assert talk.turns == 2


def test_so_many_and_no_more(talked: Store) -> None:
    assert [talk.scope for talk in record.talks(talked, most=1)] == ["llm/tokens"]


def test_only_the_last_reply_is_searched(talked: Store) -> None:
    asked = record.talk(talked, "llm/tokens")[0].id
    record.replied(talked, asked, "A subword.")
    assert scopes(talked, "piece of") == []
    assert scopes(talked, "SUBWORD") == ["llm/tokens"]


def test_a_record_without_talks(store: Store) -> None:
    assert record.talks(store) == []


def test_what_cannot_be_read_is_not_searched(talked: Store, path: Path) -> None:
    talked.append("question", {"scope": "llm/odd", "question": 5})
    assert scopes(talked, "5") == []


@given(st.text(min_size=1, max_size=40), st.integers(0, 39), st.integers(1, 40))
def test_any_part_of_what_was_said_finds_it(text: str, start: int, length: int) -> None:
    said = text.encode("utf-8", "replace").decode()
    # A part is cut between what one letter is composed of only by chance, and then it is another text.
    part = normalize("NFC", said)[start : start + length]
    with Store(Path(":memory:")) as store:
        record.replied(store, record.asked(store, "a/b", "?"), said)
        found = scopes(store, part)
    if normalize("NFC", part) in normalize("NFC", said):
        assert found == ["a/b"]
