"""P(a passage says a sentence), from the judge that grades answers: the passage is its answer, the sentence its statement."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from tutor.content.schema import Language
from tutor.grading.calibration import Curve
from tutor.grading.grader import Grader
from tutor.grading.normalise import normalise
from tutor.grading.rubric import DONT_KNOW, Claim, Judge
from tutor.grading.self_test import can_grade
from tutor.grading.signals import sentences
from tutor.llm.protocol import ModelError
from tutor.tutoring.named import unreported
from tutor.tutoring.numerals import lacks
from tutor.tutoring.passages import UNNUMBERED, Passage
from tutor.tutoring.statements import Span, cited, statements, tidy, without_citations
from tutor.tutoring.support import (
    Answered,
    Finding,
    answered,
    by_words,
    is_like,
    is_reversed,
    numbers,
    share,
)

MOST: Final = 8
"""Sentences of a reply that are put to the judge; what comes after them is compared by its words."""
FEWEST_WORDS: Final = 3
"""Of a sentence that is looked for word for word."""
CANDIDATES: Final = 2
"""Passages that a sentence is held against."""

_RULE: Final = re.compile(r"^[ \t]*\|?[ \t:|-]*-[ \t:|-]*$\n?", re.MULTILINE)


class Case(Struct, frozen=True):
    """A sentence without its citations, what of the passages it cites, and those it is held against, the likeliest first."""

    span: Span
    sentence: str
    own: tuple[int, ...]
    candidates: tuple[Passage, ...]


class Support:
    """Asks one judge. A sentence is supported where the curve says met."""

    def __init__(self, judge: Judge, curve: Curve) -> None:
        self.judge, self.curve = judge, curve

    async def margin(self, sentence: str, passage: Passage) -> float:
        """log P(Yes) - log P(No) that the passage says the sentence, nats. Raises ModelError."""
        claim = Claim("sentence", plain(sentence))
        return await self.judge.margin("", plain(passage.text), claim)

    async def probability(self, sentence: str, passage: Passage, language: Language) -> float:
        """0..1 that the passage says the sentence. Raises ModelError."""
        margin, baseline = await self.margin(sentence, passage), 0.0
        if self.curve.baseline:
            claim = Claim("sentence", plain(sentence))
            baseline = await self.judge.margin("", DONT_KNOW[language], claim)
        return self.curve.probability(margin, baseline)

    async def examine(self, text: str, among: Sequence[Passage], language: Language) -> Answered:
        """A finished reply with its citations set right and what goes beyond the passages marked. Raises ModelError.

        Each of the first MOST statements is held against what it cites and what is most like it. One that a passage
        supports cites that passage; one that none does cites nothing.
        """
        text = tidy(text, numbers(among))
        spans = statements(text)
        cases = [case_of(text, span, among) for span in spans[:MOST]]
        found = await self._found(cases, among, language)
        found += [by_words(text, span, among, language) for span in spans[MOST:]]
        return answered(text, found, among, language)

    async def _found(
        self, cases: Sequence[Case], among: Sequence[Passage], language: Language
    ) -> list[Finding]:
        """All that is cited is asked about; another passage only for a sentence that has no support yet."""
        met: list[dict[int, float]] = [{} for _ in cases]
        for turn in range(CANDIDATES):
            asked = [at for at, case in enumerate(cases) if _is_asked(case, turn, met[at])]
            # In the order of the passages: each begins a prompt, which is evaluated once that way.
            for at in sorted(asked, key=lambda at: among.index(cases[at].candidates[turn])):
                passage = cases[at].candidates[turn]
                known = decided(cases[at].sentence, passage)
                if known is not None:
                    met[at].update({passage.n: 1.0} if known else {})
                    continue
                probability = await self.probability(cases[at].sentence, passage, language)
                if self.curve.state(probability) == "met":
                    met[at][passage.n] = probability
        return [_finding(*each, language) for each in zip(cases, met, strict=True)]


async def support_by(grader: Grader) -> Support | None:
    """The judge in use as a judge of support; None where it was not tuned for such a question, or can't be asked now."""
    try:
        judge = await grader.judge()
    except ModelError:
        return None
    calibration = judge.calibration
    tuned = calibration.adapter is not None and can_grade(calibration)
    curve = calibration.support or (calibration.points if tuned else None)
    if curve is None or curve.met > 1 or "choose" not in judge.client.capabilities:
        return None
    return Support(judge, curve)


def case_of(text: str, span: Span, among: Sequence[Passage]) -> Case:
    """What is to be asked about one sentence of a reply that `tidy` has seen."""
    sentence = unreported(without_citations(text[slice(*span)]))
    own = cited(text[slice(*span)])
    ranked = sorted(
        among, key=lambda passage: (passage.n in own, share(sentence, passage)), reverse=True
    )
    return Case(span, sentence, tuple(own), tuple(ranked[:CANDIDATES]))


def decided(sentence: str, passage: Passage) -> bool | None:
    """What needs no judge: that the passage says it word for word, or has not the numbers in it; else None."""
    if lacks(f"{passage.heading} {passage.text}", sentence):
        return False
    return True if stands_in(sentence, passage) else None


def stands_in(sentence: str, passage: Passage) -> bool:
    """Whether a sentence of the passage begins with it word for word, and denies nothing: then nobody has to be asked."""
    wanted, text = normalise(plain(sentence)), plain(passage.text)
    return (
        len(wanted.split()) >= FEWEST_WORDS
        and any(
            f"{normalise(text[start:end])} ".startswith(f"{wanted} ")
            for start, end in sentences(text)
        )
        and not is_reversed(sentence, passage)
    )


def plain(text: str) -> str:
    """Course or model Markdown as sentences: without marks of bold and code, a table's cells between commas."""
    bare = _RULE.sub("", text).replace("**", "").replace("`", "")
    return "\n".join(
        _row(line) if line.lstrip().startswith("|") else line for line in bare.splitlines()
    )


def _row(line: str) -> str:
    return ", ".join(filter(None, (cell.strip() for cell in line.split("|"))))


def _is_asked(case: Case, turn: int, met: dict[int, float]) -> bool:
    return turn < len(case.candidates) and (not met or case.candidates[turn].n in case.own)


def _finding(case: Case, met: dict[int, float], language: Language) -> Finding:
    own = tuple(n for n in case.own if n in met)
    best = max(met, key=lambda n: met[n], default=UNNUMBERED)
    numbers = own or ((best,) if best != UNNUMBERED else ())
    # What contradicts the lesson is no less about it: only words tell that something else is spoken of.
    far = not met and not any(is_like(case.sentence, each, language) for each in case.candidates)
    return Finding(case.span, supported=bool(met), numbers=numbers, far=far)
