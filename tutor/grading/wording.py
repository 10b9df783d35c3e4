"""The sentences of feedback, in both languages. What they say is decided in code; here is only how."""

from __future__ import annotations

from typing import Final

from tutor.content.schema import Language

_WORDS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "right": "Right.",
        "wrong": "Not quite.",
        "spelling": "Right; it is spelt “{accepted}”.",
        "expected": "The answer is {accepted}.",
        "some": "{met} of {total} right.",
        "no_number": "That is not a number I can read; write it like 1,000 or 1.5.",
        "full": "Every point is there ({total} of {total}).",
        "full_quoted": "Every point is there ({total} of {total}): you said {quotes}.",
        "points": "{met} of {total} points are there.",
        "points_quoted": "{met} of {total} points are there: you said {quotes}.",
        "said": "Well said: {quotes}.",
        "nothing": "None of the {total} points is there yet.",
        "unsure": "Points I can't decide: {open}.",
        "quote": "“{text}”",
        "title": "“{text}”",
        "quote_join": " and ",
        "next_misconception": "First set this right: {reply}",
        "next_misconception_below": "First look at the mix-up below.",
        "next_read": "Next, read {section} again and say it in your own words.",
        "next_add": "Next, put it in your own words.",
        "next_compare": "Next, compare with the reference answer: {open} of the points I can't decide.",
        "next_on": "You can go on.",
        "cant_grade": "This model can't grade. The words found in your answer prove nothing by themselves: compare it with the reference answer and say yourself what is there.",
        "words_found": "Words found: {words}.",
        "words_missing": "Not found: {words}.",
        "missing": "Still missing: {points}.",
        "empty": "Nothing was written, so no point is there.",
        "echo": "This repeats the question; say it in your own words.",
        "left_out": "This speaks to the grader and says nothing about the question, so no point is there.",
        "in_part": "A part of the answer speaks to the grader; it was left out.",
        "list": "This is a list of terms; say what they have to do with each other.",
        "other_language": "You answered in Korean; that counts just the same.",
        "ungraded": "Not graded: {reason}",
        "no_model": "no model is loaded. Compare your answer with the reference answer, or get a model.",
    },
    "ko": {
        "right": "맞았어요.",
        "wrong": "아쉽지만 아니에요.",
        "spelling": "맞았어요. 바른 표기는 ‘{accepted}’예요.",
        "expected": "정답: {accepted}",
        "some": "{total}개 중 {met}개가 맞았어요.",
        "no_number": "숫자로 읽을 수 없어요. 1,000이나 1.5처럼 적어 주세요.",
        "full": "요점 {total}개가 모두 들어 있어요.",
        "full_quoted": "요점 {total}개가 모두 들어 있어요. {quotes} 부분이 잘 맞아요.",
        "points": "요점 {total}개 중 {met}개가 들어 있어요.",
        "points_quoted": "요점 {total}개 중 {met}개가 들어 있어요. {quotes} 부분이 잘 맞아요.",
        "said": "{quotes} 부분이 잘 맞아요.",
        "nothing": "요점 {total}개 중 아직 들어 있는 것이 없어요.",
        "unsure": "요점 {open}개는 확신이 서지 않아요.",
        "quote": "“{text}”",
        "title": "‘{text}’",
        "quote_join": ", ",
        "next_misconception": "먼저 이것부터 바로잡아 보세요. {reply}",
        "next_misconception_below": "먼저 아래에 있는 오해부터 바로잡아 보세요.",
        "next_read": "{section} 부분을 다시 읽고 자신의 말로 써 보세요.",
        "next_add": "이 내용을 자신의 말로 써 보세요.",
        "next_compare": "확신이 서지 않는 요점이 {open}개 있으니 모범 답안과 견주어 보세요.",
        "next_on": "다음으로 넘어가도 좋아요.",
        "cant_grade": "이 모델은 채점할 수 없어요. 낱말이 있다는 것만으로는 맞았다고 할 수 없으니, 모범 답안과 견주어 보고 직접 판단해 주세요.",
        "words_found": "답에 있는 낱말: {words}.",
        "words_missing": "없는 낱말: {words}.",
        "missing": "아직 빠진 내용: {points}.",
        "empty": "적은 내용이 없어 인정된 요점이 없어요.",
        "echo": "질문을 되풀이한 답이에요. 자신의 말로 설명해 보세요.",
        "left_out": "질문에 대한 내용이 아니라 채점기에 하는 말이라 인정된 요점이 없어요.",
        "in_part": "답에서 채점기에 하는 말은 빼고 채점했어요.",
        "list": "용어만 늘어놓은 답이에요. 용어들이 서로 어떤 관계인지 문장으로 써 보세요.",
        "other_language": "영어로 답했네요. 똑같이 인정돼요.",
        "ungraded": "채점하지 못했어요: {reason}",
        "no_model": "불러온 모델이 없어요. 모범 답안과 견주어 보거나 모델을 받으세요.",
    },
}


def word(language: Language, key: str, **fields: object) -> str:
    """The sentence `key` with its fields filled in."""
    return _WORDS[language][key].format(**fields)
