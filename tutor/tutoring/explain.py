"""Explanations that the learner asks for by a key: what the model gets, and the question that is kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from msgspec import Struct

from tutor.content.schema import LANGUAGES, Explain, Item, Language, Lesson, Term, say
from tutor.grading.answer import Answer, ExplainAnswer
from tutor.grading.exact import grade_closed
from tutor.grading.feedback import feedback_on
from tutor.grading.verdict import Verdict
from tutor.llm.protocol import Message, Sampling
from tutor.tutoring.passages import UNNUMBERED, Passage, passages
from tutor.tutoring.prompts import explain as prompts

Retold = Literal["simpler", "example", "other_language"]

QUESTIONS: Final[dict[Language, dict[prompts.Task, str]]] = {
    "en": {
        "simpler": "Explain passage {n}, “{heading}”, more simply.",
        "example": "Give an example of passage {n}, “{heading}”.",
        "other_language": "Explain passage {n}, “{heading}”, in Korean.",
        "compare": "Compare passage {n}, “{heading}”, with “{other}”.",
        "why": "Why was my answer marked so?",
    },
    "ko": {
        "simpler": "{n}번 ‘{heading}’ 내용을 더 쉽게 설명해 주세요.",
        "example": "{n}번 ‘{heading}’ 내용의 예를 들어 주세요.",
        "other_language": "{n}번 ‘{heading}’ 내용을 영어로 설명해 주세요.",
        "compare": "{n}번 ‘{heading}’ 내용을 ‘{other}’ 개념과 비교해 주세요.",
        "why": "제 답이 왜 이렇게 채점되었나요?",
    },
}
"""What is asked in the learner's own words, so to say: it is kept, found and read again as any question."""


class Request(Struct, frozen=True, kw_only=True):
    """An explanation to be asked for. `question` is what is kept; `messages` are what the model gets.

    `language`: of the reply; `passages`: what it may cite and is held against; `facts`: said first, by the program.
    """

    question: str
    language: Language
    passages: tuple[Passage, ...]
    messages: tuple[Message, ...]
    sampling: Sampling
    facts: str = ""


def retold(task: Retold, lesson: Lesson, section: str, language: Language) -> Request:
    """This passage in simpler words, with an example, or in the language that the learner does not study in.

    `language`: the learner's. Raises KeyError for a section that the lesson has not.
    """
    here = _passage(lesson, section, language)
    spoken = _other(language) if task == "other_language" else language
    there = _passage(lesson, section, spoken)
    return Request(
        question=QUESTIONS[language][task].format(n=here.n, heading=here.heading),
        language=spoken,
        passages=(there,),
        messages=_messages([there], prompts.told(task, spoken, n=there.n), spoken),
        sampling=prompts.SAMPLING[task],
    )


def compared(lesson: Lesson, section: str, other: str | Term, language: Language) -> Request:
    """This passage beside another section of the lesson (by id), or beside a term of the glossary, which is not cited.

    Raises KeyError for a section that the lesson has not.
    """
    here = _passage(lesson, section, language)
    there = _card(other, language) if isinstance(other, Term) else _passage(lesson, other, language)
    asked = prompts.told("compare", language, n=here.n, left=here.heading, right=there.heading)
    question = QUESTIONS[language]["compare"].format(
        n=here.n, heading=here.heading, other=there.heading
    )
    return Request(
        question=question,
        language=language,
        passages=(here, there),
        messages=_messages([here, there], asked, language),
        sampling=prompts.SAMPLING["compare"],
    )


def why(
    lesson: Lesson, item: Item, answer: Answer, verdict: Verdict, language: Language
) -> Request:
    """Why an answer was marked so: what the program decided comes first, the model only puts it in other words."""
    facts = reasons(lesson, item, answer, verdict, language)
    taught = _taught(item, verdict)
    among = [each for each in passages(lesson, language) if each.section in taught]
    told = prompts.told("why", language, question=say(item.prompt, language), facts=facts)
    return Request(
        question=QUESTIONS[language]["why"],
        language=language,
        passages=tuple(among),
        messages=_messages(among, told, language),
        sampling=prompts.SAMPLING["why"],
        facts=facts,
    )


def reasons(
    lesson: Lesson, item: Item, answer: Answer, verdict: Verdict, language: Language
) -> str:
    """What can be said of a verdict without any model, in `language`."""
    if isinstance(item, Explain):
        text = answer.text if isinstance(answer, ExplainAnswer) else ""
        return feedback_on(item, text, verdict, language, lesson.sections).text
    return grade_closed(item, answer, language).feedback


def _taught(item: Item, verdict: Verdict) -> set[str]:
    """The sections that teach what was missed; that of the item where nothing was."""
    missed = {each.id for each in verdict.points if each.verdict != "met"}
    points = item.points if isinstance(item, Explain) else []
    return {each.section or item.section for each in points if each.id in missed} or {item.section}


def _messages(among: Sequence[Passage], asked: str, language: Language) -> tuple[Message, ...]:
    numbered = "\n\n".join(
        f"[{each.n}] {each.heading}\n{each.text}"
        if each.n != UNNUMBERED
        else f"{each.heading}: {each.text}"
        for each in among
    )
    first = next((each.n for each in among if each.n != UNNUMBERED), 1)
    return (Message("system", prompts.system(numbered, first, language)), Message("user", asked))


def _passage(lesson: Lesson, section: str, language: Language) -> Passage:
    found = next((each for each in passages(lesson, language) if each.section == section), None)
    if found is None:
        raise KeyError(section)
    return found


def _card(term: Term, language: Language) -> Passage:
    return Passage(UNNUMBERED, "", "", say(term.term, language), say(term.definition, language))


def _other(language: Language) -> Language:
    return next(each for each in LANGUAGES if each != language)
