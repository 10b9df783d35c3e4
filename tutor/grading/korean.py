"""Korean words without what is hung on to them: particles off nouns, endings off verbs. By rule, so that it may be wrong."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_PARTICLES: Final = tuple(
    sorted(
        (
            "에게서", "에서는", "에서도", "으로는", "으로도", "으로서", "으로써", "에게는", "이라는", "라는",
            "이라고", "라고", "에게", "에서", "에는", "에도", "에만", "으로", "로서", "로써", "로는", "부터",
            "까지", "처럼", "보다", "마다", "만큼", "이나", "이란", "과는", "와는", "과의", "와의", "조차", "밖에",
            "들은", "들을", "들이", "들의", "만을", "만이", "만으로", "을", "를", "은", "는", "이", "가", "과", "와",
            "도", "로", "의", "에", "만", "들", "나", "란", "뿐",
        ),
        key=len,
        reverse=True,
    )
)  # fmt: skip
_AFTER_CONSONANT: Final = frozenset(
    ("을", "은", "이", "과", "으로", "이나", "이란", "이라고", "이라는")
)
_AFTER_VOWEL: Final = frozenset(("를", "는", "가", "와", "나", "란", "라고", "라는"))
_SURE: Final = frozenset(("을", "를"))
"""What is taken off a word of two syllables: most that end in another of these end so by nature (결과, 추가, 아는)."""
_DONE: Final = re.compile(
    r"(?:하|한|할|함|합|해|했|하였|되|된|될|됨|됩|돼|됐|되었|시키|시킨|시킬|시킵|시켜|시켰)"
    r"(?:니다|다|는다|는|고|며|면|면서|여|서|지|기|게|도록|던|려고|어요|요|어|어서|었다|습니다|ㄴ다|므로|니까|지만|는데)?$"
    r"|(?:입니다|이다|이며|이고|이에요|예요|인)$"
)
_ENDING: Final = re.compile(
    unicodedata.normalize(
        "NFD",
        "(?:습니다|는다|었다|았다|였다|어요|아요|여요|에요|지요|으며|으면|으니|면서|지만|는데|도록|려고|어서|아서|다|지|고|며|면|기|게|는|던)$",
    )
    + "|\u11b8\u1102\u1175\u1103\u1161$|\u11ab\u1103\u1161$|[\u11ab\u11af]$"
)
# The last branches: -ㅂ니다, -ㄴ다, and -ㄴ or -ㄹ before a noun.
_VERB: Final = re.compile(r"(?:다|요|지|고|며|면|면서|지만|도록)$")


def is_hangul(text: str) -> bool:
    """Whether it has a whole syllable of Hangul."""
    return any("가" <= sign <= "힣" for sign in text)


def bare(word: str) -> str:
    """`word` (Hangul, composed) without particles; a noun made a verb by 하다 or 되다 is the noun again."""
    for _ in range(2):
        word = _without_particle(word)
    done = _DONE.search(word)
    return word[: done.start()] if done and done.start() >= 2 else word


def bare_syllable(word: str) -> str:
    """The first syllable where all that follows may be a particle (글로, 빛이, but 결과 too); else `word`."""
    return word[0] if word[1:] in _PARTICLES and _fits(word[0], word[1:]) else word


def is_particle(word: str) -> bool:
    """Whether this stands only behind another word, such as a Latin one: LoRA를."""
    return word in _PARTICLES or bool(_DONE.fullmatch(word))


def verb_stem(word: str) -> str | None:
    """The beginning, in jamo, that a verb's forms share (바뀌지, 바뀐다, 바뀌어요); None where it is no verb or too short."""
    if not _VERB.search(word):
        return None
    apart = unicodedata.normalize("NFD", word)
    stem = _ENDING.sub("", apart)
    if stem == apart or len(unicodedata.normalize("NFC", stem)) < 2:
        return None
    # 붙이다 is 붙여요 as often: the vowel at the end goes where another follows.
    return stem[:-1] if "\u1161" <= stem[-1] <= "\u1175" else stem


def _without_particle(word: str) -> str:
    for particle in _PARTICLES:
        rest = word.removesuffix(particle)
        if rest == word or not rest or not _fits(rest, particle):
            continue
        if len(rest) >= 2 or particle in _SURE:
            return rest
    return word


def _fits(rest: str, particle: str) -> bool:
    """Which of two forms a particle has depends on whether a consonant ends the word."""
    closed = "가" <= rest[-1] <= "힣" and (ord(rest[-1]) - ord("가")) % 28 != 0
    if particle in _AFTER_CONSONANT:
        return closed
    return not closed if particle in _AFTER_VOWEL else True
