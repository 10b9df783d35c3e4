"""Explanations that the learner asks for by a key: a passage in other words, and why an answer was marked so."""

from __future__ import annotations

from typing import Final, Literal

from tutor.content.schema import Language
from tutor.llm.protocol import Sampling

Task = Literal["simpler", "example", "other_language", "compare", "why"]

# Other words for what stands there: a little room to choose them, little to wander off in.
_RETOLD: Final = Sampling(max_tokens=240, temperature=0.3, top_p=0.9, repeat_penalty=1.08, seed=7)
# An example has to be made up: with less, small models give the passage back word for word.
_MADE_UP: Final = Sampling(max_tokens=240, temperature=0.6, top_p=0.9, repeat_penalty=1.1, seed=7)
# The facts are decided; every freedom would be one to contradict them.
_DECIDED: Final = Sampling(max_tokens=160, temperature=0.1, top_p=0.9, repeat_penalty=1.08, seed=7)

SAMPLING: Final[dict[Task, Sampling]] = {
    "simpler": _RETOLD,
    "example": _MADE_UP,
    "other_language": _RETOLD,
    "compare": _RETOLD,
    "why": _DECIDED,
}

_SYSTEM: Final[dict[Language, str]] = {
    "en": (
        "You are a patient tutor for large language models. Answer in English, in plain short sentences. "
        "Use only the numbered passages of the lesson and put the number of the passage after each statement, like [{n}]."
    ),
    "ko": (
        "당신은 대규모 언어 모델을 가르치는 친절한 튜터입니다. 반드시 한국어 존댓말로, 짧고 쉬운 문장으로 답하세요. "
        "아래 번호가 붙은 수업 내용만 사용하고, 문장 끝에 근거가 된 번호를 [{n}]처럼 적으세요."
    ),
}
_LESSON: Final[dict[Language, str]] = {"en": "Passages of the lesson:", "ko": "수업 내용:"}
_TOLD: Final[dict[Language, dict[Task, str]]] = {
    "en": {
        "simpler": "Explain passage {n} to a beginner in two or three short sentences. Use everyday words.",
        "example": "Say in one sentence what passage {n} teaches. Then give one small example of it from everyday life.",
        "other_language": "Explain in English, in three or four sentences, what passage {n} says.",
        "compare": "Compare “{left}” in passage {n} with “{right}”. Say in one sentence what they have in common, and in one how they differ.",
        "why": "The question was: {question}\nThe marking: {facts}\n\nExplain to the learner in two sentences why the answer was marked so. Add nothing else and give no new mark.",
    },
    "ko": {
        "simpler": "{n}번 내용을 처음 배우는 사람에게 두세 문장으로 쉽게 설명해 주세요. 일상적인 낱말을 쓰세요.",
        "example": "{n}번 내용이 무엇을 말하는지 한 문장으로 쓰고, 일상생활에서 작은 예를 하나 들어 주세요.",
        "other_language": "{n}번 내용을 한국어로 서너 문장으로 설명해 주세요.",
        "compare": "{n}번 내용의 ‘{left}’와 ‘{right}’ 두 가지를 비교해 주세요. 같은 점을 한 문장, 다른 점을 한 문장으로 쓰세요.",
        "why": "질문: {question}\n채점 결과: {facts}\n\n왜 이렇게 채점되었는지 학습자에게 두 문장으로 설명해 주세요. 다른 내용을 덧붙이거나 다시 채점하지 마세요.",
    },
}


def system(numbered: str, n: int, language: Language) -> str:
    """The instruction and the passages, already numbered; `n`: the one whose number stands as the example."""
    return f"{_SYSTEM[language].format(n=n)}\n\n{_LESSON[language]}\n\n{numbered}"


def told(task: Task, language: Language, **fields: object) -> str:
    """What the model is asked to do. `fields`: n; for "compare" also left and right; for "why" question and facts."""
    return _TOLD[language][task].format(**fields)
