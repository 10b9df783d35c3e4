"""An answer in, a verdict out: closed items by comparison, explanations by the rubric. The one path all callers use."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from tutor.content.schema import Explain, Item, Language, say
from tutor.grading import prompts
from tutor.grading.answer import Answer, ExplainAnswer
from tutor.grading.calibration import Calibration, choose, load_all
from tutor.grading.exact import grade_closed
from tutor.grading.feedback import explain_feedback
from tutor.grading.overrule import weighted_score
from tutor.grading.rubric import Claim, Judge, Report
from tutor.grading.signals import is_echo, is_empty
from tutor.grading.verdict import PointVerdict, Verdict, Versions, outcome
from tutor.grading.wording import word
from tutor.llm.protocol import Client, ModelError, ModelInfo, NoModel
from tutor.paths import bundled


def _silent(done: int, total: int) -> None:
    """Nobody is watching the progress."""


class Grader:
    """`client` None: explanations stay ungraded, everything else works. `calibrations`: a folder of fitted JSON files."""

    def __init__(
        self,
        client: Client | None,
        *,
        calibrations: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.client = client
        self._folder = calibrations
        self._clock = clock
        self._judge: Judge | None = None
        self._info: ModelInfo | None = None

    async def prefill(self, item: Item, language: Language, draft: str = "") -> None:
        """Evaluate what is known before the answer is handed in. Raises ModelError."""
        if self.client is None or not isinstance(item, Explain):
            return
        judge = await self._ready(self.client)
        if not draft:
            await judge.prepare(say(item.prompt, language), _claims(item, language), language)
        elif "prefill" in self.client.capabilities:
            opening = prompts.opening(say(item.prompt, language), draft)
            await self.client.prefill(opening, lane="judge", open_turn=True)

    async def grade(
        self, item: Item, answer: Answer, language: Language, *, report: Report = _silent
    ) -> Verdict:
        """Never raises ModelError: a grading that failed is `ungraded` and its feedback says what to do."""
        started = self._clock()
        if not isinstance(item, Explain):
            verdict = grade_closed(item, answer, language)
        elif not isinstance(answer, ExplainAnswer):
            raise TypeError(f"expected ExplainAnswer, got {type(answer).__name__}")
        else:
            verdict = await self._explain(item, answer.text, language, report)
        return msgspec.structs.replace(verdict, elapsed_ms=round((self._clock() - started) * 1000))

    async def _explain(
        self, item: Explain, answer: str, language: Language, report: Report
    ) -> Verdict:
        if is_empty(answer):
            return _nothing(item, language, word(language, "empty"))
        if any(is_echo(answer, text) for text in item.prompt.values()):
            return _nothing(item, language, word(language, "echo"))
        if self.client is None:
            return _ungraded(item, language, word(language, "no_model"))
        try:
            judge = await self._ready(self.client)
            judged = await judge.judge(
                say(item.prompt, language),
                answer,
                [Claim(p.id, say(p.text, language), p.weight) for p in item.points],
                [Claim(m.id, say(m.text, language)) for m in item.misconceptions],
                language,
                report,
            )
        except ModelError as error:
            return _ungraded(item, language, str(error))
        score = weighted_score(item.points, judged.points)
        return Verdict(
            item=item.id,
            language=language,
            score=round(score, 4),
            verdict=outcome(score, judged.points),
            points=judged.points,
            misconceptions=judged.misconceptions,
            feedback=explain_feedback(item, answer, judged.points, judged.misconceptions, language),
            versions=self._versions(judge.calibration),
        )

    async def calibration(self) -> Calibration:
        """The one that belongs to the model that is loaded now. Raises NoModel."""
        if self.client is None:
            raise NoModel("no model is loaded; choose one with `tutor models use NAME`")
        return (await self._ready(self.client)).calibration

    async def _ready(self, client: Client) -> Judge:
        """A judge with the calibration of the model that is loaded now."""
        info = (await client.status()).model
        if self._judge is None or info != self._info:
            folder = self._folder or bundled("models") / "grading"
            self._judge = Judge(client, choose(load_all(folder), info, prompts.VERSION))
            self._info = info
        return self._judge

    def _versions(self, calibration: Calibration) -> Versions:
        return Versions(
            model=self._info.name if self._info else None,
            prompt=prompts.VERSION,
            calibration=calibration.version,
        )


def _claims(item: Explain, language: Language) -> list[Claim]:
    return [
        *(Claim(p.id, say(p.text, language), p.weight) for p in item.points),
        *(Claim(m.id, say(m.text, language)) for m in item.misconceptions),
    ]


def _nothing(item: Explain, language: Language, feedback: str) -> Verdict:
    points = [
        PointVerdict(id=p.id, probability=0.0, verdict="unmet", by="exact") for p in item.points
    ]
    return Verdict(
        item=item.id, language=language, score=0.0, verdict="none", points=points, feedback=feedback
    )


def _ungraded(item: Explain, language: Language, reason: str) -> Verdict:
    return Verdict(
        item=item.id,
        language=language,
        score=None,
        verdict="ungraded",
        feedback=word(language, "ungraded", reason=reason),
    )
