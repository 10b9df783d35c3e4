"""An answer in, a verdict out: closed items by comparison, explanations by the rubric. The one path all callers use."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from msgspec import UNSET

from tutor.content.schema import Explain, Item, Language, Point, Section, say
from tutor.grading import own_thresholds, self_test
from tutor.grading.answer import Answer, ExplainAnswer
from tutor.grading.calibration import TOO_SMALL, UNFITTED, Calibration, Curve, choose, load_all
from tutor.grading.exact import grade_closed
from tutor.grading.feedback import explain_feedback
from tutor.grading.guards import screened
from tutor.grading.keywords import compare
from tutor.grading.overrule import weighted_score
from tutor.grading.rubric import Claim, Judge, Report
from tutor.grading.signals import evidence, language_of
from tutor.grading.unjudged import nothing, unasked, ungraded
from tutor.grading.verdict import PointVerdict, Verdict, Versions, outcome
from tutor.grading.wording import word
from tutor.llm.protocol import Client, ModelError, ModelInfo, NoModel
from tutor.paths import bundled, places


def _silent(done: int, total: int) -> None:
    """Nobody is watching the progress."""


class Grader:
    """`client` None: explanations stay ungraded, everything else works.

    `calibrations`: a folder of fitted JSON files; `adapters`: one of the LoRA adapters that they name; `tried`: one of
    the outcomes of models that were tried here (see `try_out`). `own`: asks for the thresholds that follow the learner;
    without it all is graded as it was measured. `sparing`: a model that can't grade is not asked, so that nobody waits for
    what decides nothing.
    """

    def __init__(
        self,
        client: Client | None,
        *,
        calibrations: Path | None = None,
        adapters: Path | None = None,
        tried: Path | None = None,
        own: own_thresholds.Own | None = None,
        sparing: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.client = client
        self._calibrations = calibrations
        self._adapters = adapters
        self._tried = tried
        self._own = own
        self._sparing = sparing
        self._clock = clock
        self._judge: Judge | None = None
        self._info: ModelInfo | None = None
        self._preparing = asyncio.Lock()

    async def prefill(self, item: Item, language: Language, draft: str = "") -> None:
        """Evaluate what is known before the answer is handed in. Raises ModelError."""
        if self.client is None or not isinstance(item, Explain):
            return
        judge = await self._ready(self.client)
        if self._spared(judge):
            return
        question = say(item.prompt, language)
        if draft:
            await judge.read(question, draft)
        else:
            await judge.prepare(
                question, _points(item, language), _beliefs(item, language), language
            )

    async def grade(
        self,
        item: Item,
        answer: Answer,
        language: Language,
        *,
        whole: bool = False,
        sections: Sequence[Section] = (),
        report: Report = _silent,
    ) -> Verdict:
        """Never raises ModelError: a grading that failed is `ungraded` and its feedback says what to do.

        `whole`: the points of the item are reference answers, not statements that make up one; `sections`: the lesson's,
        for the feedback to name the one to read again.
        """
        started = self._clock()
        if not isinstance(item, Explain):
            verdict = grade_closed(item, answer, language)
        elif not isinstance(answer, ExplainAnswer):
            raise TypeError(f"expected ExplainAnswer, got {type(answer).__name__}")
        else:
            verdict = await self._explain(item, answer.text, language, whole, sections, report)
        return msgspec.structs.replace(verdict, elapsed_ms=round((self._clock() - started) * 1000))

    async def _explain(
        self,
        item: Explain,
        answer: str,
        language: Language,
        whole: bool,
        sections: Sequence[Section],
        report: Report,
    ) -> Verdict:
        stop, found = screened(answer, item.prompt.values())
        if stop is not None:
            return nothing(item, language, word(language, stop))
        if self.client is None:
            return ungraded(item, language, word(language, "no_model"))
        try:
            judge = await self._ready(self.client)
            judged = (
                unasked(item)
                if self._spared(judge)
                else await judge.judge(
                    say(item.prompt, language),
                    found.text,
                    _points(item, language, whole=whole),
                    _beliefs(item, language),
                    language,
                    report,
                )
            )
        except ModelError as error:
            return ungraded(item, language, str(error))
        versions, decided = self._versions(judge.calibration), judged.points
        # Reference answers have a curve of their own, which the learner's decisions say nothing about.
        if self._own and not whole and (own := await self._own(versions, judge.calibration.points)):
            versions = own_thresholds.with_own(versions)
            decided = own_thresholds.decided(decided, own)
        claims = [say(point.text, language) for point in item.points]
        points = [
            _shown(each, answer, claim, claims, doubtful=found.doubtful)
            for each, claim in zip(decided, claims, strict=True)
        ]
        if not self_test.can_grade(judge.calibration):
            points = [
                _compared(each, found.text, item, point, language)
                for each, point in zip(points, item.points, strict=True)
            ]
        score = weighted_score(item.points, points)
        return Verdict(
            item=item.id,
            language=language,
            score=round(score, 4),
            verdict=outcome(score, points),
            points=points,
            misconceptions=judged.misconceptions,
            feedback=explain_feedback(
                item, answer, points, judged.misconceptions, language, found.flags, sections
            ).text,
            versions=versions,
        )

    def _spared(self, judge: Judge) -> bool:
        return self._sparing and not self_test.can_grade(judge.calibration)

    async def judge(self) -> Judge:
        """That of the model that is loaded now, with its adapter on. Raises ModelError."""
        if self.client is None:
            raise NoModel("no model is loaded; choose one with `tutor models use NAME`")
        return await self._ready(self.client)

    async def calibration(self) -> Calibration:
        """The one that belongs to the model that is loaded now. Raises NoModel."""
        return (await self.judge()).calibration

    async def measured(self) -> tuple[Versions, Curve]:
        """What the learner's own thresholds start from: the versions, and the points' curve. Raises ModelError."""
        calibration = await self.calibration()
        return self._versions(calibration), calibration.points

    async def untried(self) -> bool:
        """Whether nobody knows how well the model in use grades: neither measured nor tried here. Raises ModelError."""
        if self.client is None or "choose" not in self.client.capabilities:
            return False
        return await self.calibration() in (UNFITTED, TOO_SMALL)

    async def try_out(self, *, report: Report = _silent) -> Calibration:
        """Put the built-in verdicts to the model, giving way to whatever somebody waits for; grade by the outcome from then on.

        Raises ModelError, OSError.
        """
        if self.client is None or self._info is None:
            raise NoModel("no model is loaded; choose one with `tutor models use NAME`")
        info, judge = self._info, Judge(self.client, UNFITTED)
        folder = self._calibrations or bundled("models") / "grading"
        found = await self_test.run(judge, info, self_test.built_in(folder), report)
        path = self_test.kept_at(self._tried_folder, info)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(msgspec.json.encode(found))
        self._judge = Judge(self.client, found)
        return found

    @property
    def _tried_folder(self) -> Path:
        return self._tried or places().tried

    async def check(self) -> None:
        """Ask the model for as little as can be judged. Raises ModelError when it answers nothing any more."""
        if self.client is not None:
            await (await self.judge()).margin("?", "?", Claim("?", "?"))

    async def _ready(self, client: Client) -> Judge:
        """A judge with the calibration of the model that is loaded now, and its adapter on."""
        async with self._preparing:
            info = (await client.status()).model
            if info is None and self._judge is not None:
                return (
                    self._judge
                )  # its worker has died, and comes back with the same model and adapter
            if self._judge is None or info != self._info:
                self._judge = Judge(client, await self._calibrated(client, info))
                self._info = info
            return self._judge

    async def _calibrated(self, client: Client, info: ModelInfo | None) -> Calibration:
        shipped = load_all(self._calibrations or bundled("models") / "grading")
        tried = [each for each in load_all(self._tried_folder) if each.version == self_test.VERSION]
        known = [*shipped, *tried]
        found = choose(known, info, adapters="adapters" in client.capabilities)
        if found.adapter is None:
            return found
        folder = self._adapters or bundled("models") / "adapters"
        worn = await found.adapter.put_on(client, folder, "judge")
        return found if worn else choose(known, info)

    def _versions(self, calibration: Calibration) -> Versions:
        known = calibration.model and calibration.model.sha256
        return Versions(
            model=self._info.name if self._info else None,
            sha256=known or UNSET,
            prompt=calibration.prompt,
            calibration=calibration.version,
        )


def _shown(
    point: PointVerdict, answer: str, claim: str, claims: Sequence[str], *, doubtful: bool
) -> PointVerdict:
    """The verdict with the words that carried it; what a doubtful answer seems to meet is left to the learner."""
    if point.verdict != "met":
        return point
    if doubtful:
        return msgspec.structs.replace(point, verdict="unsure")
    return msgspec.structs.replace(point, evidence=evidence(answer, claim, claims))


def _compared(
    verdict: PointVerdict, answer: str, item: Explain, point: Point, language: Language
) -> PointVerdict:
    """The verdict with the key words of its point, in the language of the answer where the point has it."""
    written, shown = language_of(answer), say(point.text, language)
    text = next((text for name, text in point.text.items() if name == written), shown)
    return msgspec.structs.replace(verdict, words=compare(text, answer, item.prompt.values()))


def _points(item: Explain, language: Language, *, whole: bool = False) -> list[Claim]:
    return [Claim(p.id, say(p.text, language), p.weight, whole) for p in item.points]


def _beliefs(item: Explain, language: Language) -> list[Claim]:
    return [Claim(m.id, say(m.text, language)) for m in item.misconceptions]
