"""One question that leads to a point which a graded answer lacks, and what is said when it was found."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from tutor.content.schema import Language, say
from tutor.llm.protocol import Message, Sampling
from tutor.tutoring.gap import Gap
from tutor.tutoring.prompts.hint import passage

# As for hints: close to the passage first, freer where that gave the answer away. One question needs few tokens.
TRIES: Final = tuple(
    Sampling(
        max_tokens=70, temperature=temperature, top_p=0.9, repeat_penalty=1.05, seed=seed, stop=("\n\n",)
    )
    for temperature, seed in ((0.3, 17), (0.7, 18), (1.0, 19))
)  # fmt: skip

_SYSTEM: Final[dict[Language, str]] = {
    "en": (
        "You are a tutor who teaches by asking. The learner's answer lacks one thing. Ask one short question, in English, "
        "that lets the learner find it. Never say the missing thing and never use its words. Write only the question."
    ),
    "ko": (
        "당신은 질문으로 가르치는 튜터입니다. 학습자의 답에 한 가지가 빠져 있습니다. 학습자가 스스로 찾도록 한국어 해요체로 짧은 질문을 "
        "하나만 하세요. 빠진 내용은 절대로 말하지 말고, 그 낱말도 쓰지 마세요. 질문만 쓰세요."
    ),
}
_WORDS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "case": "Question: {question}\nThe learner wrote: {answer}\nMissing: {point}\nThe learner says: {message}",
        "nothing": "nothing",
        "one": "(Reply with one question only.)",
        "avoid": "(Do not use these words: {words})",
        "explain": "{message}\n\nNow explain what was missing: {point}",
        "next": "Yes, that's it. Now the next point. {question}",
        "last": "Yes, that's it. That was the last point.",
    },
    "ko": {
        "case": "질문: {question}\n학습자의 답: {answer}\n빠진 내용: {point}\n학습자의 말: {message}",
        "nothing": "없음",
        "one": "(질문 하나로만 대답하세요.)",
        "avoid": "(쓰면 안 되는 낱말: {words})",
        "explain": "{message}\n\n이제 빠진 내용을 설명해 주세요: {point}",
        "next": "맞아요, 바로 그거예요. 다음 요점으로 가 볼게요. {question}",
        "last": "맞아요, 바로 그거예요. 마지막 요점까지 찾았어요.",
    },
}
_EXAMPLE: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "question": "Why is the sky blue?",
        "answer": "It has to do with the air.",
        "point": "Short waves of light are scattered more than long ones.",
        "message": "What is missing?",
        "asked": "Does the air treat all colours of sunlight alike?",
    },
    "ko": {
        "question": "하늘은 왜 파란가요?",
        "answer": "공기와 관계가 있어요.",
        "point": "파장이 짧은 빛이 긴 빛보다 더 많이 흩어진다.",
        "message": "무엇이 빠졌나요?",
        "asked": "공기는 햇빛에 섞인 모든 색을 똑같이 대할까요?",
    },
}


def asked(
    gap: Gap, message: str, before: Sequence[tuple[str, str]] = (), avoid: Sequence[str] = ()
) -> list[Message]:
    """The talk whose next turn is the question.

    `before`: what the learner said and what was asked about this point, the oldest first; `message`: what they say now;
    `avoid`: words by which an earlier try gave the answer away.
    """
    language = gap.language
    words = _WORDS[language]
    talk = [*before, (message, "")]
    opening = {
        "question": say(gap.item.prompt, language),
        "answer": gap.answer.strip() or words["nothing"],
        "point": say(gap.point.text, language),
        "message": talk[0][0],
    }
    messages = [
        Message("system", f"{_SYSTEM[language]}\n\n{passage(gap)}"),
        Message("user", words["case"].format(**_EXAMPLE[language])),
        Message("assistant", _EXAMPLE[language]["asked"]),
        Message("user", words["case"].format(**opening)),
    ]
    for (_, told), (said, _) in pairwise(talk):
        messages += [Message("assistant", told), Message("user", said)]
    rules = [words["one"]]
    if avoid:
        rules.append(words["avoid"].format(words=", ".join(avoid)))
    last = messages[-1].content
    return [*messages[:-1], Message("user", "\n".join((last, *rules)))]


def to_explain(message: str, point: str, language: Language) -> str:
    """The learner's message as a request to explain a point that questions did not lead to."""
    return _WORDS[language]["explain"].format(message=message, point=point)


def found(language: Language, question: str = "") -> str:
    """What is said when the learner has stated the point, before the `question` about the next one, or at the end."""
    words = _WORDS[language]
    return words["next"].format(question=question) if question else words["last"]
