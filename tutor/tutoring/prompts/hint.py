"""A hint that leads to a point which an answer lacks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tutor.content.schema import Language, say
from tutor.llm.protocol import Message, Sampling
from tutor.tutoring.gap import Gap

# The first try keeps to the passage; each that gave the answer away is followed by a freer one, for other words.
TRIES: Final = tuple(
    Sampling(
        max_tokens=90, temperature=temperature, top_p=0.9, repeat_penalty=1.05, seed=seed, stop=("\n\n",)
    )
    for temperature, seed in ((0.3, 7), (0.7, 8), (1.0, 9))
)  # fmt: skip
LONGEST_PASSAGE: Final[dict[Language, int]] = {"en": 1_600, "ko": 700}
"""Characters, about 400 tokens: a hint needs to know where the answer lies, not all that is said there."""

_SYSTEM: Final[dict[Language, str]] = {
    "en": (
        "You are a tutor. An answer lacks one thing. Write one hint for the learner, in English, in one or two short "
        "sentences: what to think about, best as a question. Never say the missing thing and never use its words. "
        "Write only the hint."
    ),
    "ko": (
        "당신은 튜터입니다. 답에 한 가지가 빠져 있습니다. 학습자에게 줄 힌트 하나를 한국어 해요체로, 짧은 한두 문장으로 쓰세요. "
        "무엇을 생각해 볼지를 되도록 질문으로 알려 주세요. 빠진 내용은 절대로 말하지 말고, 그 낱말도 쓰지 마세요. 힌트만 쓰세요."
    ),
}
_WORDS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "passage": "Passage of the lesson, “{heading}”:\n{text}",
        "case": "Question: {question}\nThe learner wrote: {answer}\nMissing: {point}",
        "nothing": "nothing yet",
        "avoid": "Do not use these words: {words}",
        "ask": "Hint:",
    },
    "ko": {
        "passage": "수업 내용, ‘{heading}’:\n{text}",
        "case": "질문: {question}\n학습자의 답: {answer}\n빠진 내용: {point}",
        "nothing": "아직 없음",
        "avoid": "쓰면 안 되는 낱말: {words}",
        "ask": "힌트:",
    },
}
_EXAMPLE: Final[dict[Language, tuple[str, str, str, str]]] = {
    "en": (
        "Why is the sky blue?",
        "It has to do with the air.",
        "Short waves of light are scattered more than long ones.",
        "Sunlight is a mix of colours. Does the air treat all of them alike?",
    ),
    "ko": (
        "하늘은 왜 파란가요?",
        "공기와 관계가 있어요.",
        "파장이 짧은 빛이 긴 빛보다 더 많이 흩어진다.",
        "햇빛에는 여러 색이 섞여 있어요. 공기는 모든 색을 똑같이 대할까요?",
    ),
}


def asked(gap: Gap, avoid: Sequence[str] = ()) -> list[Message]:
    """The talk whose next turn is the hint. `avoid`: words by which an earlier try gave the answer away."""
    language = gap.language
    question, answer, point, hint = _EXAMPLE[language]
    case = _case(
        say(gap.item.prompt, language), gap.answer, say(gap.point.text, language), language, avoid
    )
    return [
        Message("system", f"{_SYSTEM[language]}\n\n{passage(gap)}"),
        Message("user", _case(question, answer, point, language)),
        Message("assistant", hint),
        Message("user", case),
    ]


def passage(gap: Gap) -> str:
    """The passage that teaches the point, as a prompt quotes it."""
    found = gap.passage
    text = found.text[: LONGEST_PASSAGE[gap.language]]
    return _WORDS[gap.language]["passage"].format(heading=found.heading, text=text)


def _case(
    question: str, answer: str, point: str, language: Language, avoid: Sequence[str] = ()
) -> str:
    words = _WORDS[language]
    lines = [
        words["case"].format(
            question=question, answer=answer.strip() or words["nothing"], point=point
        )
    ]
    if avoid:
        lines.append(words["avoid"].format(words=", ".join(avoid)))
    return "\n".join([*lines, words["ask"]])
