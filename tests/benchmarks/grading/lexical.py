"""What the text alone says: features for the floor without a language model, and for the ablations with one."""

from __future__ import annotations

import math

from rapidfuzz import fuzz

from tests.benchmarks.grading.cases import Case
from tutor.grading.normalise import jamo, normalise
from tutor.grading.signals import cosine, covered, grams

FEATURES = ("recall", "precision", "cosine", "words", "jamo", "length", "echo", "negation")
NEGATIONS = (
    "not", "no", "never", "none", "without", "nothing", "neither", "cannot", "isn", "doesn", "don", "won", "can t",
    "안", "않", "못", "없", "아니", "말고",
)  # fmt: skip


def features(case: Case) -> dict[str, float]:
    """Each of FEATURES, most of them 0..1."""
    claim, answer, question = grams(case.claim), grams(case.answer), grams(case.question)
    own = {gram: count for gram, count in claim.items() if gram not in question}
    total = sum(own.values())
    said, asked = _words(case.answer), _words(case.question)
    wanted = _words(case.claim) - asked
    found = {
        "recall": sum(min(c, answer[g]) for g, c in own.items()) / total if total else 0.0,
        "precision": covered(case.answer, case.claim),
        "cosine": cosine(claim, answer),
        "words": len(wanted & said) / len(wanted) if wanted else 0.0,
        "jamo": fuzz.partial_ratio(jamo(case.claim), jamo(case.answer)) / 100,
        "length": math.log1p(len(normalise(case.answer).split())) / 4,
        "echo": covered(case.answer, case.question),
        "negation": float(_negations(case.answer) % 2 != _negations(case.claim) % 2),
    }
    return {name: round(value, 4) for name, value in found.items()}


def _words(text: str) -> set[str]:
    return {word for word in normalise(text).split() if len(word) > 2 or not word.isascii()}


def _negations(text: str) -> int:
    plain = normalise(text)
    words = plain.split()
    return sum((word in words) if word.isascii() else plain.count(word) > 0 for word in NEGATIONS)
