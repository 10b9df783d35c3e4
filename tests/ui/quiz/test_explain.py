"""An answer in one's own words: kept before it is graded, judged point by point, and open to argument."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec import UNSET

from tests.ui.quiz import sample
from tests.ui.quiz.conftest import Open, Sitting
from tutor.grading.answer import ExplainAnswer
from tutor.grading.calibration import TOO_SMALL, Calibration
from tutor.grading.grader import Grader
from tutor.grading.verdict import Verdict
from tutor.llm.protocol import Message, WorkerDied
from tutor.llm.scripted import ScriptedClient
from tutor.study import record
from tutor.ui.screens import quiz_frame
from tutor.ui.screens.quiz_keys import Phase
from tutor.ui.screens.quiz_passage import PassageDialog

KEY = "basics/shots"


def kept(sitting: Sitting) -> tuple[str, Verdict | None]:
    """What the record holds: the words of the last answer, and its verdict."""
    given = record.last_answer(sitting.store, KEY)
    assert given is not None
    answer, verdict = given
    assert isinstance(answer, ExplainAnswer)
    return answer.text, verdict


def states(verdict: Verdict | None) -> list[str]:
    assert verdict is not None
    return [point.verdict for point in verdict.points]


async def test_graded_point_by_point_with_the_words_in_sight(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        await sitting.write(sample.HALF)
        await sitting.press("ctrl+s")
        text, verdict = kept(sitting)
        assert text == sample.HALF
        assert states(verdict) == ["met", "met", "unmet"]
        for shown in (
            "Few-shot puts some solved examples in the prompt, zero-shot none.",
            "◐ 2 of 3 points",
            "✓ Zero-shot has no examples.",
            "✗ The weights do not change.",
            "→ What stays the same",
            "A common mix-up: “Few-shot trains the model.”",
            "Examples in a prompt change no weights.",
        ):
            assert shown in sitting.words
        before = sitting.screen
    async with sit(sample.SHOTS) as again:
        assert again.screen == before


def read(sitting: Sitting) -> list[str]:
    """What the model was given to read ahead, by the last words of each."""
    asked = [each for each in sitting.client.requests if each.call == "prefill"]
    return [each.messages[-1].content.rpartition("Answer:")[2].strip() for each in asked]


async def test_the_model_reads_the_question_at_once_and_the_answer_when_typing_pauses(
    sit: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quiz_frame, "PAUSE", 0.02)
    async with sit(sample.SHOTS) as sitting:
        assert read(sitting) == [""]
        before = len(sitting.client.requests)
        await sitting.write("Zero-shot")
        await sitting.until(lambda: read(sitting)[1:])
        assert read(sitting)[-1] == "Zero-shot"
        assert {each.call for each in sitting.client.requests[before:]} == {"prefill"}


async def test_a_draft_that_was_left_is_read_when_the_item_opens_again(
    sit: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quiz_frame, "PAUSE", 0.02)
    async with sit(sample.SHOTS) as sitting:
        await sitting.write("Zero-shot")
        await sitting.until(lambda: read(sitting)[-1] == "Zero-shot")
        earlier = len(read(sitting))
    async with sit(sample.SHOTS) as again:
        await again.until(lambda: read(again)[earlier:][-1:] == ["Zero-shot"])
        assert read(again)[earlier:] == ["", "Zero-shot"]


async def test_unsure_points_are_answered_by_the_learner(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        await sitting.write("maybe none and some solved examples")
        await sitting.press("ctrl+s")
        assert states(kept(sitting)[1]) == ["met", "met", "unsure"]
        assert "Did you say it?" in sitting.screen
        assert "Zero-shot gives only the task" in sitting.words
        await sitting.press("y")
        _, verdict = kept(sitting)
        assert states(verdict) == ["met", "met", "met"]
        assert verdict is not None
        assert verdict.score == 1
        assert verdict.points[2].by == "learner"
        assert "✓ 3 of 3 points" in sitting.words
        assert "as you say" in sitting.screen


async def test_where_the_model_cannot_grade_words_are_compared_beside_each_point(
    sit: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def tried(grader: Grader) -> Calibration:
        return TOO_SMALL

    monkeypatch.setattr(Grader, "_calibrated", lambda grader, client, info: tried(grader))
    async with sit(sample.SHOTS, size=(80, 50)) as sitting:
        await sitting.write(sample.HALF)
        await sitting.press("ctrl+s")
        assert states(kept(sitting)[1]) == ["unsure"] * 3
        for shown in (
            "This model can't grade.",
            "Words found: solved, examples.",
            "Not found: weights, change.",
            "A full answer",
        ):
            assert shown in sitting.words
        before = kept(sitting)[1]
        await sitting.press("y", "n", "n")
        assert states(kept(sitting)[1]) == ["met", "unmet", "unmet"]
        assert "can't grade" not in sitting.words
        assert before is not None
        assert all(point.words is not UNSET for point in before.points)


async def test_the_next_step_follows_language_and_learner(sit: Open) -> None:
    async with sit(sample.SHOTS, language="ko", size=(100, 50)) as sitting:
        await sitting.write("아마 예시가 없다, 예시를 몇 개 넣는다")
        await sitting.press("f5")
        assert "확신이 서지 않는 요점이 1개 있으니 모범 답안과 견주어 보세요." in sitting.words
        await sitting.press("n")
        assert "‘바뀌지 않는 것’ 부분을 다시 읽고 자신의 말로 써 보세요." in sitting.words
        await sitting.press("f2")
        assert (
            "Next, read “What stays the same” again and say it in your own words." in sitting.words
        )
        await sitting.press("o", "enter")
        assert "You can go on." in sitting.words


async def test_what_stands_beside_the_points_is_not_said_twice(sit: Open) -> None:
    async with sit(sample.SHOTS, size=(100, 50)) as sitting:
        await sitting.write(sample.HALF)
        await sitting.press("ctrl+s")
        assert FEEDBACK in sitting.words
        assert sitting.words.count("The weights do not change") == 1
        assert sitting.words.count("“zero-shot none") == 1
        assert "Still missing" not in sitting.words


def rewording(client: ScriptedClient, words: str, *, held: bool = False) -> None:
    """What the model answers in a chat; `held` back after its first word until `release`."""

    def reply(messages: Sequence[Message]) -> str:
        if held:
            client.hold()
        return words

    client._replies = reply


FEEDBACK = "First look at the mix-up below."
SMOOTH = (
    "You clearly said “zero-shot none” and “Few-shot puts some solved examples in the prompt”. Still missing is the point "
    "that the weights do not change (“What stays the same”). Let's first look at the mix-up below."
)


async def test_feedback_in_the_models_words_comes_after_the_verdict(sit: Open) -> None:
    async with sit(sample.SHOTS, size=(100, 50), fluent=True) as sitting:
        rewording(sitting.client, SMOOTH)
        await sitting.write(sample.HALF)
        asked = len(sitting.client.requests)
        await sitting.press("ctrl+s")
        assert SMOOTH in sitting.words
        assert sitting.client.requests[asked:][-1].call == "chat"
        _, verdict = kept(sitting)
        assert verdict is not None
        assert "You clearly said" not in verdict.feedback
        await sitting.press("f", "f")
        assert SMOOTH in sitting.words
        await sitting.press("o", "enter")
        assert FEEDBACK in sitting.words
        assert "clearly" not in sitting.words


async def test_the_verdict_does_not_wait_for_the_models_words(sit: Open) -> None:
    async with sit(sample.SHOTS, size=(100, 50), fluent=True) as sitting:
        rewording(sitting.client, SMOOTH, held=True)
        await sitting.write(sample.HALF)
        await sitting.pilot.press("ctrl+s")
        await sitting.until(lambda: FEEDBACK in sitting.words)
        assert sitting.quiz.phase is Phase.GRADED
        assert states(kept(sitting)[1]) == ["met", "met", "unmet"]
        sitting.client.release()
        await sitting.settled()
        assert SMOOTH in sitting.words


@pytest.mark.parametrize(
    ("fluent", "words"), [(True, f"{SMOOTH} The model is frozen."), (False, SMOOTH)]
)
async def test_a_new_claim_is_not_shown_and_nobody_asks_unbidden(
    sit: Open, fluent: bool, words: str
) -> None:
    async with sit(sample.SHOTS, size=(100, 50), fluent=fluent) as sitting:
        rewording(sitting.client, words)
        await sitting.write(sample.HALF)
        await sitting.press("ctrl+s")
        assert FEEDBACK in sitting.words
        assert "clearly" not in sitting.words
        assert any(each.call == "chat" for each in sitting.client.requests) is fluent


async def test_no_in_hangul_mode_decides_against_the_point(sit: Open) -> None:
    async with sit(sample.SHOTS, language="ko") as sitting:
        await sitting.write("아마 예시가 없다, 예시를 몇 개 넣는다")
        await sitting.press("f5")
        assert states(kept(sitting)[1]) == ["met", "met", "unsure"]
        await sitting.press("ㅜ")
        assert states(kept(sitting)[1]) == ["met", "met", "unmet"]
        assert "요점 3개 중 2개" in sitting.screen


async def test_overruling_flips_the_chosen_point_and_back(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        await sitting.write(sample.HALF)
        await sitting.press("ctrl+s", "o", "enter")
        _, verdict = kept(sitting)
        assert states(verdict) == ["met", "met", "met"]
        assert verdict is not None
        assert verdict.score == 1
        await sitting.press("up", "up", "enter", "escape")
        _, verdict = kept(sitting)
        assert states(verdict) == ["unmet", "met", "met"]
        assert sitting.quiz.phase is Phase.GRADED
        assert len(list(sitting.store.events("overrule"))) == 2
    async with sit(sample.SHOTS) as again:
        assert "as you say" in again.screen


async def test_a_failing_model_leaves_the_answer_kept_and_ungraded(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        await sitting.write(sample.FULL)
        sitting.client.fail_next(WorkerDied("the model stopped; press Enter to try again"))
        await sitting.press("ctrl+s")
        assert sitting.quiz.phase is Phase.UNGRADED
        text, verdict = kept(sitting)
        assert text == sample.FULL
        assert verdict is not None
        assert verdict.score is None
        assert "the model stopped" in sitting.words
        assert "n Next" in sitting.screen
        await sitting.press("ㅎ")
        assert states(kept(sitting)[1]) == ["met", "met", "met"]
        assert "✓ 3 of 3 points" in sitting.words
        assert len(list(sitting.store.events("answer"))) == 1


async def test_escape_stops_grading_and_enter_takes_it_up_again(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        await sitting.write(sample.FULL)
        sitting.client.hold()
        await sitting.pilot.press("ctrl+s")
        await sitting.until(lambda: "Checking your answer" in sitting.screen)
        assert kept(sitting) == (sample.FULL, None)
        await sitting.press("escape")
        assert sitting.quiz.phase is Phase.UNGRADED
        assert "Checking" not in sitting.screen
        assert "Enter grades it" in sitting.words
        assert sample.FULL.split(",")[0] in sitting.words
        sitting.client.release()
        await sitting.press("enter")
        assert states(kept(sitting)[1]) == ["met", "met", "met"]


async def test_killed_while_grading_comes_back_to_the_kept_answer(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        await sitting.write(sample.FULL)
        sitting.client.hold()
        await sitting.pilot.press("ctrl+s")
        await sitting.until(lambda: record.last_answer(sitting.store, KEY))
        sitting.client.release()
        sitting.app.workers.cancel_all()
    async with sit(sample.SHOTS) as again:
        assert again.quiz.phase is Phase.UNGRADED
        await again.press("enter")
        assert states(kept(again)[1]) == ["met", "met", "met"]


async def test_without_a_model_the_answer_is_kept_to_compare(sit: Open) -> None:
    async with sit(sample.SHOTS, model=False) as sitting:
        await sitting.write("Nothing much.")
        await sitting.press("ctrl+s")
        assert kept(sitting)[0] == "Nothing much."
        for shown in (
            "Your answer is saved",
            "m gets a model",
            "· The weights do not change.",
            "A full answer",
        ):
            assert shown in sitting.words
        await sitting.press("f2")
        assert "m을 누르면" in sitting.words
        assert "· 가중치는 바뀌지 않는다." in sitting.words


async def test_nothing_written_is_asked_about_and_scores_nothing(sit: Open) -> None:
    async with sit(sample.SHOTS, model=False) as sitting:
        await sitting.press("ctrl+s")
        assert "Hand in again" in sitting.screen
        await sitting.write("x")
        assert "Hand in again" not in sitting.screen
        await sitting.press("backspace", "ctrl+s", "ctrl+s")
        text, verdict = kept(sitting)
        assert text == ""
        assert verdict is not None
        assert verdict.score == 0
        assert "(nothing written)" in sitting.screen


async def test_a_draft_is_on_disk_before_anything_else_and_comes_back(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        await sitting.write("제로샷은 ")
        await sitting.quiz.save_draft()
        assert sitting.store.draft(KEY) == "제로샷은 "
        await sitting.press("f2")
        assert "제로샷은" in sitting.screen
        await sitting.write("예시가 없다")
    async with sit(sample.SHOTS) as again:
        assert again.quiz.card.answering.draft() == "제로샷은 예시가 없다"
        await again.press("ctrl+s")
        assert again.store.draft(KEY) is None


async def test_a_long_draft_comes_back_wrapped(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        await sitting.write(sample.HALF)
    async with sit(sample.SHOTS) as again:
        assert again.quiz.card.answering.area.wrapped_document.height == 2
        assert "zero-shot none. Few-shot trains the model a little." in again.words.replace(
            "▌ ", ""
        )


async def test_hints_one_by_one_counted_and_remembered(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        await sitting.press("f3")
        assert "Hint 1 of 2 What stands in the prompt?" in sitting.words
        assert "Count the solved" not in sitting.screen
        assert "hints 1" in sitting.screen
    async with sit(sample.SHOTS) as again:
        assert "hints 1" in again.screen
        await again.press("f3")
        assert "Hint 2 of 2" in again.screen
        await again.press("f2")
        assert "힌트 2/2 풀어 놓은 예시를" in again.words
        await again.write("none")
        await again.press("ctrl+s")
        (attempt,) = record.history(again.store, KEY)
        assert attempt.hints_used == 2
        assert len(list(again.store.events("hint"))) == 2


async def test_letters_are_text_while_writing(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        await sitting.press("h", "b", "o", "p", "n", "ㅐ")
        assert sitting.quiz.card.answering.draft() == "hbopnㅐ"
        assert sitting.quiz.card.hints.shown == 0


async def test_the_passage_of_the_point_and_the_full_answer(sit: Open) -> None:
    async with sit(sample.SHOTS) as sitting:
        await sitting.write(sample.HALF)
        await sitting.press("ctrl+s", "p")
        assert isinstance(sitting.app.screen, PassageDialog)
        assert "Examples in a prompt do not change the weights" in sitting.words
        await sitting.press("escape", "down", "ㅔ")
        assert "A prompt without examples is called zero-shot" in sitting.words
        await sitting.press("escape", "f")
        assert (
            "Zero-shot gives only the task"
            in sitting.quiz.card.result.query_one(".result-reference").source
        )
        assert sitting.quiz.card.result.query_one(".result-reference").display
        await sitting.press("f")
        assert not sitting.quiz.card.result.query_one(".result-reference").display
