"""The few words that a rewording of feedback may add, by what the sentence they stand in is about."""

from __future__ import annotations

from typing import Final, Literal

from tutor.content.schema import Language

About = Literal["said", "missing", "step"]

JOINING: Final[dict[Language, str]] = {
    "en": "a an and also are as at for from here in is it its now of on please so that the then this to you your you're with",
    "ko": "개 그리고 내용 답 답변 또 또한 바로 부분 부분도 부분은 부분이 부분을 은 는 이 가 을 를 이라는 라는 라고 다는 이제 점 점도 점은 점이 점을",
}
ADDED: Final[dict[Language, dict[About, str]]] = {
    "en": {
        "said": "clearly correct correctly good great have i've job nice nicely put right rightly said say saying stated well what when work wrote you've",
        "missing": "part parts point points still what's missing lacks lacking yet left out answer",
        "step": "again another back by can first go have let's look next once more own passage part read reading reread revisit section see start step take time try words write",
    },
    "ko": {
        "said": "적어 적은 적었어요 적으셨어요 적으신 정확해요 정확합니다 정확히 정확하게 좋아요 좋습니다 좋은 주셨어요 잘 잘했어요 하셨어요 했어요 말한 말했어요 맞게 맞아요 맞습니다 설명했어요 설명하셨어요 설명하신 쓴 쓰셨어요 쓰신 썼어요 훌륭해요 훌륭합니다",
        "missing": "빠져 빠져요 빠졌어요 빠졌습니다 빠진 빠뜨렸어요 부족해요 부족합니다 아직 있어요 있습니다 있네요",
        "step": "다시 다음 다음에는 다음으로 다음은 단계 먼저 번 보고 보세요 보시고 봐요 살펴보세요 살펴보고 써 쓰세요 읽고 읽어 읽어보고 읽어보세요 적어 정리해 주세요 하면 한 한번",
    },
}
ENCOURAGING: Final[dict[Language, str]] = {
    "en": "good great job keep going nice start well work",
    "ko": "잘 잘했어요 좋아요 좋습니다 훌륭해요 훌륭합니다 시작이에요 좋은",
}
"""Sentences of their own, and only where something was met."""

MARKS: Final[dict[Language, str]] = {
    "en": r"\b(?:missing|lacks|lacking|left out)\b",
    "ko": r"빠진|빠져|빠졌|빠뜨|부족",
}
"""One of these has to stand in a sentence that names what is missing, so that it is not taken for what was said."""
