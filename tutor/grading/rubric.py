"""The model's part in grading: one question per claim, answered Yes or No by log-probability."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from tutor.content.schema import Language
from tutor.grading.calibration import Calibration, Curve
from tutor.grading.forms import FORMS
from tutor.grading.verdict import PointVerdict
from tutor.llm.protocol import Client, Urgency

BASELINES = 4096  # claims whose baseline is remembered

Report = Callable[[int, int], None]

DONT_KNOW: dict[Language, str] = {"en": "I don't know.", "ko": "잘 모르겠어요."}


class Claim(Struct, frozen=True):
    """Something an answer may state: a rubric point, or a misconception's belief; with `whole`, a reference answer."""

    id: str
    text: str
    weight: float = 1.0
    whole: bool = False


class Judged(Struct, frozen=True):
    points: list[PointVerdict]
    misconceptions: list[str]


class Judge:
    """Asks one client; remembers what "I don't know" scores for each claim, which no answer changes."""

    def __init__(self, client: Client, calibration: Calibration) -> None:
        self.client = client
        self.calibration = calibration
        self.form = FORMS[calibration.prompt]
        self._baselines: dict[tuple[str, str], float] = {}

    async def prepare(
        self,
        question: str,
        points: Sequence[Claim],
        misconceptions: Sequence[Claim],
        language: Language,
    ) -> None:
        """Everything that can be known before there is an answer. Raises ModelError."""
        await self._baselines_of(question, points, misconceptions, language, "background")
        await self.read(question, "")

    async def read(self, question: str, draft: str) -> None:
        """Evaluate the question and the beginning of an answer ahead of time. Raises ModelError."""
        if "prefill" in self.client.capabilities:
            await self.client.prefill(
                self.form.opening(question, draft), lane="judge", open_turn=True
            )

    async def judge(
        self,
        question: str,
        answer: str,
        points: Sequence[Claim],
        misconceptions: Sequence[Claim],
        language: Language,
        report: Report = lambda done, total: None,
    ) -> Judged:
        """A verdict for each point in turn, then the misconceptions that the answer states. Raises ModelError."""
        total = len(points) + len(misconceptions)
        # All baselines first: going back and forth between two answers would evaluate both again and again.
        await self._baselines_of(question, points, misconceptions, language)
        verdicts, believed = [], []
        for done, point in enumerate(points):
            report(done, total)
            verdicts.append(await self._point(question, answer, point))
        for done, belief in enumerate(misconceptions):
            report(len(points) + done, total)
            if await self._believes(question, answer, belief):
                believed.append(belief.id)
        report(total, total)
        return Judged(verdicts, believed)

    async def margin(
        self, question: str, answer: str, claim: Claim, urgency: Urgency = "interactive"
    ) -> float:
        """log P(Yes) - log P(No), nats. Raises ModelError."""
        yes, no = await self.client.choose(
            self.form.prompt(question, answer, claim.text, whole=claim.whole),
            self.form.choices,
            lane="judge",
            urgency=urgency,
        )
        return yes.logprob - no.logprob

    def _curve(self, point: Claim) -> Curve:
        whole = self.calibration.whole
        return whole if point.whole and whole is not None else self.calibration.points

    async def _point(self, question: str, answer: str, point: Claim) -> PointVerdict:
        curve = self._curve(point)
        margin = await self.margin(question, answer, point)
        probability = curve.probability(margin, self._baseline(question, point))
        return PointVerdict(
            id=point.id,
            probability=round(probability, 4),
            verdict=curve.state(probability),
            by="model",
        )

    async def _believes(self, question: str, answer: str, belief: Claim) -> bool:
        curve = self.calibration.misconceptions
        margin = await self.margin(question, answer, belief)
        return curve.state(curve.probability(margin, self._baseline(question, belief))) == "met"

    def _baseline(self, question: str, claim: Claim) -> float:
        return self._baselines.get((question, claim.text), 0.0)

    async def _baselines_of(
        self,
        question: str,
        points: Sequence[Claim],
        misconceptions: Sequence[Claim],
        language: Language,
        urgency: Urgency = "interactive",
    ) -> None:
        """Remember what "I don't know" scores for each claim, where the curve asks for it."""
        asked = [claim for claim in points if self._curve(claim).baseline]
        asked += misconceptions if self.calibration.misconceptions.baseline else []
        for claim in asked:
            key = (question, claim.text)
            if key not in self._baselines:
                margin = await self.margin(question, DONT_KNOW[language], claim, urgency)
                if len(self._baselines) >= BASELINES:
                    del self._baselines[next(iter(self._baselines))]
                self._baselines[key] = margin
