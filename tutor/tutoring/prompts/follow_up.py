"""A question of the learner's beside a lesson or a graded answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tutor.content.schema import Explain, Language, say
from tutor.grading.verdict import Verdict
from tutor.llm.protocol import Sampling
from tutor.tutoring.passages import Passage

# Low temperature: facts from the passages, not variety. The penalty keeps small models out of loops.
FOLLOW_UP: Final = Sampling(max_tokens=320, temperature=0.2, top_p=0.9, repeat_penalty=1.08, seed=7)

_SYSTEM: Final[dict[Language, str]] = {
    "en": (
        "You are a patient tutor for large language models. Answer in English, in two to five plain sentences. "
        "Use only the numbered passages of the lesson and put the number of the passage after each statement, "
        "like [2]. Correct wrong ideas politely."
    ),
    "ko": (
        "당신은 대규모 언어 모델을 가르치는 친절한 튜터입니다. 반드시 한국어 존댓말로, 두 문장에서 다섯 문장으로 쉽게 답하세요. "
        "아래 번호가 붙은 수업 내용만 사용하고, 문장 끝에 근거가 된 번호를 [2]처럼 적으세요. "
        "잘못 알고 있는 점은 부드럽게 바로잡아 주세요."
    ),
}
_WORDS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "lesson": "Passages of the lesson:",
        "item": "The learner has just answered this question: {question}\nReference answer: {reference}\nThe learner wrote: {answer}",
        "met": "Stated rightly: {points}",
        "missed": "Missing or wrong: {points}",
        "briefly": "Explain in two or three sentences what the passages say about this.",
        "look": "Look first at {passages}.",
        "beside": "A passage of another lesson:",
        "and": " and ",
        "thanks": "I have read this. What would you like to ask?",
    },
    "ko": {
        "lesson": "수업 내용:",
        "item": "학습자가 방금 이 질문에 답했습니다: {question}\n모범 답안: {reference}\n학습자의 답: {answer}",
        "met": "맞게 쓴 것: {points}",
        "missed": "빠졌거나 틀린 것: {points}",
        "briefly": "수업 내용이 이 질문에 대해 무엇이라고 하는지 두세 문장으로 설명해 주세요.",
        "look": "먼저 볼 곳: {passages}.",
        "beside": "다른 레슨의 내용:",
        "and": ", ",
        "thanks": "읽었어요. 무엇이 궁금하세요?",
    },
}


def system(passages: Sequence[Passage], language: Language) -> str:
    """The instruction and the passages; it stays the same for a whole lesson, so that its KV cache does too."""
    return f"{_SYSTEM[language]}\n\n{_WORDS[language]['lesson']}\n\n{_numbered(passages)}"


def about_item(item: Explain, answer: str, verdict: Verdict | None, language: Language) -> str:
    """What the learner was asked, wrote and was told; the first turn of a talk under a graded answer."""
    words = _WORDS[language]
    lines = [
        words["item"].format(
            question=say(item.prompt, language),
            reference=say(item.reference, language),
            answer=answer,
        )
    ]
    texts = {point.id: say(point.text, language) for point in item.points}
    for key, state in (("met", "met"), ("missed", "unmet")):
        points = [
            texts[p.id]
            for p in (verdict.points if verdict else [])
            if p.verdict == state and p.id in texts
        ]
        if points:
            lines.append(words[key].format(points=" / ".join(points)))
    return "\n".join(lines)


def acknowledged(language: Language) -> str:
    """The tutor's turn after `about_item`, so that the learner's question comes as a turn of its own."""
    return _WORDS[language]["thanks"]


def asked(
    question: str,
    language: Language,
    look_first: Sequence[int] = (),
    beside: Sequence[Passage] = (),
) -> str:
    """The learner's question as the model gets it: what small models should heed stands last.

    `look_first`: numbers of the passages that are nearest to the question, the nearest first; `beside`: passages that go
    along with this question alone.
    """
    words = _WORDS[language]
    advice = [words["briefly"]]
    if look_first:
        named = words["and"].join(f"[{n}]" for n in look_first)
        advice.insert(0, words["look"].format(passages=named))
    along = f"{words['beside']}\n\n{_numbered(beside)}\n\n" if beside else ""
    return f"{along}{question}\n\n({' '.join(advice)})"


def _numbered(passages: Sequence[Passage]) -> str:
    return "\n\n".join(f"[{p.n}] {p.heading}\n{p.text}" for p in passages)
