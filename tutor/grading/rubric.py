"""The model's part in grading: one question per rubric point, answered Yes or No by log-probability."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from tutor.content.schema import Language
from tutor.grading import prompts
from tutor.grading.calibration import Calibration
from tutor.grading.signals import evidence
from tutor.grading.verdict import PointVerdict
from tutor.llm.protocol import Client, Urgency

BASELINES = 4096  # claims whose baseline is remembered

Report = Callable[[int, int], None]

DONT_KNOW: dict[Language, str] = {"en": "I don't know.", "ko": "잘 모르겠어요."}


class Claim(Struct, frozen=True):
    """Something an answer may state: a rubric point, or a misconception's belief."""

    id: str
    text: str
    weight: float = 1.0


class Judged(Struct, frozen=True):
    points: list[PointVerdict]
    misconceptions: list[str]


class Judge:
    """Asks one client; remembers what "I don't know" scores for each claim, which no answer changes."""

    def __init__(self, client: Client, calibration: Calibration) -> None:
        self.client = client
        self.calibration = calibration
        self._baselines: dict[tuple[str, str], float] = {}

    async def prepare(self, question: str, claims: Sequence[Claim], language: Language) -> None:
        """Everything that can be known before there is an answer. Raises ModelError."""
        for claim in claims:
            await self._baseline(question, claim.text, language, "background")
        if "prefill" in self.client.capabilities:
            await self.client.prefill(prompts.opening(question), lane="judge", open_turn=True)

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
        for claim in (*points, *misconceptions):
            await self._baseline(question, claim.text, language)
        verdicts, believed = [], []
        for done, point in enumerate(points):
            report(done, total)
            verdicts.append(await self._point(question, answer, point, language))
        for done, belief in enumerate(misconceptions):
            report(len(points) + done, total)
            if await self._believes(question, answer, belief, language):
                believed.append(belief.id)
        report(total, total)
        return Judged(verdicts, believed)

    async def _point(
        self, question: str, answer: str, point: Claim, language: Language
    ) -> PointVerdict:
        curve = self.calibration.points
        margin = await self._margin(question, answer, point.text)
        probability = curve.probability(
            margin, await self._baseline(question, point.text, language)
        )
        state = curve.state(probability)
        return PointVerdict(
            id=point.id,
            probability=round(probability, 4),
            verdict=state,
            evidence=evidence(answer, point.text) if state == "met" else None,
            by="model",
        )

    async def _believes(
        self, question: str, answer: str, belief: Claim, language: Language
    ) -> bool:
        curve = self.calibration.misconceptions
        margin = await self._margin(question, answer, belief.text)
        baseline = await self._baseline(question, belief.text, language)
        return curve.state(curve.probability(margin, baseline)) == "met"

    async def _baseline(
        self, question: str, claim: str, language: Language, urgency: Urgency = "interactive"
    ) -> float:
        key = (question, claim)
        if key not in self._baselines:
            margin = await self._margin(question, DONT_KNOW[language], claim, urgency)
            if len(self._baselines) >= BASELINES:
                del self._baselines[next(iter(self._baselines))]
            self._baselines[key] = margin
        return self._baselines[key]

    async def _margin(
        self, question: str, answer: str, claim: str, urgency: Urgency = "interactive"
    ) -> float:
        """log P(Yes) - log P(No), nats."""
        yes, no = await self.client.choose(
            prompts.messages(question, answer, claim),
            [prompts.YES, prompts.NO],
            lane="judge",
            urgency=urgency,
        )
        return yes.logprob - no.logprob
