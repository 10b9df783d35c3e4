"""Ask a model about cases, on the path that the grader takes; each answer is kept, so that nothing is asked twice."""

from __future__ import annotations

import hashlib
import math
import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import numpy as np
from msgspec.structs import replace

from tests.benchmarks.grading import public, written
from tests.benchmarks.grading.cases import Case
from tests.benchmarks.grading.lexical import features
from tests.benchmarks.grading.record import About, Measured, blank
from tutor.content.schema import Language
from tutor.grading.guards import screened
from tutor.grading.rubric import DONT_KNOW, Claim, Judge
from tutor.llm.protocol import Client, Lane, Message, Prompt

SEED = 7
MISLEADING = ("negated", "swapped", "hedged")
LEFT_OUT = {
    "Does the answer say this?": "Does the answer leave this out?",
    "Is the answer correct?": "Is the answer wrong?",
}
DENIED: dict[Language, str] = {
    "en": "It is not true that: {claim}",
    "ko": "다음은 사실이 아니다: {claim}",
}
NAIVE = "Question: {question}\nStudent's answer: {answer}\nReference: {claim}\nIs the student's answer correct? Reply Yes or No."


def cases(data: Path | None, practice: Path, rows: int | None) -> list[Case]:
    """Everything that is not trained on; of each set and split `rows`, drawn with a fixed seed.

    The course's own answers, what they believe, and the attacks are always all there.
    """
    sources = [written.gold(), written.believed(), written.attacked(), written.practice(practice)]
    if data is not None:
        sources += [
            public.semeval(data, "sciEntsBank"), public.semeval(data, "beetle"),
            public.klue_nli(data), public.klue_sts(data), public.saf(data),
        ]  # fmt: skip
    parts: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for source in sources:
        for case in source:
            whole = case.set in ("gold", "beliefs", "attack")
            if case.split != "tune":
                parts[case.set, "" if whole else case.split].append(case)
    return [
        case
        for (_, split), part in parts.items()
        for case in (drawn(part, rows) if split else part)
    ]


def drawn(part: Sequence[Case], rows: int | None) -> list[Case]:
    """`rows` of them, whole answers at a time, the same for ever; all with None."""
    if rows is None or len(part) <= rows:
        return list(part)
    answers: dict[str, list[Case]] = defaultdict(list)
    for case in part:
        answers[f"{case.group}\0{case.language}\0{case.answer}"].append(case)
    order = sorted(answers)
    random.Random(SEED).shuffle(order)
    found: list[Case] = []
    for key in order:
        if len(found) >= rows:
            break
        found += answers[key]
    return found


def for_the_floor(chosen: Sequence[Case], rows: int) -> list[Case]:
    """Of each set and split what the naive prompt is asked about: it is fitted on some and tested on others."""
    parts: dict[tuple[str, str, str], list[Case]] = defaultdict(list)
    for case in chosen:
        if case.set in ("sciEntsBank", "beetle", "klue", "gold"):
            parts[case.set, case.split, case.language].append(case)
    return [case for part in parts.values() for case in drawn(part, rows)]


def with_beliefs(rows: Sequence[Measured]) -> list[Measured]:
    """The gold rows with the signal `believed`: the highest margin of the item's misconceptions in the same answer."""
    highest: dict[str, float] = {}
    for row in rows:
        if row.set == "beliefs" and "margin" in row.signals:
            answer = row.answer.replace("beliefs/", "gold/", 1)
            highest[answer] = max(highest.get(answer, -math.inf), row.signals["margin"])
    return [
        replace(row, signals={**row.signals, "believed": highest[row.answer]})
        if row.set == "gold" and row.answer in highest
        else row
        for row in rows
    ]


def opposite(asked: Prompt) -> Prompt:
    """The same prompt, but for the question at its end. Raises KeyError where that is none of LEFT_OUT."""
    if isinstance(asked, str):
        before, _, question = asked.rpartition("\n")
        return f"{before}\n{LEFT_OUT[question]}"
    *earlier, last = asked
    before, _, question = last.content.rpartition("\n")
    return [*earlier, Message(last.role, f"{before}\n{LEFT_OUT[question]}")]


class Memory:
    """Numbers on disk by what they were asked for; a run that is cut off goes on where it was."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, float] = {}
        if path.exists():
            for line in path.read_bytes().splitlines():
                key, value = msgspec.json.decode(line, type=tuple[str, float])
                self._known[key] = value

    def get(self, key: str) -> float | None:
        return self._known.get(key)

    def put(self, key: str, value: float) -> None:
        self._known[key] = value
        with self._path.open("ab") as file:
            file.write(msgspec.json.encode((key, value)) + b"\n")


class Collector:
    """`about`: model, adapter and prompt. Numbers of one never answer for another."""

    def __init__(self, judge: Judge, client: Client, about: About, memory: Memory) -> None:
        self._judge, self._client, self._memory = judge, client, memory
        self._stamp = msgspec.json.encode(about).decode()
        self.computed = 0

    async def measured(self, wanted: Iterable[Case], *, baseline: bool) -> list[Measured]:
        """Each case with its margin, that of an empty-handed answer if asked for, and the features of the text."""
        order = sorted(wanted, key=lambda case: (case.group, case.language, case.answer))
        found = []
        for at, case in enumerate(order):
            stop, shown = screened(case.answer, [case.question])
            signals = features(case)
            if not stop:  # what is decided without the model, the program does not ask it either
                signals["margin"] = await self._margin(case, shown.text)
            if not stop and baseline:
                signals["baseline"] = await self._margin(case, DONT_KNOW[case.language])
            found.append(
                replace(blank(case), signals=signals, stopped=stop or "", doubtful=shown.doubtful)
            )
            if at % 20 == 0:
                told = f"\r{at}/{len(order)} cases, {self.computed} computed"
                print(told, end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        return found

    async def naive(self, wanted: Iterable[Case]) -> dict[str, float]:
        """One question a case, with no example, no adapter and no calibration: the floor that prompting starts from."""
        found = {}
        for case in sorted(wanted, key=lambda case: (case.group, case.language, case.answer)):
            text = NAIVE.format(question=case.question, answer=case.answer, claim=case.claim)
            found[case.id] = await self._remembered([Message("user", text)], ("Yes", "No"), "chat")
        return found

    async def opposed(self, wanted: Iterable[Case]) -> dict[str, dict[str, float]]:
        """Of each case the margins of the opposite question (`left_out`) and of the opposite claim (`denied`), and how alike
        the states are that answer and claim leave the model in (`similar`, -1..1)."""
        found = {}
        for case in sorted(wanted, key=lambda case: (case.group, case.language, case.answer)):
            stop, shown = screened(case.answer, [case.question])
            if not stop:
                form, choices = self._judge.form, self._judge.form.choices
                asked = form.prompt(case.question, shown.text, case.claim, whole=case.whole)
                denied = form.prompt(
                    case.question, shown.text, DENIED[case.language].format(claim=case.claim)
                )
                found[case.id] = {
                    "left_out": await self._remembered(opposite(asked), choices, "judge"),
                    "denied": await self._remembered(denied, choices, "judge"),
                    "similar": await self._similarity(shown.text, case.claim),
                }
        return found

    async def _similarity(self, answer: str, claim: str) -> float:
        key = self._key(f"similar\0{answer}\0{claim}")
        known = self._memory.get(key)
        if known is None:
            one = np.array(await self._client.hidden(answer))
            other = np.array(await self._client.hidden(claim))
            cosine = one @ other / (np.linalg.norm(one) * np.linalg.norm(other))
            known = round(float(cosine), 4)
            self._memory.put(key, known)
            self.computed += 1
        return known

    async def _margin(self, case: Case, answer: str) -> float:
        key = "\0".join((case.question, answer, case.claim, str(case.whole)))
        known = self._memory.get(self._key(key))
        if known is None:
            claim = Claim("claim", case.claim, whole=case.whole)
            known = round(await self._judge.margin(case.question, answer, claim), 3)
            self._memory.put(self._key(key), known)
            self.computed += 1
        return known

    async def _remembered(self, prompt: Prompt, choices: Sequence[str], lane: Lane) -> float:
        key = f"{lane}\0{msgspec.json.encode(prompt).decode()}"
        known = self._memory.get(self._key(key))
        if known is None:
            yes, no = await self._client.choose(prompt, choices, lane=lane)
            known = round(yes.logprob - no.logprob, 3)
            self._memory.put(self._key(key), known)
            self.computed += 1
        return known

    def _key(self, text: str) -> str:
        return hashlib.sha256(f"{self._stamp}\0{text}".encode()).hexdigest()[:32]
