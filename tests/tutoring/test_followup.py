from __future__ import annotations

import pytest
from msgspec import Struct

from tests.grading.items import EXPLAIN, both
from tutor.content.schema import Language, Lesson, Section
from tutor.grading.answer import ExplainAnswer
from tutor.grading.verdict import PointVerdict, Verdict
from tutor.llm.protocol import NoModel
from tutor.llm.scripted import Asked, ScriptedClient
from tutor.tutoring.corpus import Corpus
from tutor.tutoring.followup import FollowUp
from tutor.tutoring.passages import passages
from tutor.tutoring.support import examine

LESSON = Lesson(
    id="use-cases",
    title=both("Use cases", "활용"),
    sections=[
        Section(
            id="shots",
            heading=both("Zero and few examples", "예시 없이, 예시 몇 개로"),
            body=both(
                "Few-shot prompting puts a handful of solved examples into the prompt. The weights of the model do not change.",
                "퓨샷 프롬프팅은 풀이 예시 몇 개를 프롬프트에 넣는다. 모델의 가중치는 바뀌지 않는다.",
            ),
        ),
        Section(
            id="scaling",
            heading=both("Scaling laws", "스케일링 법칙"),
            body=both(
                "The loss falls as a power law when parameters, data and compute grow together.",
                "매개변수와 데이터와 연산을 함께 늘리면 손실이 거듭제곱 법칙에 따라 줄어든다.",
            ),
        ),
    ],
)


class Turn(Struct, frozen=True):
    question: str
    reply: str | None


def chats(client: ScriptedClient) -> list[Asked]:
    return [asked for asked in client.requests if asked.call == "chat"]


async def read(followup: FollowUp, question: str, *turns: Turn) -> str:
    return "".join([text async for text in followup.ask(question, turns)])


async def test_the_lesson_goes_along_and_the_reply_is_checked() -> None:
    reply = "The weights of the model do not change [1]. Bananas are yellow fruit [7]. 9"
    client = ScriptedClient([reply])
    followup = FollowUp(client, LESSON, "en")
    answered = followup.finish(await read(followup, "Do the weights change?"))
    system = chats(client)[0].messages[0]
    assert system.role == "system"
    assert "[1] Zero and few examples" in system.content
    assert "[2] Scaling laws" in system.content
    assert (
        answered.text == "The weights of the model do not change [1]. Bananas are yellow fruit. 9"
    )
    assert [(c.n, c.section) for c in answered.citations] == [(1, "shots")]
    start, end = answered.unsupported[0]
    assert answered.text[start:end] == "Bananas are yellow fruit."
    assert len(answered.unsupported) == 1


async def test_it_answers_in_the_language_of_the_question() -> None:
    client = ScriptedClient(["퓨샷 프롬프팅은 풀이 예시 몇 개를 프롬프트에 넣는다."])
    followup = FollowUp(client, LESSON, "en")
    answered = followup.finish(await read(followup, "퓨샷 프롬프팅이 뭐예요?"))
    assert "스케일링 법칙" in chats(client)[0].messages[0].content
    assert answered.language == "ko"
    assert [c.n for c in answered.citations] == [1]
    assert answered.unsupported == []


async def test_the_graded_answer_is_the_context_of_the_question() -> None:
    verdict = Verdict(
        item="shots-differ",
        language="en",
        score=0.5,
        verdict="partial",
        points=[
            PointVerdict(id="some", probability=0.9, verdict="met", by="model"),
            PointVerdict(id="fixed", probability=0.1, verdict="unmet", by="model"),
        ],
    )
    client = ScriptedClient()
    followup = FollowUp(
        client,
        LESSON,
        "en",
        item=EXPLAIN,
        answer=ExplainAnswer("Few-shot trains it."),
        verdict=verdict,
    )
    await read(followup, "Why?", Turn("Earlier?", "Yes."), Turn("Cut off?", None))
    roles = [(m.role, m.content) for m in chats(client)[0].messages[1:]]
    assert "Few-shot trains it." in roles[0][1]
    assert "Missing or wrong: No weights change." in roles[0][1]
    assert "Stated rightly: Few-shot has some examples." in roles[0][1]
    assert [role for role, _ in roles] == ["user", "assistant", "user", "assistant", "user"]
    assert roles[2][1].startswith("Earlier?\n")
    assert roles[3][1] == "Yes."
    assert roles[4][1].startswith("Why?\n")


async def test_the_model_does_not_get_the_programs_quotations_as_its_own_words() -> None:
    client = ScriptedClient(["Yes."])
    followup = FollowUp(client, LESSON, "en")
    told = "It falls.\n\nClosest in the lesson is “Scaling laws” [2]: “The loss falls.”"
    await read(followup, "Why does it fall?", Turn("Does it fall?", told))
    assert chats(client)[0].messages[-2].content == "It falls."


def course(length: int) -> list[tuple[str, Lesson]]:
    """Two lessons, the first of four sections too long to go along whole."""
    topics = {"kiln": "가마", "glaze": "유약", "clay": "점토", "wheel": "물레"}
    long = [
        Section(
            id=en,
            heading=both(en, ko),
            body=both(f"About the {en}. " * length, f"{ko}에 대해 말합니다. " * (length // 2)),
        )
        for en, ko in topics.items()
    ]
    pots = Lesson(id="pots", title=both("Pots", "그릇"), sections=long)
    return [("craft", pots), ("craft", LESSON)]


async def small(reply: str = "A reply.") -> ScriptedClient:
    """A model whose context has room for three of those four sections."""
    client = ScriptedClient([reply])
    await client.load("small.gguf", n_ctx=7000)
    return client


async def test_a_long_lesson_gives_the_passages_that_the_question_is_about() -> None:
    client = await small()
    ((_, pots), _) = course(70)
    await read(FollowUp(client, pots, "en"), "How do clay and glaze go together?")
    system = chats(client)[0].messages[0].content
    assert [n for n in range(1, 5) if f"[{n}] " in system] == [2, 3]


async def test_a_corpus_gives_passages_of_other_lessons_too_numbered_after_the_lesson_s() -> None:
    client = await small("The loss falls as a power law [6].")
    corpus = Corpus(course(70))
    ((_, pots), _) = course(70)
    followup = FollowUp(client, pots, "en", corpus=corpus)
    answered = followup.finish(await read(followup, "Is there a power law for a bigger kiln?"))
    system = chats(client)[0].messages[0].content
    assert [n for n in range(1, 7) if f"[{n}] " in system] == [1, 6]
    assert [(c.n, c.lesson, c.section) for c in answered.citations] == [(6, "use-cases", "scaling")]


async def test_a_question_near_nothing_gets_the_lesson_s_first_passages() -> None:
    client = await small()
    ((_, pots), _) = course(70)
    await read(FollowUp(client, pots, "ko"), "왜요?")
    system = chats(client)[0].messages[0].content
    assert [n for n in range(1, 5) if f"[{n}] " in system] == [1, 2, 3]


async def test_what_depends_on_the_question_is_not_read_ahead() -> None:
    client = await small()
    ((_, pots), _) = course(70)
    await FollowUp(client, pots, "en").prefill()
    await FollowUp(client, pots, "en").prefill("What does a glaze do?")
    assert "prefill" not in [request.call for request in client.requests]


async def test_a_model_that_refuses_in_the_programs_line_is_not_marked_for_it() -> None:
    reply = "The lesson does not say this. The weights of the model do not change [1]."
    followup = FollowUp(ScriptedClient([reply]), LESSON, "en")
    answered = followup.finish(await read(followup, "Who found that the weights stay as they are?"))
    line = "I don't find this in the lesson."
    assert answered.text == f"{line}\n\nThe weights of the model do not change [1]."
    assert [c.n for c in answered.citations] == [1]
    assert answered.unsupported == []


async def test_where_it_says_no_more_the_nearest_passage_is_named() -> None:
    followup = FollowUp(ScriptedClient(["이 내용은 레슨에 나오지 않아요."]), LESSON, "en")
    answered = followup.finish(await read(followup, "스케일링 법칙은 누가 찾았어요?"))
    line = "레슨에서 가장 가까운 내용은 ‘스케일링 법칙’ [2]이에요."
    assert answered.text == f"레슨에서 이 내용을 찾지 못했어요.\n\n{line}"
    assert [(c.n, c.section) for c in answered.citations] == [(2, "scaling")]
    assert answered.unsupported == []
    assert answered.quotes_from is not None


async def test_half_a_refusal_names_nothing() -> None:
    followup = FollowUp(ScriptedClient(["The lesson does not say this."]), LESSON, "en")
    text = await read(followup, "Who found that the weights stay as they are?")
    assert followup.finish(text, whole=False).text == "I don't find this in the lesson."


async def test_nor_is_the_line_said_twice() -> None:
    reply = "The lesson does not say this. Bananas are yellow."
    followup = FollowUp(ScriptedClient([reply]), LESSON, "en")
    answered = followup.finish(await read(followup, "How do bananas ripen underwater?"))
    assert answered.text == "I don't find this in the lesson.\n\nBananas are yellow."


async def test_a_model_error_reaches_the_asker() -> None:
    client = ScriptedClient(loaded=False)
    with pytest.raises(NoModel):
        await read(FollowUp(client, LESSON, "en"), "Anything?")


async def test_prefill_is_the_beginning_of_the_question_that_follows() -> None:
    client = ScriptedClient()
    followup = FollowUp(client, LESSON, "ko")
    await followup.prefill()
    await read(followup, "가중치가 바뀌나요?")
    prefilled, asked = [it for it in client.requests if it.call in ("prefill", "chat")]
    assert asked.messages[: len(prefilled.messages)] == prefilled.messages


@pytest.mark.parametrize("draft", ["Do the weights change?", "가중치가 바뀌나요?"])
async def test_a_draft_is_read_as_the_question_that_it_would_be(draft: str) -> None:
    client, turns = ScriptedClient(), [Turn("What is few-shot?", "Examples in the prompt [1].")]
    await FollowUp(client, LESSON, "en").prefill(draft, turns)
    await read(FollowUp(client, LESSON, "en"), draft, *turns)
    prefilled, asked = [it for it in client.requests if it.call in ("prefill", "chat")]
    assert prefilled.messages == asked.messages


@pytest.mark.parametrize(
    ("draft", "read"),
    [
        ("transformer", 0),
        ("transformer가", 0),
        ("transformer가 뭐예요?", 1),
        ("What is a transformer", 1),
    ],
)
async def test_a_term_in_english_is_no_english_question_yet(draft: str, read: int) -> None:
    client = ScriptedClient()
    await FollowUp(client, LESSON, "ko").prefill(draft)
    assert [it.call for it in client.requests].count("prefill") == read


@pytest.mark.parametrize(
    ("reply", "language", "supported"),
    [
        ("The weights of the model do not change.", "en", True),
        ("Yes, the weights of the model do change.", "en", False),
        ("모델의 가중치는 바뀌지 않습니다.", "ko", True),
        ("네, 모델의 가중치는 바뀝니다.", "ko", False),
    ],
)
def test_the_opposite_of_the_lesson_is_not_supported(
    reply: str, language: Language, supported: bool
) -> None:
    answered = examine(reply, passages(LESSON, language), language)
    assert (answered.unsupported == []) is supported


def test_an_empty_reply_has_nothing_to_mark() -> None:
    assert examine("", passages(LESSON, "en"), "en").unsupported == []
