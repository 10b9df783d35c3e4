"""Feedback from templates, put into smoother words by the model in use; only where nothing is claimed that was not."""

from __future__ import annotations

from contextlib import aclosing
from typing import Final

from tutor.content.schema import Language
from tutor.grading.calibration import ENOUGH_PARAMETERS
from tutor.grading.feedback import Feedback
from tutor.grading.fluency_check import adds_nothing, same_wording
from tutor.llm.protocol import Client, Message, Sampling, gather

SAMPLING: Final = Sampling(max_tokens=220, temperature=0.0, seed=7)

_ASKED: Final[dict[Language, str]] = {
    "en": (
        "Rewrite this feedback to a learner so that it reads smoothly, in English, in two to four short sentences. "
        "Keep everything in quotation marks and every statement of what is missing word for word. Add nothing. "
        "Write only the feedback.\n\n{text}"
    ),
    "ko": (
        "학습자에게 주는 다음 피드백을 자연스러운 해요체로, 두 문장에서 네 문장으로 다듬어 주세요. "
        "따옴표 안의 말과 빠진 내용은 한 글자도 바꾸지 마세요. 새로운 내용을 더하지 마세요. "
        "다듬은 피드백만 쓰세요.\n\n{text}"
    ),
}


async def reworded(client: Client, feedback: Feedback, language: Language) -> str | None:
    """A smoother wording of `feedback` that says the same; None where there is none to be had. Raises ModelError.

    Below a billion parameters no model is asked. It gives way to whatever somebody waits for.
    """
    info = (await client.status()).model
    if info is None or info.parameters < ENOUGH_PARAMETERS or "chat" not in client.capabilities:
        return None
    asked = [Message("user", _ASKED[language].format(text=feedback.text))]
    async with aclosing(client.chat(asked, SAMPLING, lane="chat", urgency="background")) as stream:
        reply = await gather(stream)
    text = " ".join(reply.text.split())
    finished = reply.finish == "stop" and adds_nothing(reply.text.strip(), feedback, language)
    return text if finished and not same_wording(text, feedback.text) else None
