"""Answers that ask for a verdict instead of earning it: found in the text alone. A guard may lower a verdict, never raise it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Literal

from msgspec import Struct

from tutor.grading.normalise import normalise
from tutor.grading.signals import is_echo, is_empty, sentences

Stop = Literal["empty", "echo", "left_out"]
"""Why no point can be there: nothing is said, the question again, or words to the grader and nothing else."""
Flag = Literal["turns", "orders", "list"]
"""Chat-template tokens; words to the grader; terms without a statement."""

_TURNS = re.compile(
    r"<\|[^|>\n]{1,40}\|>|</?s>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>(?:model|user)?"
    r"|^\s*#{2,}\s*(?:assistant|system|user|human)\b:?"
    r"|^\s*(?:statement|reference|question|answer|assistant|system)\s*:",
    re.IGNORECASE | re.MULTILINE,
)
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|statements?|rules?|above|rubric)\b"
    r"|\b(?:reply|respond|answer|output|say|print)\b(?: only| with| just)*[ \"'“‘:]+yes\b"
    r"|\b(?:full|maximum|top) (?:marks?|points|credit|score)\b|\ball (?:the )?points (?:are |were )?met\b"
    r"|\b(?:note|message|to) (?:to )?the (?:grader|judge|teacher)\b"
    r"|\bthis answer is (?:complete|correct|perfect|right)\b"
    r"|\b(?:confirm|agree)s? that\b.{0,40}\b(?:answer|everything|each point|says)\b"
    r"|\"(?:verdict|score)\"\s*:"
    r"|does the answer say this\?|is the answer correct\?"
    r"|(?:지시|규칙|명령|요점|문장).{0,12}(?:무시|잊)|(?<!어마)무시하(?:고|세요|라)"
    r"|yes\s*(?:라고|만|로)\s*(?:답|출력|대답|채점|만)?"
    r"|채점자|만점|(?:모두|전부|다) (?:맞았|정답|충족)|(?:완전하고|완벽하고) 정확"
    r"|요점이 .{0,10}(?:충족|들어 있음)",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"\s*[,;/|·•]\s*|\s+[-–—]\s+|\s*\n\s*")
FEWEST_TERMS = 5
FEWEST_WORDS = 8


class Guarded(Struct, frozen=True):
    """`text`: the part of the answer that is to be judged, "" for nothing; `flags`: what was found."""

    text: str
    flags: frozenset[Flag] = frozenset()

    @property
    def doubtful(self) -> bool:
        """Whether what the model calls met is to be left to the learner."""
        return "list" in self.flags


def screened(answer: str, questions: Iterable[str]) -> tuple[Stop | None, Guarded]:
    """What can be said of an answer before any model sees it. `questions`: the question in each language."""
    if is_empty(answer):
        return "empty", Guarded("")
    if any(is_echo(answer, question) for question in questions):
        return "echo", Guarded("")
    found = guarded(answer)
    return (None if found.text else "left_out"), found


def guarded(answer: str) -> Guarded:
    """What is left of an answer once everything that speaks to the grader is taken out, and what else is odd about it."""
    flags: set[Flag] = set()
    text = _TURNS.sub("\n", answer)
    if text != answer:
        flags.add("turns")
    kept = [text[start:end] for start, end in sentences(text)]
    own = [sentence for sentence in kept if not _ORDERS.search(sentence)]
    if len(own) < len(kept):
        flags.add("orders")
        text = " ".join(own)
    if is_list(text):
        flags.add("list")
    return Guarded(text if normalise(text) else "", frozenset(flags))


def is_list(answer: str) -> bool:
    """Terms without a statement: one or two words between separators, or words in the order of the alphabet."""
    words = normalise(answer).split()
    if len(words) >= FEWEST_WORDS:
        ordered = sum(a <= b for a, b in pairwise(words))
        if ordered >= 0.9 * (len(words) - 1):
            return True
    terms = [term for term in _SEPARATORS.split(answer.strip()) if term]
    return len(terms) >= FEWEST_TERMS and all(len(term.split()) <= 2 for term in terms)
