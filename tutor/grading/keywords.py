"""Which words of a point stand in an answer: for people to look at where a model can't grade. It proves nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import Final

from tutor.grading.korean import bare, bare_syllable, is_hangul, is_particle, verb_stem
from tutor.grading.normalise import jamo, nearly
from tutor.grading.verdict import Words

_TOKEN: Final = re.compile(r"[가-힣]+|[^\W_가-힣]+(?:[-.'’][^\W_가-힣]+)*")
_ENGLISH: Final = """
    a about after again all also although am an and another any are as at be because been before being between both but
    by can can't cannot could did do does doesn't doing don't each either else etc every for from get gets give given gives
    had has have having he her here his how however i if in instead into is isn't it it's its itself just know less let like
    made make makes many may means might more most much must neither no nor not of off often on once one only or other
    others our out over own rather s same say says several she should since so some such t than that that's the their them
    then there these they thing things this those through thus to too under up use used uses using very was way we well
    were what when where whether which while who whose why will with within without would yet you your
"""
_KOREAN: Final = """
    가장 가지 각 각각 개 명 번 같은 같이 거나 것 것이다 것입니다 경우 고 관한 그 그것 그때 그래서 그러나 그러면 그런 그런데 그리고 까지
    내 너무 네 다 다른 다시 다음 대로 대한 대해 더 덜 데 동안 되는 된 된다 될 두 둘 등 따라 따라서 들어 듭니다 때 때문 때문에 또 또는 또한 뒤
    로 만 많은 많이 많고 말 매우 먼저 모두 모든 몇 못 및 바로 보고 보다 부터 비해 뿐 사이 새 서로 속 수 수는 쉽게 쓰고 쓰는 쓰이고 쓴 쓸 씁니다 아니다 아니라 아닙니다
    아주 안 앞 않고 않는 않는다 않다 않습니다 않아요 않은 어느 어떤 없고 없는 없다 없습니다 없어요 없이 여러 예 예입니다 올 와 위 위한 위해 이 이것
    이다 이런 이를 이미 이어 있고 있는 있다 있습니다 있어 있어요 있을 자신 잘 저 전 정도 제 조금 좀 중 줄 즉 지금 차례 채 처음 크게 통해
    하게 하고 하기 하나 하는 하며 하지 하지만 한 한다 할 함 함께 합니다 해 해서 했다 후
"""
EMPTY: Final = frozenset((*_ENGLISH.split(), *_KOREAN.split()))
"""Words that carry nothing by themselves, in lower case."""


def compare(point: str, answer: str, questions: Iterable[str] = ()) -> Words:
    """The words of `point` in its order: those in `answer`, give or take a typing error, and those that are not.

    Words that carry nothing by themselves, and words of the `questions`, are left out, unless nothing were left then.
    """
    own = key_words(point)
    asked = [Among(question) for question in questions]
    own = [word for word in own if not any(word in text for text in asked)] or own
    there = Among(answer)
    return Words(
        found=tuple(word for word in own if word in there),
        missing=tuple(word for word in own if word not in there),
    )


def key_words(text: str) -> list[str]:
    """The content words of a text, each once; Korean ones without their particles."""
    found: dict[str, str] = {}
    for token in tokens(text):
        word = bare(token) if is_hangul(token) else token
        if not {token.casefold(), word.casefold()} & EMPTY:
            found.setdefault(word.casefold(), word)
    return list(found.values())


def tokens(text: str) -> list[str]:
    """Words as they stand, without marks; a particle behind a Latin word or a number is no word."""
    composed = unicodedata.normalize("NFKC", text)
    found, end = [], -1
    for match in _TOKEN.finditer(composed):
        hung_on = match.start() == end and is_hangul(match[0]) and is_particle(match[0])
        end = match.end()
        if not hung_on:
            found.append(match[0])
    return found


class Among:
    """The words of a text, to ask whether one is among them in some form."""

    def __init__(self, text: str) -> None:
        words = tokens(text)
        self._words = words
        self._apart = [jamo(word) for word in words]
        pairs = [*words, *(left + right for left, right in pairwise(words))]
        pairs += ["".join(words[at : at + 3]) for at in range(len(words) - 2)]
        self._forms = {form for word in pairs for form in forms(word)}
        self._compact = "".join(words)

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self.has(word)

    def has(self, word: str, *, typos: bool = True) -> bool:
        """Whether `word` is there; with `typos` also misspelt."""
        own = forms(word)
        if own & self._forms or (is_hangul(word) and self._inside(word)):
            return True
        return typos and any(
            nearly(form, each) for each in own for form in self._forms if _alike(form, each)
        )

    def _inside(self, word: str) -> bool:
        """Korean writes compounds together or apart, and a verb in many forms."""
        stem = bare(word)
        if len(stem) >= 2 and any(stem in own for own in self._words):
            return True
        if len(stem) >= 3 and stem in self._compact:
            return True
        verb = verb_stem(word)
        return verb is not None and any(own.startswith(verb) for own in self._apart)


def _alike(left: str, right: str) -> bool:
    return abs(len(left) - len(right)) <= 2 and not any(c.isdigit() for c in left + right)


@lru_cache(maxsize=16_384)
def forms(word: str) -> frozenset[str]:
    """What counts as the same word: without particles, and without the usual endings of English."""
    folded = jamo(word)
    if is_hangul(word):
        return frozenset((folded, jamo(bare(word)), jamo(bare_syllable(word))))
    stem = folded
    for ending in ("ing", "ies", "ied", "es", "ed", "s", "e", "ly"):
        if folded.endswith(ending) and len(folded) - len(ending) >= 3:
            stem = folded.removesuffix(ending)
            break
    if len(stem) >= 4 and stem[-1] == stem[-2] and stem[-1] not in "sl":
        stem = stem[:-1]
    return frozenset((folded, stem))
