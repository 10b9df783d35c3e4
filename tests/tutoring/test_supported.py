"""A reply held against the passages by the judge that grades answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from tests.tutoring.test_followup import LESSON, read
from tests.tutoring.tuned import CALIBRATION, CURVE, models
from tutor.grading.grader import Grader
from tutor.grading.rubric import Judge
from tutor.llm.protocol import Message, WorkerDied
from tutor.llm.scripted import EVERYTHING, ScriptedClient
from tutor.tutoring.followup import FollowUp
from tutor.tutoring.passages import UNNUMBERED, Passage, passages
from tutor.tutoring.supported import MOST, Support, plain, stands_in, support_by

SAID = {
    "The weights of the model do not change.": "weights of the model",
    "Nothing is trained.": "weights of the model",
    "Weights stay as they are.": "weights of the model",
    "Loss falls.": "power law",
    "가중치는 그대로예요.": "모델의 가중치",
    "Tokens are pieces.": "piece of text",
}


def judge(messages: Sequence[Message], _: Sequence[str]) -> list[float]:
    """Yes where the passage has the words that a sentence of SAID needs."""
    passage, _, rest = messages[-1].content.partition("\nStatement: ")
    sentence = rest.partition("\n")[0]
    needed = SAID.get(sentence)
    return [-0.1, -5.0] if needed and needed in passage else [-5.0, -0.1]


@pytest.fixture
def client() -> ScriptedClient:
    return ScriptedClient(["A reply."], judge)


@pytest.fixture
def support(client: ScriptedClient) -> Support:
    return Support(Judge(client, CALIBRATION), CURVE)


async def test_the_passage_is_asked_for_the_sentence_in_the_form_of_the_judge(
    client: ScriptedClient, support: Support
) -> None:
    shots = passages(LESSON, "en")[0]
    assert await support.probability("**Nothing** is trained.", shots, "en") > 0.99
    (asked,) = client.requests
    assert asked.call == "choose"
    assert asked.messages[0].content == (
        "Answer: Few-shot prompting puts a handful of solved examples into the prompt. "
        "The weights of the model do not change.\nStatement: Nothing is trained.\nDoes the answer say this?"
    )


async def test_a_curve_with_a_baseline_asks_for_it(client: ScriptedClient) -> None:
    curve = msgspec.structs.replace(CURVE, baseline=-1.0)
    support = Support(Judge(client, CALIBRATION), curve)
    await support.probability("Nothing is trained.", passages(LESSON, "en")[0], "en")
    assert [each.messages[0].content.partition("\n")[0] for each in client.requests][1] == (
        "Answer: I don't know."
    )


@pytest.mark.parametrize(
    ("reply", "shown", "beyond"),
    [
        ("Nothing is trained [1].", "Nothing is trained [1].", []),
        ("Nothing is trained [2].", "Nothing is trained [1].", []),
        ("Nothing is trained.", "Nothing is trained [1].", []),
        ("Nothing is trained [9].", "Nothing is trained [1].", []),
        (
            "Bananas are yellow [1]. Loss falls.",
            "Bananas are yellow. Loss falls [2].",
            ["Bananas are yellow."],
        ),
        ("Great question! Which one?", "Great question! Which one?", []),
    ],
)
async def test_citations_are_set_right_and_the_rest_is_marked(
    support: Support, reply: str, shown: str, beyond: list[str]
) -> None:
    answered = await support.examine(reply, passages(LESSON, "en"), "en")
    assert answered.text == shown
    assert [answered.text[start:end] for start, end in answered.unsupported] == beyond
    assert {each.n for each in answered.citations} == {
        int(n) for n in "12" if f"[{n}]" in answered.text
    }


async def test_korean(support: Support) -> None:
    answered = await support.examine(
        "네! 가중치는 그대로예요. 바나나는 노랗습니다.", passages(LESSON, "ko"), "ko"
    )
    assert answered.text == "네! 가중치는 그대로예요 [1]. 바나나는 노랗습니다."
    assert [answered.text[slice(*span)] for span in answered.unsupported] == [
        "바나나는 노랗습니다."
    ]


async def test_what_is_supported_by_what_it_cites_is_asked_once(
    client: ScriptedClient, support: Support
) -> None:
    await support.examine("Nothing is trained [1]. Loss falls [2].", passages(LESSON, "en"), "en")
    assert len(client.requests) == 2


async def test_each_passage_is_read_once(client: ScriptedClient, support: Support) -> None:
    reply = "Nothing is trained [1]. Loss falls [2]. Weights stay as they are [1]."
    await support.examine(reply, passages(LESSON, "en"), "en")
    read_first = [each.messages[0].content.split("\n")[0] for each in client.requests]
    assert read_first == sorted(read_first, key=read_first.index)
    assert read_first[0] == read_first[1] != read_first[2]


async def test_a_long_reply_goes_to_the_judge_only_in_part(
    client: ScriptedClient, support: Support
) -> None:
    lines = "\n".join(f"Bananas of kind {'ABCDEFGHIJK'[at]} are yellow." for at in range(MOST + 3))
    answered = await support.examine(lines, passages(LESSON, "en"), "en")
    assert len({each.messages[0].content.split("\n")[1] for each in client.requests}) == MOST
    assert len(answered.unsupported) == MOST + 3


async def test_a_source_without_a_number_supports_and_is_not_cited(support: Support) -> None:
    card = Passage(UNNUMBERED, "", "", "token", "A piece of text. A piece of text is a token.")
    among = [card, *passages(LESSON, "en")]
    answered = await support.examine("Tokens are pieces.", among, "en")
    assert (answered.text, answered.citations, answered.unsupported) == (
        "Tokens are pieces.",
        [],
        [],
    )


def grader(tmp_path: Path, client: ScriptedClient, **changes: object) -> Grader:
    """A grader that finds an adapter for the scripted model."""
    folder = models(tmp_path, **changes)
    return Grader(
        client, calibrations=folder / "grading", adapters=folder / "adapters", tried=folder
    )


async def test_a_tuned_judge_is_asked_with_the_curve_of_its_calibration(
    tmp_path: Path, client: ScriptedClient
) -> None:
    found = await support_by(grader(tmp_path, client))
    assert found is not None
    assert found.curve == CURVE
    assert client.requests[0].call == "adapters"
    own = msgspec.structs.replace(CURVE, met=0.6)
    found = await support_by(grader(tmp_path, client, support=own))
    assert found is not None
    assert found.curve == own


async def test_who_was_not_tuned_for_it_is_not_asked(tmp_path: Path) -> None:
    untuned = ScriptedClient()
    assert await support_by(grader(tmp_path, untuned, adapter=None)) is None
    assert (
        await support_by(grader(tmp_path, untuned, points=msgspec.structs.replace(CURVE, met=2.0)))
        is None
    )
    assert await support_by(Grader(None)) is None
    server = ScriptedClient(capabilities=EVERYTHING - {"choose"})
    assert await support_by(grader(tmp_path, server)) is None


async def test_the_lesson_says_nothing_of_it(tmp_path: Path, client: ScriptedClient) -> None:
    client._replies = ["Bananas are yellow [1]. They grow in Peru."]
    followup = FollowUp(client, LESSON, "en", grader=grader(tmp_path, client))
    heard = await read(followup, "What falls as a power law?")
    support = await followup.support()
    assert support is not None
    answered = await followup.check(heard, support)
    assert answered.text == (
        "I don't find this in the lesson.\n\nBananas are yellow. They grow in Peru.\n\n"
        "Closest in the lesson is “Scaling laws” [2]."
    )
    assert answered.text[answered.quotes_from :].startswith("\n\nClosest")
    assert [answered.text[slice(*span)] for span in answered.unsupported] == [
        "Bananas are yellow.",
        "They grow in Peru.",
    ]


async def test_what_contradicts_the_lesson_is_marked_and_the_lesson_follows(
    tmp_path: Path, client: ScriptedClient
) -> None:
    wrong = "The loss rises as a power law when parameters, data and compute shrink together [2]."
    client._replies = [wrong]
    followup = FollowUp(client, LESSON, "en", grader=grader(tmp_path, client))
    heard = await read(followup, "What falls as a power law?")
    support = await followup.support()
    assert support is not None
    answered = await followup.check(heard, support)
    own, lesson = answered.text[: answered.quotes_from], answered.text[answered.quotes_from :]
    assert own == wrong.replace(" [2]", "")
    assert passages(LESSON, "en")[1].text in lesson
    assert answered.unsupported == [(0, len(own))]
    assert [each.n for each in answered.citations] == [2]


async def test_a_judge_that_fails_says_so(tmp_path: Path, client: ScriptedClient) -> None:
    followup = FollowUp(client, LESSON, "en", grader=grader(tmp_path, client))
    await read(followup, "What falls as a power law?")
    support = await followup.support()
    assert support is not None
    client.fail_next(WorkerDied("gone"))
    with pytest.raises(WorkerDied):
        await followup.check("Loss falls.", support)


def test_markdown_becomes_sentences() -> None:
    text = "Two **things**:\n\n| a | `b` |\n| --- | --- |\n| 1 | 2 |\n"
    assert plain(text) == "Two things:\n\na, b\n1, 2"


@pytest.mark.parametrize(
    ("sentence", "stands"),
    [
        ("The weights of the model do not change.", True),
        ("Few-shot prompting puts a handful of **solved examples** into the prompt", True),
        ("The weights of the model", False),
        ("The weights of the model change.", False),
        ("A handful of solved examples.", False),
        ("Loss falls.", False),
    ],
)
def test_word_for_word_is_a_sentence_or_its_beginning_that_denies_no_more(
    sentence: str, stands: bool
) -> None:
    assert stands_in(sentence, passages(LESSON, "en")[0]) is stands


async def test_what_stands_there_word_for_word_is_not_asked_about(client: ScriptedClient) -> None:
    support = Support(Judge(client, CALIBRATION), CURVE)
    reply = "퓨샷 프롬프팅은 풀이 예시 몇 개를 프롬프트에 넣는다."
    answered = await support.examine(reply, passages(LESSON, "ko"), "ko")
    assert answered.text == "퓨샷 프롬프팅은 풀이 예시 몇 개를 프롬프트에 넣는다 [1]."
    assert answered.unsupported == []
    assert client.requests == []


async def test_the_yes_or_no_before_it_is_not_asked_about(
    client: ScriptedClient, support: Support
) -> None:
    answered = await support.examine("No, nothing is trained.", passages(LESSON, "en"), "en")
    assert answered.text == "No, nothing is trained [1]."
    assert answered.unsupported == []


async def test_what_has_a_number_that_the_passage_lacks_is_no_news_of_it(
    client: ScriptedClient, support: Support
) -> None:
    answered = await support.examine("Nothing is trained in 2020.", passages(LESSON, "en"), "en")
    assert len(answered.unsupported) == 1
    assert client.requests == []
