"""The whole way with the real SmolLM2-135M: from the package index to a grade and an answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.waiting import gone
from tutor.content.loader import LoadedCourse, load_course
from tutor.content.schema import Explain
from tutor.grading.answer import ExplainAnswer
from tutor.grading.grader import Grader
from tutor.grading.verdict import Verdict
from tutor.llm.catalog import CatalogModel
from tutor.llm.hosted import HostedClient
from tutor.llm.pull import PullProgress, pull
from tutor.llm.transfer import sha256_of
from tutor.paths import bundled
from tutor.tutoring.followup import FollowUp

ITEM = "zero-shot-vs-few-shot"
ANSWER = ExplainAnswer(
    text="A zero-shot prompt has no examples, a few-shot prompt has a few. The weights stay as they are."
)


@pytest.fixture(scope="module")
def course() -> LoadedCourse:
    loaded = load_course(bundled("content") / "llm-basics")
    assert loaded.course is not None
    return loaded.course


@pytest.mark.model
async def test_from_pull_to_a_grade_and_an_answer(
    smollm_entry: CatalogModel, course: LoadedCourse, tmp_path: Path
) -> None:
    steps: list[PullProgress] = []
    path = await pull(smollm_entry, tmp_path / "models", on_progress=steps.append)
    assert path == tmp_path / "models" / smollm_entry.file
    assert sha256_of(path, lambda _: None) == smollm_entry.sha256
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert {step.stage for step in steps} >= {"download", "verify"}
    assert steps[-1].done == steps[-1].total == smollm_entry.bytes

    # One thread: OpenMP collapses with more where other programs keep the cores busy.
    client = HostedClient(log=tmp_path / "model.log", threads=1)
    try:
        info = await client.load(path)
        assert (info.architecture, info.n_ctx) == ("llama", 4096)
        worker = (await client.status()).worker_pid
        verdict = await grade(client, course)
        await answer(client, course, verdict)
    finally:
        await client.close()
    assert worker is not None
    assert gone(worker)


async def grade(client: HostedClient, course: LoadedCourse) -> Verdict:
    found = course.find(ITEM)
    assert found is not None
    item = found[1]
    assert isinstance(item, Explain)
    grader = Grader(client)
    verdict = await grader.grade(item, ANSWER, "en")
    assert verdict.verdict in ("full", "partial", "none", "unsure")
    assert verdict.score is not None
    assert 0 <= verdict.score <= 1
    assert [point.id for point in verdict.points] == [point.id for point in item.points]
    assert all(0 <= (point.probability or 0) <= 1 for point in verdict.points)
    assert {point.by for point in verdict.points} == {"model"}
    assert verdict.feedback
    assert verdict.elapsed_ms > 0
    assert verdict.versions.model == "SmolLM2-135M-Instruct.Q4_1"
    assert verdict.versions.prompt
    assert verdict.versions.calibration
    empty = await grader.grade(item, ExplainAnswer(text="  "), "en")
    assert (empty.score, empty.verdict) == (0.0, "none")
    return verdict


async def answer(client: HostedClient, course: LoadedCourse, verdict: Verdict) -> None:
    found = course.find(ITEM)
    assert found is not None
    lesson, item = found
    talk = FollowUp(client, lesson, "en", item=item, answer=ANSWER, verdict=verdict, writes=True)
    pieces = [piece async for piece in talk.ask("Do the weights change with few-shot prompting?")]
    assert len(pieces) > 3
    answered = talk.finish("".join(pieces))
    assert answered.text.strip()
    assert answered.language == "en"
    numbers = range(1, len(lesson.sections) + 1)
    assert all(citation.n in numbers for citation in answered.citations)
