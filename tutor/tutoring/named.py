"""Numbers in square brackets that are a word of their sentence: moved or taken away as citations are, they would break it."""

from __future__ import annotations

import re
from typing import Final

_NUMBER: Final = r"\[\d{1,3}\](?!\()"
_SEVERAL: Final = rf"{_NUMBER}(?:(?:, | and | or |, and ){_NUMBER})*"
_BEFORE: Final = re.compile(
    rf"\b(?P<passage>(?:[Tt]he )?[Pp]assages? (?:in )?)(?P<some>{_SEVERAL})"
    rf"|(?P<word>\b(?:[Ii]n|[Ff]rom|[Ss]ee) )(?P<others>{_SEVERAL})"
)
_FIRST: Final = re.compile(rf"(?P<start>\A|\n|[.!?] )(?P<some>{_SEVERAL})(?= [a-z])")
_VERB: Final = r"(?:states?|says?|explains?|describes?|shows?|mentions?|notes?|adds?)"
_SAYS: Final = re.compile(rf"(?P<some>{_SEVERAL})(?= {_VERB}\b)")
_REPORTED: Final = re.compile(
    r"\b[Aa]ccording to passages? \d+(?:,? (?:and )?\d+)*, |\d+번 내용에 따르면,? "
    rf"|\b[Pp]assages? \d+(?:,? (?:and )?\d+)*(?: also)? {_VERB}(?: that)? "
)
_ANSWER: Final = re.compile(
    r"\A\s*(?:yes|no|right|exactly|not quite|네|예|아니요|아니오|아뇨|맞아요|맞습니다)\s*[,.:;—–-]\s*(?=\S)",
    re.I,
)
_KOREAN: Final = re.compile(rf"(?P<some>{_NUMBER})(?P<particle>[가-힣]+)")
# What follows a vowel or a consonant: "내용" ends in a consonant, the number may not.
_AFTER_CONSONANT: Final = {"는": "은", "가": "이", "를": "을", "와": "과", "로": "으로"}


def named(text: str) -> str:
    """`[2] says`, `in [2]`, `[2]에 따르면` as words: `Passage 2 says`, `in passage 2`, `2번 내용에 따르면`."""
    text = _BEFORE.sub(_after_a_word, text)
    text = _FIRST.sub(lambda found: found["start"] + _words(found["some"], "P"), text)
    text = _SAYS.sub(lambda found: _words(found["some"], "p"), text)
    return _KOREAN.sub(_in_korean, text)


def unreported(sentence: str) -> str:
    """What is stated, without that a passage says it, or the yes or no before it, which no passage says.

    `Passage 2 states that it stays.` and `No, it stays.` -> `It stays.`
    """
    bare = _REPORTED.sub("", _ANSWER.sub("", sentence)).lstrip()
    return bare[:1].upper() + bare[1:] if bare != sentence else sentence


def _after_a_word(found: re.Match[str]) -> str:
    if found["passage"]:
        return _words(found["some"], "P" if found["passage"][0].isupper() else "p")
    return found["word"] + _words(found["others"], "p")


def _words(some: str, initial: str) -> str:
    plural = "s" if some.count("[") > 1 else ""
    return f"{initial}assage{plural} {some.replace('[', '').replace(']', '')}"


def _in_korean(found: re.Match[str]) -> str:
    particle = found["particle"]
    return f"{found['some'][1:-1]}번 내용{_AFTER_CONSONANT.get(particle, particle)}"
