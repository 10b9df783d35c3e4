"""What makes a text of the model's a hint, or a question, that a learner may see: tidied, then checked. Pure."""

from __future__ import annotations

import re
from typing import Final, Literal

from msgspec import Struct

from tutor.content.schema import LANGUAGES, Language, say
from tutor.grading.keywords import Among, key_words
from tutor.grading.normalise import same
from tutor.grading.signals import covered, is_echo, language_of, sentences
from tutor.tutoring.gap import Gap
from tutor.tutoring.leaks import common_words, find_leak

LONGEST: Final = 240
"""Characters of a hint."""
MOST_SENTENCES: Final = 2
REPEATED: Final = 0.9
"""Share of its n-grams in one that was told before from which on a hint is told again."""

Flaw = Literal["empty", "language", "long", "repeated", "leak", "not_a_question"]

_LABEL: Final = re.compile(r"^\s*(?:hint|question|tutor|힌트|질문|튜터)\s*\d*\s*[:：.)]\s*", re.I)
_MARKS: Final = re.compile(r"\[\d{1,3}\]|[*_`#>]+")
_QUOTES: Final = " \t\"'“”‘’「」"
_OTHER_SCRIPT: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0400-\u04ff\u0600-\u06ff]")
_PHRASES: Final = frozenset(
    [
        "again",
        "answer",
        "answers",
        "attention",
        "careful",
        "carefully",
        "check",
        "close",
        "consider",
        "content",
        "correct",
        "detail",
        "details",
        "explain",
        "find",
        "go",
        "good",
        "great",
        "help",
        "hint",
        "hints",
        "important",
        "information",
        "learn",
        "lesson",
        "look",
        "missing",
        "mind",
        "more",
        "need",
        "part",
        "passage",
        "please",
        "point",
        "points",
        "question",
        "questions",
        "read",
        "reading",
        "really",
        "remember",
        "reread",
        "right",
        "see",
        "sentence",
        "sure",
        "tell",
        "think",
        "thinking",
        "thought",
        "try",
        "want",
        "word",
        "words",
        "write",
        "wrong",
        "다시",
        "답",
        "답변",
        "내용",
        "도움",
        "레슨",
        "문장",
        "보세요",
        "부분",
        "빠진",
        "살펴보세요",
        "생각",
        "생각해",
        "수업",
        "써",
        "쓰세요",
        "알려",
        "읽어",
        "읽고",
        "자세히",
        "정답",
        "질문",
        "천천히",
        "틀린",
        "필요",
        "학습자",
        "힌트",
        "떠올려",
        "무엇",
        "무엇인가요",
        "무엇일까요",
        "중요",
        "좋아요",
        "정확",
    ]
)


class Finding(Struct, frozen=True):
    """Why a text is not shown; `words`: those by which it gives the answer away."""

    flaw: Flaw
    words: tuple[str, ...] = ()


def tidied(text: str) -> str:
    """The first one or two sentences on one line, without a label, quotation marks, markup and numbers of passages."""
    plain = _MARKS.sub("", text.replace("？", "?"))
    line = " ".join(_LABEL.sub("", plain).split()).strip(_QUOTES)
    spans = sentences(line)[:MOST_SENTENCES]
    return line[: spans[-1][1]].strip(_QUOTES) if spans else ""


def one_question(text: str) -> str:
    """`text` up to its first question mark; "" where it asks nothing."""
    before, mark, _ = tidied(text).partition("?")
    return f"{before.strip()}?" if mark and before.strip() else ""


def flaw_of(text: str, gap: Gap) -> Finding | None:
    """What speaks against showing a tidied text as a hint for the gap; None where nothing does."""
    if not _says_something(text, gap):
        return Finding("empty")
    if language_of(text) != gap.language or _foreign(text, gap.language):
        return Finding("language")
    if len(text) > LONGEST:
        return Finding("long")
    if any(same(text, told) or covered(text, told) > REPEATED for told in gap.told):
        return Finding("repeated")
    if leak := leak_of(text, gap):
        return leak
    # A small model's statement may be false; a question can't be.
    return None if "?" in text else Finding("not_a_question")


def leak_of(text: str, gap: Gap) -> Finding | None:
    """Against the item's texts in every language: names are the same in both."""
    for language in LANGUAGES:
        leak = find_leak(
            text,
            say(gap.item.reference, language),
            [say(point.text, language) for point in gap.missing],
            " ".join(gap.item.prompt.values()),
            [*(say(hint, language) for hint in gap.item.hints), gap.answer, *gap.said],
            common_words(gap.lesson, language),
        )
        if leak:
            return Finding("leak", leak.words)
    return None


def _says_something(text: str, gap: Gap) -> bool:
    """More than that one should think: it has words of its own, and something to do with the matter."""
    words = [word for word in key_words(text) if word.casefold() not in _PHRASES]
    if len(words) < 2 or is_echo(text, say(gap.item.prompt, gap.language)):
        return False
    found = gap.passage
    told = [say(hint, gap.language) for hint in gap.item.hints]
    matter = Among(" ".join((say(gap.item.prompt, gap.language), found.heading, found.text, *told)))
    return any(matter.has(word, typos=False) for word in words)


def _foreign(text: str, language: Language) -> bool:
    """Signs of a script that neither language is written in, or Hangul in English."""
    hangul = any("가" <= sign <= "힣" for sign in text)
    return bool(_OTHER_SCRIPT.search(text)) or (language == "en" and hangul)
