"""How long a verdict takes: an answer to a made-up question with four points, graded on the path all answers take."""

from __future__ import annotations

import time
from collections.abc import Callable

from tutor.content.schema import Explain, Point
from tutor.grading.answer import ExplainAnswer
from tutor.grading.grader import Grader
from tutor.llm.protocol import Client

STILL_TYPED = 5
"""Words at the end of the answer that are typed after the last pause."""

ANSWER = (
    "Plants make sugar out of water and air, and the light gives them the power for it. The green stuff in the leaves "
    "catches the light. The carbon dioxide comes in through tiny holes, and oxygen is left over, which goes out the "
    "same way, so that we have something to breathe."
)
"""About sixty tokens."""

_POINTS = {
    "sugar": "Plants make sugar from water and carbon dioxide.",
    "light": "The energy comes from light.",
    "chlorophyll": "Chlorophyll in the leaves takes up the light.",
    "oxygen": "Oxygen is given off.",
}


def four_points(nonce: str) -> Explain:
    """The question, begun with `nonce`, so that no part of it was read before."""
    return Explain(
        id="photosynthesis",
        section="made-up",
        prompt={"en": f"({nonce}) How do plants feed themselves?"},
        hints=[],
        reference={"en": " ".join(_POINTS.values())},
        points=[Point(id=id, text={"en": text}) for id, text in _POINTS.items()],
    )


async def rubric(
    client: Client, nonce: str, *, clock: Callable[[], float] = time.perf_counter
) -> float | None:
    """Seconds from handing in to the verdict, all but the last words read before; None where none comes about.

    Raises ModelError from reading ahead.
    """
    if "choose" not in client.capabilities:
        return None
    grader, item = Grader(client), four_points(nonce)
    if "prefill" in client.capabilities:
        await grader.prefill(item, "en")
        await grader.prefill(item, "en", draft=" ".join(ANSWER.split()[:-STILL_TYPED]))
    began = clock()
    verdict = await grader.grade(item, ExplainAnswer(text=ANSWER), "en")
    return None if verdict.verdict == "ungraded" else clock() - began
