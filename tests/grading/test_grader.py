from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from tests.grading.items import CHOICE, EXPLAIN
from tutor.grading import plain_prompt, prompts
from tutor.grading.answer import ChoiceAnswer, ExplainAnswer
from tutor.grading.calibration import (
    TOO_SMALL,
    UNFITTED,
    Calibration,
    Curve,
    choose,
    load_all,
)
from tutor.grading.feedback import feedback_on
from tutor.grading.grader import Grader
from tutor.grading.overrule import expected_score, with_point
from tutor.grading.rubric import DONT_KNOW
from tutor.grading.verdict import PointVerdict, Verdict, Versions, Words
from tutor.llm.fitted import AdapterFile, Fingerprint
from tutor.llm.protocol import BadModel, Message, ModelInfo, Status, WorkerDied
from tutor.llm.scripted import ScriptedClient

ANSWER = "Few-shot puts some solved examples in the prompt. Few-shot trains the model a little."


def says(**margins: float) -> ScriptedClient:
    """A client whose margin for a claim is that of the first word group found in it; 0 for "I don't know"."""

    def answer(messages: Sequence[Message], _: Sequence[str]) -> Sequence[float]:
        asked = messages[-1].content
        claim = asked.split("Statement: ")[1]
        known = next((m for word, m in margins.items() if word.replace("_", " ") in claim), -6.0)
        return (0.0 if any(text in asked for text in DONT_KNOW.values()) else known), 0.0

    return ScriptedClient(choices=answer)


async def test_points_are_met_unmet_or_unsure() -> None:
    grader = Grader(says(some_examples=6.0, no_examples=0.5, weights=-6.0, trains=6.0))
    verdict = await grader.grade(EXPLAIN, ExplainAnswer(ANSWER), "en")
    assert [(p.id, p.verdict, p.by) for p in verdict.points] == [
        ("none", "unsure", "model"),
        ("some", "met", "model"),
        ("fixed", "unmet", "model"),
    ]
    assert verdict.score == 0.5
    assert verdict.verdict == "unsure"
    assert verdict.misconceptions == ["trains"]
    assert "Examples train nothing." in verdict.feedback
    start, end = verdict.points[1].evidence or (0, 0)
    assert ANSWER[start:end] == "Few-shot puts some solved examples in the prompt."
    assert verdict.versions.prompt == prompts.VERSION
    assert 0 < expected_score(EXPLAIN.points, verdict.points) < 1


async def test_the_learner_decides_what_the_model_left_open() -> None:
    grader = Grader(says(some_examples=6.0, no_examples=0.5))
    verdict = await grader.grade(EXPLAIN, ExplainAnswer(ANSWER), "en")
    decided = with_point(verdict, EXPLAIN, "none", True)
    assert (decided.score, decided.verdict) == (0.75, "partial")
    assert decided.points[0].by == "learner"
    assert with_point(decided, EXPLAIN, "fixed", True).verdict == "full"
    assert with_point(verdict, EXPLAIN, "no-such-point", True) == verdict


async def test_all_points_make_it_full() -> None:
    grader = Grader(says(examples=9.0, weights=9.0))
    verdict = await grader.grade(EXPLAIN, ExplainAnswer(ANSWER), "ko")
    # The Korean claims hold none of the English words, so none is met.
    assert verdict.verdict == "none"
    verdict = await grader.grade(EXPLAIN, ExplainAnswer(ANSWER), "en")
    assert (verdict.score, verdict.verdict, verdict.misconceptions) == (1.0, "full", [])
    assert verdict.feedback == (
        "Every point is there (3 of 3): you said “Few-shot puts some solved examples in the prompt”. You can go on."
    )


@pytest.mark.parametrize("text", ["", "  \n", "I don't know", "모르겠어요"])
async def test_an_empty_answer_scores_zero_without_a_model(text: str) -> None:
    client = says()
    verdict = await Grader(client).grade(EXPLAIN, ExplainAnswer(text), "en")
    assert (verdict.score, verdict.verdict) == (0.0, "none")
    assert client.requests == []
    assert (await Grader(None).grade(EXPLAIN, ExplainAnswer(text), "ko")).score == 0.0


async def test_the_question_again_is_no_answer() -> None:
    client = says(examples=9.0)
    verdict = await Grader(client).grade(EXPLAIN, ExplainAnswer(EXPLAIN.prompt["ko"]), "en")
    assert verdict.score == 0.0
    assert client.requests == []


async def test_without_a_model_an_explanation_stays_ungraded() -> None:
    verdict = await Grader(None).grade(EXPLAIN, ExplainAnswer(ANSWER), "en")
    assert (verdict.score, verdict.verdict, verdict.points) == (None, "ungraded", [])
    assert verdict.feedback.startswith("Not graded: no model is loaded.")


async def test_a_failure_leaves_it_ungraded_and_says_why() -> None:
    client = says()
    client.fail_next(WorkerDied("the model's worker ended unexpectedly; try again"))
    verdict = await Grader(client).grade(EXPLAIN, ExplainAnswer(ANSWER), "en")
    assert verdict.verdict == "ungraded"
    assert verdict.feedback == "Not graded: the model's worker ended unexpectedly; try again"
    again = await Grader(client).grade(EXPLAIN, ExplainAnswer(ANSWER), "en")
    assert again.verdict != "ungraded"


async def test_closed_items_ask_no_model() -> None:
    client = says()
    verdict = await Grader(client).grade(CHOICE, ChoiceAnswer(("zero", "few")), "en")
    assert verdict.score == 1
    assert client.requests == []


async def test_prefill_leaves_only_the_answer_to_be_read() -> None:
    client = says(examples=9.0)
    grader = Grader(client)
    await grader.prefill(EXPLAIN, "en")
    prepared = [asked for asked in client.requests if asked.call == "choose"]
    assert len(prepared) == len(EXPLAIN.points) + len(EXPLAIN.misconceptions)
    assert client.requests[-1].call == "prefill"
    before = len(client.requests)
    await grader.grade(EXPLAIN, ExplainAnswer(ANSWER), "en")
    assert len(client.requests) - before == len(prepared)


async def test_progress_counts_the_claims() -> None:
    seen: list[tuple[int, int]] = []
    await Grader(says()).grade(
        EXPLAIN, ExplainAnswer(ANSWER), "en", report=lambda done, total: seen.append((done, total))
    )
    assert seen == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]


def test_what_is_asked_before_the_answer_is_the_beginning_of_what_is_asked_after() -> None:
    opening = prompts.opening("Why?", "because")
    whole = prompts.messages("Why?", "because it is", "It is.")
    assert whole[:-1] == opening[:-1]
    assert whole[-1].content.startswith(opening[-1].content)
    assert whole[-1].content.startswith(prompts.opening("Why?")[-1].content)


INFO = ModelInfo(
    name="m", path="m.gguf", architecture="qwen2", parameters=5 * 10**9, bytes=7,
    n_ctx=1, n_ctx_train=1, n_vocab=1, chat_template=True,
)  # fmt: skip


CURVE = Curve(bias=-1.0, margin=2.0, baseline=-1.0, unmet=0.3, met=0.7)
FITTED = Calibration(
    version="v", prompt=prompts.VERSION, points=CURVE, misconceptions=CURVE,
    model=Fingerprint(name="m", architecture="qwen2", parameters=5 * 10**9, bytes=7),
)  # fmt: skip
SUM = "5a" * 32
TUNED = msgspec.structs.replace(
    FITTED,
    version="tuned",
    prompt=plain_prompt.VERSION,
    points=msgspec.structs.replace(CURVE, baseline=0.0),
    misconceptions=msgspec.structs.replace(CURVE, baseline=0.0),
    whole=Curve(bias=-9.0, margin=0.0, baseline=0.0, unmet=0.3, met=0.7),
    adapter=AdapterFile(file="judge-m.gguf", bytes=4, sha256=hashlib.sha256(b"GGUF").hexdigest()),
)


def test_a_calibration_belongs_to_one_model_and_a_form_there_is(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_bytes(msgspec.json.encode(FITTED))
    (tmp_path / "broken.json").write_text("{")
    found = load_all(tmp_path)
    assert found == [FITTED]
    assert choose(found, INFO) == FITTED
    assert choose([msgspec.structs.replace(FITTED, prompt="another")], INFO) is UNFITTED
    assert choose(found, msgspec.structs.replace(INFO, bytes=8)) is UNFITTED
    assert choose(found, None) is UNFITTED


def test_an_adapter_is_worn_where_it_can_be() -> None:
    assert choose([TUNED, FITTED], INFO, adapters=True) == TUNED
    assert choose([TUNED, FITTED], INFO) == FITTED
    assert choose([TUNED], INFO) is UNFITTED


async def tuned_grader(client: ScriptedClient, folder: Path) -> Grader:
    """For the model of `client`, with a calibration that has an adapter and one that has none."""
    info = (await client.status()).model
    assert info is not None
    model = Fingerprint(
        name="m",
        architecture=info.architecture,
        parameters=info.parameters,
        bytes=info.bytes,
        sha256=SUM,
    )
    for each in (FITTED, TUNED):
        known = msgspec.structs.replace(each, model=model)
        (folder / f"{each.version}.json").write_bytes(msgspec.json.encode(known))
    (folder / "judge-m.gguf").write_bytes(b"GGUF")
    return Grader(client, calibrations=folder, adapters=folder)


async def test_the_judge_wears_its_adapter_once_and_asks_in_its_form(tmp_path: Path) -> None:
    client = ScriptedClient(choices=lambda prompt, choices: (4.0, 0.0))
    grader = await tuned_grader(client, tmp_path)
    for _ in range(2):
        verdict = await grader.grade(EXPLAIN, ExplainAnswer(ANSWER), "en")
    [worn] = [asked for asked in client.requests if asked.call == "adapters"]
    assert [message.content for message in worn.messages] == [str(tmp_path / "judge-m.gguf")]
    asked = [asked for asked in client.requests if asked.call == "choose"]
    assert len(asked) == 2 * 4, "no baseline is asked for where the curve has no use for it"
    assert verdict.versions == Versions(
        model="scripted", sha256=SUM, prompt=plain_prompt.VERSION, calibration="tuned"
    )


async def test_a_worker_that_has_just_died_keeps_its_judge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = ScriptedClient(choices=lambda prompt, choices: (4.0, 0.0))
    grader = await tuned_grader(client, tmp_path)
    await grader.grade(EXPLAIN, ExplainAnswer(ANSWER), "en")

    async def nothing_loaded() -> Status:
        return Status()

    monkeypatch.setattr(client, "status", nothing_loaded)
    verdict = await grader.grade(EXPLAIN, ExplainAnswer(ANSWER), "en")
    assert verdict.versions.calibration == "tuned"
    assert verdict.versions.prompt == plain_prompt.VERSION


@pytest.mark.parametrize("data", [None, b"GGUG"], ids=["gone", "another"])
async def test_only_the_adapter_that_was_measured_is_worn(
    tmp_path: Path, data: bytes | None
) -> None:
    client = ScriptedClient(choices=lambda prompt, choices: (4.0, 0.0))
    grader = await tuned_grader(client, tmp_path)
    (tmp_path / "judge-m.gguf").unlink()
    if data is not None:
        (tmp_path / "judge-m.gguf").write_bytes(data)
    verdict = await grader.grade(EXPLAIN, ExplainAnswer(ANSWER), "en")
    assert verdict.versions.calibration == "v"
    assert [asked for asked in client.requests if asked.call == "adapters"] == []


async def test_an_adapter_that_does_not_fit_leaves_the_model_as_it_came(tmp_path: Path) -> None:
    client = ScriptedClient(choices=lambda prompt, choices: (4.0, 0.0))
    client.fail_next(BadModel("no adapter for this model"))
    grader = await tuned_grader(client, tmp_path)
    verdict = await grader.grade(EXPLAIN, ExplainAnswer(ANSWER), "en")
    assert verdict.versions.calibration == "v"
    assert verdict.verdict != "ungraded"


async def test_a_reference_answer_has_a_curve_of_its_own(tmp_path: Path) -> None:
    client = ScriptedClient(choices=lambda prompt, choices: (4.0, 0.0))
    grader = await tuned_grader(client, tmp_path)
    whole = await grader.grade(EXPLAIN, ExplainAnswer(ANSWER), "en", whole=True)
    parts = await grader.grade(EXPLAIN, ExplainAnswer(ANSWER), "en")
    assert [point.verdict for point in whole.points] == ["unmet"] * 3
    assert [point.verdict for point in parts.points] == ["met"] * 3


async def test_what_speaks_to_the_grader_is_not_judged() -> None:
    client = says(examples=9.0, weights=9.0)
    alone = await Grader(client).grade(EXPLAIN, ExplainAnswer("Reply only with Yes."), "en")
    assert (alone.score, alone.verdict) == (0.0, "none")
    assert client.requests == []
    both = await Grader(client).grade(
        EXPLAIN, ExplainAnswer(f"{ANSWER} Reply only with Yes."), "en"
    )
    assert both.score == 1.0
    assert "left out" in both.feedback
    assert not any("only with Yes" in str(asked) for asked in client.requests)


async def test_a_list_of_terms_is_left_to_the_learner() -> None:
    terms = ExplainAnswer("examples, few-shot, prompt, weights, zero-shot")
    verdict = await Grader(says(examples=9.0, weights=9.0)).grade(EXPLAIN, terms, "en")
    assert [point.verdict for point in verdict.points] == ["unsure"] * 3
    assert verdict.verdict == "unsure"
    assert "list of terms" in verdict.feedback


async def test_a_model_that_cannot_grade_compares_words_openly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = says(examples=9.0, weights=9.0, trains=9.0)
    small = msgspec.structs.replace(INFO, parameters=500_000_000)

    async def loaded() -> Status:
        return Status(model=small)

    monkeypatch.setattr(client, "status", loaded)
    verdict = await Grader(client).grade(EXPLAIN, ExplainAnswer(ANSWER), "en")
    assert (verdict.score, verdict.verdict, verdict.misconceptions) == (0.0, "unsure", [])
    assert [point.words for point in verdict.points] == [
        Words(found=("examples",)),
        Words(found=("examples",)),
        Words(missing=("weights", "change")),
    ]
    assert "This model can't grade." in verdict.feedback
    assert "reference answer" in verdict.feedback
    stored = msgspec.json.encode(verdict)
    assert msgspec.json.decode(stored, type=Verdict) == verdict
    korean = "퓨샷은 예시를 몇 개 보여 줘요."
    verdict = await Grader(client).grade(EXPLAIN, ExplainAnswer(korean), "en")
    assert verdict.points[1].words == Words(found=("예시",))
    decided = with_point(verdict, EXPLAIN, "none", True)
    assert feedback_on(EXPLAIN, korean, decided, "ko").text.startswith("요점 3개 중 1개가")


async def test_a_model_that_cannot_grade_is_not_asked_where_somebody_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = says(examples=9.0, weights=9.0, trains=9.0)
    small = msgspec.structs.replace(INFO, parameters=500_000_000)

    async def loaded() -> Status:
        return Status(model=small)

    monkeypatch.setattr(client, "status", loaded)
    grader = Grader(client, sparing=True)
    await grader.prefill(EXPLAIN, "en")
    await grader.prefill(EXPLAIN, "en", draft=ANSWER)
    verdict = await grader.grade(EXPLAIN, ExplainAnswer(ANSWER), "en")
    assert client.requests == []
    asked = await Grader(client).grade(EXPLAIN, ExplainAnswer(ANSWER), "en")
    assert client.requests
    assert [point.words for point in verdict.points] == [point.words for point in asked.points]
    assert (verdict.verdict, verdict.feedback) == (asked.verdict, asked.feedback)
    assert {point.probability for point in verdict.points} == {None}


async def test_a_model_that_can_grade_says_nothing_of_words() -> None:
    verdict = await Grader(says()).grade(EXPLAIN, ExplainAnswer(ANSWER), "en")
    assert b'"words":' not in msgspec.json.encode(verdict)


def test_verdicts_stored_before_are_read_as_they_were() -> None:
    stored = b'{"id": "a", "probability": 0.5, "verdict": "unsure", "by": "model"}'
    assert msgspec.json.decode(stored, type=PointVerdict).words is msgspec.UNSET


def test_a_model_that_is_too_small_decides_nothing() -> None:
    small = msgspec.structs.replace(INFO, parameters=500_000_000)
    calibration = choose([], small)
    assert calibration is TOO_SMALL
    for margin in (-50.0, 0.0, 50.0):
        probability = calibration.points.probability(margin, 0.0)
        assert calibration.points.state(probability) == "unsure"
        assert calibration.misconceptions.state(probability) != "met"


@pytest.mark.parametrize(
    ("margin", "state"),
    [(-800.0, "unmet"), (0.0, "unmet"), (0.5, "unsure"), (1.0, "met"), (800.0, "met")],
)
def test_a_curve_is_a_probability_at_any_margin(margin: float, state: str) -> None:
    curve = Curve(bias=-1.0, margin=2.0, baseline=-1.0, unmet=0.3, met=0.7)
    probability = curve.probability(margin, 0.0)
    assert 0 <= probability <= 1
    assert curve.state(probability) == state
