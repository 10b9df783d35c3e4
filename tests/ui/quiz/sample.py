"""A course with one item of every kind, in both languages, and a model that reads answers by a list of words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tutor.content.loader import LoadedCourse
from tutor.content.schema import (
    Choice,
    Cloze,
    Course,
    Explain,
    Glossary,
    Item,
    Lesson,
    Match,
    Misconception,
    Numeric,
    Option,
    Order,
    Pair,
    Point,
    Section,
    Short,
    TrueFalse,
)
from tutor.llm.protocol import Message

HINTS = [
    {"en": "What stands in the prompt?", "ko": "프롬프트 안에 무엇이 들어 있나요?"},
    {"en": "Count the solved examples.", "ko": "풀어 놓은 예시를 세어 보세요."},
]

SHOTS = Explain(
    id="shots",
    section="in-context",
    prompt={
        "en": "What is the difference between **zero-shot** and **few-shot** prompting?",
        "ko": "**제로샷** 프롬프팅과 **퓨샷** 프롬프팅은 무엇이 다른가요?",
    },
    hints=HINTS,
    reference={
        "en": "Zero-shot gives only the task, few-shot adds a few solved examples. The weights stay as they are.",
        "ko": "제로샷은 과제만 주고, 퓨샷은 풀이 예시를 몇 개 더합니다. 가중치는 그대로입니다.",
    },
    points=[
        Point(
            id="zero",
            section="in-context",
            text={"en": "Zero-shot has no examples.", "ko": "제로샷에는 예시가 없다."},
        ),
        Point(
            id="few",
            section="in-context",
            text={
                "en": "Few-shot has a few solved examples.",
                "ko": "퓨샷에는 풀이 예시가 몇 개 있다.",
            },
        ),
        Point(
            id="weights",
            section="weights",
            text={"en": "The weights do not change.", "ko": "가중치는 바뀌지 않는다."},
        ),
    ],
    misconceptions=[
        Misconception(
            id="trains",
            text={"en": "Few-shot trains the model.", "ko": "퓨샷은 모델을 학습시킨다."},
            reply={
                "en": "Examples in a prompt change no weights.",
                "ko": "프롬프트에 든 예시는 가중치를 바꾸지 않습니다.",
            },
        )
    ],
    note={"en": "One-shot lies between them.", "ko": "원샷은 그 사이에 있습니다."},
)

CHOICE = Choice(
    id="choice",
    section="in-context",
    prompt={"en": "Which prompt is zero-shot?", "ko": "제로샷 프롬프트는 어느 것인가요?"},
    hints=HINTS,
    options=[
        Option(
            id="task",
            correct=True,
            text={"en": "Only the `task`", "ko": "`과제`만 있는 것"},
            reply={"en": "No example is given.", "ko": "예시가 없습니다."},
        ),
        Option(
            id="one",
            text={"en": "The task and one example", "ko": "과제와 예시 하나"},
            reply={"en": "That is one-shot.", "ko": "그것은 원샷입니다."},
        ),
        Option(id="many", text={"en": "The task and five examples", "ko": "과제와 예시 다섯"}),
    ],
    note={"en": "Shots are examples.", "ko": "샷은 예시를 뜻합니다."},
)

SEVERAL = Choice(
    id="several",
    section="in-context",
    prompt={"en": "Which prompts hold examples?", "ko": "예시가 든 프롬프트를 모두 고르세요."},
    hints=[],
    options=[
        Option(id="zero-shot", text={"en": "zero-shot", "ko": "제로샷"}),
        Option(id="one-shot", correct=True, text={"en": "one-shot", "ko": "원샷"}),
        Option(id="few-shot", correct=True, text={"en": "few-shot", "ko": "퓨샷"}),
    ],
)

TRUTH = TrueFalse(
    id="truth",
    section="weights",
    prompt={
        "en": "Examples in a prompt change the weights.",
        "ko": "프롬프트의 예시는 가중치를 바꾼다.",
    },
    hints=[],
    answer=False,
    reply={"en": "Only training does.", "ko": "학습할 때만 바뀝니다."},
)

CLOZE = Cloze(
    id="cloze",
    section="in-context",
    prompt={"en": "Fill in.", "ko": "빈칸을 채우세요."},
    hints=[],
    text={
        "en": "Zero-shot gives {none} examples, one-shot gives {single}.",
        "ko": "원샷은 예시를 {single} 주고, 제로샷은 {none} 준다.",
    },
    gaps={
        "en": {"none": ["no", "zero"], "single": ["one"]},
        "ko": {"none": ["안", "하나도 안"], "single": ["하나", "한 개"]},
    },
)

SHORT = Short(
    id="short",
    section="in-context",
    prompt={"en": "One word for a solved example?", "ko": "풀이 예시를 뜻하는 한 단어는?"},
    hints=[],
    accepted={"en": ["shot"], "ko": ["샷"]},
)

NUMERIC = Numeric(
    id="numeric",
    section="in-context",
    prompt={
        "en": "How many examples has a one-shot prompt?",
        "ko": "원샷 프롬프트의 예시는 몇 개인가요?",
    },
    hints=[],
    value=1,
    unit={"en": "examples", "ko": "개"},
)

ORDER = Order(
    id="order",
    section="in-context",
    prompt={"en": "Put the steps in order.", "ko": "순서대로 놓으세요."},
    hints=[],
    steps=[
        {"en": "Write the examples", "ko": "예시를 쓴다"},
        {"en": "Write the question", "ko": "질문을 쓴다"},
        {"en": "Let the model answer", "ko": "모델이 답하게 한다"},
    ],
)

MATCH = Match(
    id="match",
    section="in-context",
    prompt={"en": "Match the name with the number.", "ko": "이름과 수를 짝지으세요."},
    hints=[],
    pairs=[
        Pair(left={"en": "zero-shot", "ko": "제로샷"}, right={"en": "none", "ko": "없음"}),
        Pair(left={"en": "one-shot", "ko": "원샷"}, right={"en": "a single one", "ko": "하나"}),
        Pair(left={"en": "few-shot", "ko": "퓨샷"}, right={"en": "several", "ko": "여럿"}),
    ],
)

ITEMS: tuple[Item, ...] = (SHOTS, CHOICE, SEVERAL, TRUTH, CLOZE, SHORT, NUMERIC, ORDER, MATCH)

LESSON = Lesson(
    id="shots-lesson",
    title={"en": "Zero-shot, few-shot", "ko": "제로샷과 퓨샷"},
    sections=[
        Section(
            id="in-context",
            heading={"en": "In-context learning", "ko": "맥락 내 학습"},
            body={
                "en": "A prompt without examples is called zero-shot. A prompt with a few solved examples is few-shot.",
                "ko": "예시가 없는 프롬프트를 제로샷이라고 합니다. 풀이 예시가 몇 개 있으면 퓨샷입니다.",
            },
        ),
        Section(
            id="weights",
            heading={"en": "What stays the same", "ko": "바뀌지 않는 것"},
            body={
                "en": "Examples in a prompt do not change the weights of the model.",
                "ko": "프롬프트의 예시는 모델의 가중치를 바꾸지 않습니다.",
            },
        ),
    ],
    items=list(ITEMS),
)


def course(*items: Item) -> LoadedCourse:
    """The sample course; with `items` its lesson has just those."""
    lesson = LESSON
    if items:
        lesson = Lesson(
            id=LESSON.id, title=LESSON.title, sections=LESSON.sections, items=list(items)
        )
    return LoadedCourse(
        Course(
            id="basics",
            title={"en": "Basics", "ko": "기초"},
            description={"en": "A sample.", "ko": "견본."},
            languages=["en", "ko"],
            lessons=[lesson.id],
            licence="CC0-1.0",
        ),
        (lesson,),
        Glossary(terms=[]),
        Path("basics"),
    )


SAYS = {
    "Zero-shot has no examples.": ("none", "no examples"),
    "Few-shot has a few solved examples.": ("some solved examples",),
    "The weights do not change.": ("weights stay",),
    "Few-shot trains the model.": ("trains the model",),
    "제로샷에는 예시가 없다.": ("예시가 없",),
    "퓨샷에는 풀이 예시가 몇 개 있다.": ("예시를 몇 개",),
    "가중치는 바뀌지 않는다.": ("가중치는 그대로",),
    "퓨샷은 모델을 학습시킨다.": ("학습시",),
}


def judge(messages: Sequence[Message], continuations: Sequence[str]) -> list[float]:
    """Sure of what the answer says in so many words, unsure where it says "maybe", else sure that it does not."""
    asked = messages[-1].content
    answer, _, rest = asked.partition("Answer: ")[2].partition("\nStatement: ")
    statement = rest.partition("\n")[0]
    if statement in SAYS and any(words in answer for words in SAYS[statement]):
        return [-0.1, -8.0]
    if "maybe" in answer or "아마" in answer:
        return [-4.0, -4.0]
    return [-4.0, -4.5] if answer in ("I don't know.", "잘 모르겠어요.") else [-8.0, -0.1]


HALF = "Few-shot puts some solved examples in the prompt, zero-shot none. Few-shot trains the model a little."
HALF_KO = (
    "퓨샷은 프롬프트에 예시를 몇 개 넣고, 제로샷에는 예시가 없어요. 퓨샷은 모델을 조금 학습시켜요."
)
FULL = "Zero-shot has no examples, few-shot puts some solved examples in the prompt, and the weights stay."
