"""Whether a model's rewording of feedback says nothing new. Strict: a good rewording may fail, a new claim may not pass."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from tutor.content.schema import Language
from tutor.grading.feedback import Feedback
from tutor.grading.fluency_words import ADDED, ENCOURAGING, JOINING, MARKS, About
from tutor.grading.keywords import Among, key_words, tokens
from tutor.grading.korean import bare, is_hangul
from tutor.grading.signals import language_of

SHORTEST, LONGEST = 0.5, 1.5
"""Of the template's length."""

# What has to stay is set aside as one sign each; a text that has these signs itself does not pass.
_SAID, _TITLE, _REPLY, _MISSING = "\ue000", "\ue001", "\ue002", "\ue003"
_SIGNS: Final = frozenset((_SAID, _TITLE, _REPLY, _MISSING))
_CURLY: Final = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "`": "'"})
_MARKUP: Final = re.compile(r"<\S|\S>|[*#_|{}\\~=\[\]]|https?:|(?:^|\n)\s*(?:[-•]|\d+[.)])\s")
_SENTENCE: Final = re.compile(
    r"[.!?]+(?=\s|$)|,?\s(?:but|however|though)\b|(?<=지만)[,\s]|(?<=는데)[,\s]|\b하지만\b|\b그런데\b"
)
_NEGATION: Final = re.compile(
    r"\b(?:not|no|never|none|nothing|neither|nor|without|cannot)\b|n't\b|않|없|못|아니|아닙|틀리|틀렸|(?<![가-힣])안(?=\s)"
)
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")

Kind = frozenset[str]
"""Which of the signs a sentence has: what it is about."""


def adds_nothing(reworded: str, feedback: Feedback, language: Language) -> bool:
    """Whether `reworded` says what `feedback` says: no more, no less, and in its language.

    What the learner said, what is missing, the replies and the passages stand there word for word, each in a sentence of
    its own kind; every other word is one that the template has in such a sentence, or one of a closed list.
    """
    template, text = _folded(feedback.text), _folded(reworded)
    if _is_marked_up(reworded) or (_SIGNS & set(template + text)):
        return False
    if not SHORTEST * len(template) <= len(text) <= LONGEST * len(template):
        return False
    masked, kept = _masked(text, feedback), _masked(template, feedback)
    if not _keeps(masked, kept) or language_of(masked) not in (None, language):
        return False
    before, after = _sentences(kept), _sentences(masked)
    return (
        _NUMBER.findall(kept) == _NUMBER.findall(masked)
        and len(_NEGATION.findall(kept)) == len(_NEGATION.findall(masked))
        and all(
            _known(sentence, kind, before, language)
            for kind, sentences in after.items()
            for sentence in sentences
        )
        and _tells([*before[frozenset()], *before[frozenset((_TITLE,))]], after)
    )


def same_wording(left: str, right: str) -> bool:
    """Whether two texts differ in nothing but capitals, spaces and the form of quotation marks."""
    return _folded(left) == _folded(right)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).translate(_CURLY).casefold().split())


def _is_marked_up(text: str) -> bool:
    plain = text.replace("\n", " ")
    return bool(_MARKUP.search(text)) or not plain.isprintable()


def _masked(text: str, feedback: Feedback) -> str:
    """`text` with what has to stay replaced by signs; quotations only with their marks."""
    quoted = [(each, _SAID) for each in feedback.said] + [
        (each, _TITLE) for each in feedback.titles
    ]
    for each, sign in sorted(quoted, key=lambda pair: len(pair[0]), reverse=True):
        words = _folded(each)
        text = text.replace(f'"{words}"', sign).replace(f"'{words}'", sign)
        text = text.replace(f'"{words}."', sign).replace(f"'{words}.'", sign)
    plain = [(each, _REPLY) for each in feedback.replies]
    plain += [(each, _MISSING) for each in feedback.missing]
    for each, sign in sorted(plain, key=lambda pair: len(pair[0]), reverse=True):
        words = re.escape(_folded(each).rstrip(". "))
        text = re.sub(rf"(?<!\w){words}(?![a-z0-9])", sign, text)
    return text


def _keeps(masked: str, kept: str) -> bool:
    """As often as the template has it; a passage may be named once instead of twice. No other quotation is there."""
    same = all(masked.count(sign) == kept.count(sign) for sign in (_SAID, _REPLY, _MISSING))
    titles = min(1, kept.count(_TITLE)) <= masked.count(_TITLE) <= kept.count(_TITLE)
    return same and titles and '"' not in masked and not re.search(r"(?<!\w)'|'(?!\w)", masked)


def _sentences(masked: str) -> defaultdict[Kind, list[str]]:
    found: defaultdict[Kind, list[str]] = defaultdict(list)
    for sentence in _SENTENCE.split(masked):
        if sentence.strip():
            found[frozenset(_SIGNS & set(sentence))].append(sentence)
    return found


def _known(
    sentence: str, kind: Kind, before: defaultdict[Kind, list[str]], language: Language
) -> bool:
    """Whether every word of a sentence may stand in a sentence of its kind, and what is missing is said to be so."""
    told = len(kind & {_SAID, _REPLY, _MISSING})
    if told > 1 or (_SAID in kind and _TITLE in kind):
        return False
    if _MISSING in kind and not re.search(MARKS[language], sentence):
        return False
    # Outside brackets the passage of a point reads as one more thing that is missing.
    if _MISSING in kind and sentence.count(_TITLE) != sentence.count(f"({_TITLE})"):
        return False
    own = [
        each for of, texts in before.items() if of - {_TITLE} == kind - {_TITLE} for each in texts
    ]
    about: About = "said" if _SAID in kind else "missing" if _MISSING in kind else "step"
    allowed = {*JOINING[language].split(), *ADDED[language][about].split()}
    praised = any(_SAID in of for of in before)
    if not kind and praised:
        allowed |= set(ENCOURAGING[language].split())
    there = Among(" ".join(own))
    return all(
        _is_one_of(each, allowed) or there.has(each, typos=False) for each in tokens(sentence)
    )


def _is_one_of(token: str, allowed: Iterable[str]) -> bool:
    if token in _SIGNS or token in allowed:
        return True
    return is_hangul(token) and len(token) > 1 and bare(token) in allowed


def _tells(before: list[str], after: defaultdict[Kind, list[str]]) -> bool:
    """Sentences that have nothing set aside but a passage, such as the next step, are still there: half of their words are."""
    there = Among(
        " ".join(text for kind, texts in after.items() if not kind - {_TITLE} for text in texts)
    )
    for sentence in before:
        words = key_words(sentence)
        if sum(word in there for word in words) < len(words) / 2:
            return False
    return True
