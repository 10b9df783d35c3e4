"""One item of every kind, small enough to read in a test."""

from __future__ import annotations

from typing import Any

from tutor.content.schema import (
    Choice,
    Cloze,
    Explain,
    Match,
    Misconception,
    Numeric,
    Option,
    Order,
    Pair,
    Point,
    Short,
    Text,
    TrueFalse,
)


def both(en: str, ko: str | None = None) -> Text:
    return {"en": en, "ko": ko or f"{en}(한국어)"}


COMMON: dict[str, Any] = {"section": "shots", "hints": [both("a hint", "힌트")]}

CHOICE = Choice(
    id="pick",
    prompt=both("Which need no training?"),
    options=[
        Option(id="zero", text=both("Zero-shot"), correct=True),
        Option(id="few", text=both("Few-shot"), correct=True),
        Option(
            id="tune",
            text=both("Fine-tuning"),
            reply=both("It updates weights.", "가중치를 바꿔요."),
        ),
    ],
    **COMMON,
)
TRUE_FALSE = TrueFalse(
    id="claim",
    prompt=both("Few-shot changes weights."),
    answer=False,
    reply=both("None change."),
    **COMMON,
)
CLOZE = Cloze(
    id="fill",
    prompt=both("Fill in."),
    text=both("{first} comes before {second}."),
    gaps={
        "en": {"first": ["pre-training"], "second": ["fine-tuning", "tuning"]},
        "ko": {"first": ["사전 학습"], "second": ["미세 조정"]},
    },
    **COMMON,
)
SHORT = Short(
    id="name",
    prompt=both("Name it."),
    accepted={"en": ["in-context learning"], "ko": ["맥락 내 학습"]},
    **COMMON,
)
NUMERIC = Numeric(
    id="size",
    prompt=both("How many?"),
    value=175e9,
    tolerance=1e9,
    unit=both("parameters", "개"),
    **COMMON,
)
ORDER = Order(
    id="steps", prompt=both("Order."), steps=[both("one"), both("two"), both("three")], **COMMON
)
MATCH = Match(
    id="pairs",
    prompt=both("Match."),
    pairs=[
        Pair(left=both("zero"), right=both("no examples")),
        Pair(left=both("few"), right=both("some examples")),
    ],
    **COMMON,
)
EXPLAIN = Explain(
    id="shots-differ",
    prompt=both(
        "What is the difference between zero-shot and few-shot prompting?",
        "제로샷과 퓨샷 프롬프팅은 무엇이 다른가요?",
    ),
    reference=both("Zero-shot gives no examples, few-shot some; no weights change."),
    points=[
        Point(
            id="none",
            text=both("Zero-shot has no examples.", "제로샷에는 예시가 없다."),
            section="shots",
        ),
        Point(
            id="some",
            text=both("Few-shot has some examples.", "퓨샷에는 예시가 몇 개 있다."),
            section="shots",
            weight=2,
        ),
        Point(
            id="fixed", text=both("No weights change.", "가중치는 바뀌지 않는다."), section="shots"
        ),
    ],
    misconceptions=[
        Misconception(
            id="trains",
            text=both("Few-shot trains the model.", "퓨샷은 모델을 훈련한다."),
            reply=both("Examples train nothing.", "예시는 아무것도 훈련하지 않아요."),
        )
    ],
    **COMMON,
)
