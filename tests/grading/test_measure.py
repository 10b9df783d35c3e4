"""How long a verdict takes: read ahead first, then asked about all four points, or not at all."""

from __future__ import annotations

from tutor.grading import prompts
from tutor.grading.measure import ANSWER, four_points, rubric
from tutor.llm.protocol import NoModel
from tutor.llm.scripted import EVERYTHING, ScriptedClient


async def test_all_points_are_asked_about_after_the_answers_beginning_was_read() -> None:
    client = ScriptedClient()
    seconds = await rubric(client, "7f3a")
    assert seconds is not None
    assert seconds > 0
    calls = [request.call for request in client.requests if request.call in ("choose", "prefill")]
    last_read = len(calls) - 1 - calls[::-1].index("prefill")
    assert calls[last_read + 1 :] == ["choose"] * 4
    said = [request.messages[-1].content for request in client.requests]
    assert all("(7f3a)" in content for content in said)
    draft = prompts.opening(four_points("7f3a").prompt["en"], ANSWER.rsplit(" ", 5)[0])
    assert [r.messages for r in client.requests if r.call == "prefill"][-1] == tuple(draft)


async def test_a_client_that_cannot_read_ahead_is_measured_without() -> None:
    client = ScriptedClient(capabilities=EVERYTHING - {"prefill"})
    assert await rubric(client, "x") is not None


async def test_a_client_that_cannot_choose_is_not_asked() -> None:
    client = ScriptedClient(capabilities=EVERYTHING - {"choose"})
    assert await rubric(client, "x") is None
    assert client.requests == []


async def test_a_verdict_that_does_not_come_about_has_no_time() -> None:
    client = ScriptedClient(capabilities=EVERYTHING - {"prefill"})
    client.fail_next(NoModel("gone"))
    assert await rubric(client, "x") is None
