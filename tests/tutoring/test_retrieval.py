from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.content.schema import Language, Term
from tutor.tutoring.asked import Asked
from tutor.tutoring.passages import Passage
from tutor.tutoring.retrieval import Index
from tutor.tutoring.search_words import tokens, words
from tutor.tutoring.widening import Widening

TERMS = [
    Term(
        id="parameter",
        term={"en": "parameter", "ko": "매개변수"},
        definition={"en": "A number.", "ko": "수."},
        also={"en": ["weights"], "ko": ["파라미터"]},
    ),
    Term(
        id="kv-cache",
        term={"en": "KV cache", "ko": "키-값 캐시"},
        definition={"en": "Kept keys and values.", "ko": "남겨 둔 키와 값."},
    ),
]


def passage(n: int, heading: str, text: str, lesson: str = "clay", also: str = "") -> Passage:
    return Passage(n, lesson, f"s{n}", heading, text, also=also)


KOREAN = [
    passage(1, "크기", "매개변수는 학습으로 조정됩니다."),
    passage(2, "속도", "키-값 캐시는 앞의 계산을 남겨 둡니다."),
    passage(3, "글", "토큰은 글의 조각입니다."),
]
ENGLISH = [
    passage(1, "Shots", "A prompt holds solved examples; nothing is trained."),
    passage(2, "Scaling", "The loss falls as a power law.", also="스케일링 법칙"),
    passage(3, "Shots", "A prompt holds solved examples; nothing is trained.", lesson="fire"),
]


def found(index: Index, question: str, lesson: str | None = None) -> list[int]:
    return [each.n for each in index.best(question, 3, lesson=lesson)]


@pytest.mark.parametrize(
    ("question", "language", "n"),
    [
        ("파라미터가 뭐에요?", "ko", 1),
        ("what does the KV cache do", "ko", 2),
        ("kv cache는 왜 써요", "ko", 2),
        ("토큰이란?", "ko", 3),
        ("how does the loss fall", "en", 2),
        ("power lwa and losses", "en", 2),
        ("스케일링 법칙?", "en", 2),
    ],
)
def test_the_nearest_passage(question: str, language: Language, n: int) -> None:
    index = Index(KOREAN if language == "ko" else ENGLISH, language, TERMS)
    assert found(index, question)[0] == n


def test_the_glossary_bridges_the_languages() -> None:
    assert found(Index(KOREAN, "ko"), "파라미터가 뭐에요?") == []


def test_equals_come_in_reading_order_and_the_lesson_s_own_first() -> None:
    index = Index(ENGLISH, "en")
    assert found(index, "solved examples") == [1, 3]
    assert found(index, "solved examples", lesson="fire") == [3, 1]


def test_no_more_than_asked_for() -> None:
    assert [it.n for it in Index(ENGLISH, "en").best("solved examples", 1)] == [1]


@pytest.mark.parametrize("question", ["", "?!", "why is that", "bananas", "\x1b[2J\x00"])
def test_a_question_that_shares_nothing_finds_nothing(question: str) -> None:
    assert found(Index(ENGLISH, "en", TERMS), question) == []


@pytest.mark.parametrize("texts", [[], ["", "..."]])
def test_an_index_over_nothing(texts: list[str]) -> None:
    empty = [passage(n, "", text) for n, text in enumerate(texts, 1)]
    assert found(Index(empty, "en", TERMS), "Anything about weights?") == []


def test_the_heading_counts_more_than_the_text() -> None:
    index = Index([passage(1, "Fire", "clay water"), passage(2, "Clay", "fire water")], "en")
    assert found(index, "clay") == [2, 1]


def test_what_an_item_says_finds_its_section() -> None:
    item = Asked("", "clay", "s2", "Can a bigger purse buy a perfect forecast?")
    assert found(Index(ENGLISH, "en"), "a purse?") == []
    assert found(Index(ENGLISH, "en", items=[item]), "a purse?") == [2]


def test_an_item_of_an_unknown_section_finds_nothing() -> None:
    item = Asked("", "clay", "gone", "a purse")
    assert found(Index(ENGLISH, "en", items=[item]), "a purse?") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The models' training, trained!", ["model", "train", "train"]),
        ("1,000 tokens in 3.5 s", ["1000", "token", "3.5", "s"]),
        ("토크나이저는 글을", ["토크", "크나", "나이", "이저", "글"]),
        ("LoRA를", ["lora", "를"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_a_mistyped_word_keeps_some_of_its_tokens() -> None:
    assert set(tokens("paramaters")) & set(tokens("parameters"))
    assert not set(words("paramaters")) & set(words("parameters"))


def test_decomposed_hangul_is_the_same_text() -> None:
    import unicodedata

    assert tokens(unicodedata.normalize("NFD", "매개변수")) == tokens("매개변수")


@pytest.mark.parametrize(
    ("question", "named"),
    [("weights?", True), ("overweights", False), ("weights랑", True), ("매개 변수는", True), ("kv-cache", False)],
)  # fmt: skip
def test_which_terms_a_question_names(question: str, named: bool) -> None:
    assert ("paramet" in Widening("en", TERMS[:1]).names(question)) is named


def test_a_name_may_be_joined_otherwise() -> None:
    assert Widening("ko", TERMS).names("KV-Cache가 뭐예요") == tokens("키-값 캐시")


@given(st.text(max_size=60), st.sampled_from(["en", "ko"]))
def test_any_question_finds_passages_that_are_there(question: str, language: Language) -> None:
    among = KOREAN if language == "ko" else ENGLISH
    best = Index(among, language, TERMS).best(question, 2, lesson="clay")
    assert len(best) <= 2
    assert all(each in among for each in best)
    assert len({each.n for each in best}) == len(best)


def test_the_scorer_is_imported_when_an_index_is_built() -> None:
    code = (
        "import sys; import tutor.tutoring.followup, tutor.commands.ask; "
        "assert 'bm25s' not in sys.modules and 'numpy' not in sys.modules"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
