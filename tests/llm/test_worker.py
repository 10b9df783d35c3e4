from __future__ import annotations

import io
from typing import Any

import pytest

from tests.llm.fake_engine import Bench
from tutor.llm import wire
from tutor.llm.protocol import (
    Adapter,
    Continuation,
    Lane,
    Message,
    Sampling,
    TokenChoice,
    Urgency,
)
from tutor.llm.wire import (
    Adapters,
    Cancel,
    Chat,
    Choose,
    Complete,
    Done,
    Failed,
    Hidden,
    Load,
    NextTokens,
    Piece,
    Prefill,
    Render,
    Step,
    Tokenize,
    frame,
)

LOAD = Load(id=1, path="fake.gguf", n_ctx=512, threads=1)


def prefill(id: int, text: str, lane: Lane = "judge") -> Prefill:
    return Prefill(id=id, prompt=[Message("user", text)], lane=lane, open_turn=False)


def choose(id: int, text: str, urgency: Urgency = "interactive") -> Choose:
    return Choose(
        id=id,
        prompt=[Message("user", text)],
        continuations=["Yes", "No"],
        lane="judge",
        urgency=urgency,
    )


def chat(id: int, text: str, urgency: Urgency = "interactive") -> Chat:
    return Chat(
        id=id,
        messages=[Message("user", text)],
        sampling=Sampling(),
        lane="chat",
        urgency=urgency,
    )


@pytest.fixture
def bench() -> Bench:
    return Bench()


def loaded(bench: Bench) -> Bench:
    bench.accept(LOAD, choose(2, "ready"))
    bench.start()
    bench.until_computing("ready")
    return bench


def test_every_request_gets_its_answer(bench: Bench) -> None:
    bench.accept(
        LOAD,
        chat(2, "hi"),
        Complete(id=3, prompt="hi", sampling=Sampling(), lane="chat"),
        choose(4, "hi"),
        Tokenize(id=5, text="hi"),
        Render(id=6, messages=[Message("user", "hi")]),
        prefill(7, "hi"),
        NextTokens(id=8, prompt="hi", top=2, lane="chat"),
        Hidden(id=9, prompt="hi", lane="chat"),
        Adapters(id=10, adapters=[Adapter("a.gguf")], lane="chat"),
    )
    bench.start()
    replies = bench.replies()
    assert bench.model is not None

    def done(id: int, **fields: Any) -> Done:
        return Done(id=id, kept=7, threads=1, **fields)

    assert replies == [
        Step(id=1, stage="load", done=0, total=100),
        Step(id=1, stage="load", done=50, total=100),
        Step(id=1, stage="load", done=100, total=100),
        done(1, model=bench.model.info),
        Piece(id=2, text="one"),
        Piece(id=2, text=" two"),
        done(2, finish="stop"),
        Piece(id=3, text="one"),
        Piece(id=3, text=" two"),
        done(3, finish="stop"),
        Step(id=4, stage="prompt", done=1, total=1),
        done(4, chosen=[Continuation("Yes", -1.0, 1), Continuation("No", -1.0, 1)]),
        done(5, tokens=[104, 105]),
        done(6, text="hi"),
        done(8, following=[TokenChoice(1, b"a", -0.5)] * 2),
        done(9, state=[0.5, 1.0]),
        done(10),
        done(7, cached=2),
    ]
    assert bench.model.asked[-2:] == ["adapter a.gguf", "prefill hi"]
    assert bench.model.rested == 1


def test_a_waiting_learner_goes_before_a_waiting_prefill(bench: Bench) -> None:
    bench.accept(LOAD, prefill(2, "later"), choose(3, "now"), Tokenize(id=4, text="now"))
    bench.start()
    assert list(bench.ends()) == [1, 3, 4, 2]


def test_a_running_prefill_gives_way_to_a_learner_and_goes_on_afterwards(bench: Bench) -> None:
    loaded(bench).accept(prefill(3, "wait"))
    bench.until_computing("wait")
    bench.accept(choose(4, "now"))
    bench.until_computing("now")
    assert bench.model is not None
    bench.model.go.set()
    assert list(bench.ends().items())[2:] == [(4, "done"), (3, "done")]


def test_what_nobody_waits_for_gives_way_to_a_prefill_and_goes_on_afterwards(bench: Bench) -> None:
    loaded(bench).accept(choose(3, "wait", "background"), choose(4, "later", "background"))
    bench.until_computing("wait")
    bench.accept(prefill(5, "now", "chat"))
    bench.until_computing("now")
    assert bench.model is not None
    bench.model.go.set()
    assert list(bench.ends())[2:] == [5, 3, 4]


def test_a_text_nobody_waits_for_gives_way_in_the_middle_and_is_whole_in_the_end(
    bench: Bench,
) -> None:
    loaded(bench).accept(chat(3, "wait", "background"))
    bench.until_computing("wait")
    bench.accept(choose(4, "now"))
    bench.until_computing("now")
    assert bench.model is not None
    bench.model.go.set()
    replies = bench.replies()
    said = [reply.text for reply in replies if isinstance(reply, Piece)]
    assert "".join(said) == "one two"
    assert [reply.id for reply in replies if isinstance(reply, Done)][2:] == [4, 3]


def test_a_text_that_gave_way_can_be_cancelled_before_it_goes_on(bench: Bench) -> None:
    loaded(bench).accept(chat(3, "wait", "background"))
    bench.until_computing("wait")
    bench.accept(choose(4, "wait more"))
    bench.until_computing("wait more")
    bench.accept(Cancel(id=3), Cancel(id=4))
    assert bench.ends() == {1: "done", 2: "done", 3: "cancelled", 4: "cancelled"}


def test_a_text_in_the_middle_does_not_go_on_with_another_model(bench: Bench) -> None:
    loaded(bench).accept(chat(3, "wait", "background"))
    bench.until_computing("wait")
    bench.accept(Load(id=4, path="fake.gguf", n_ctx=512))
    replies = bench.replies()
    assert replies[-1] == Failed(
        id=3, reason="failed", message="another model was loaded in the middle of it; ask again"
    )


def test_a_newer_prefill_of_the_lane_replaces_the_one_that_runs(bench: Bench) -> None:
    loaded(bench).accept(prefill(3, "wait"))
    bench.until_computing("wait")
    bench.accept(prefill(4, "newer"))
    assert bench.ends() == {1: "done", 2: "done", 3: "cancelled", 4: "done"}


def test_a_newer_prefill_of_the_lane_replaces_those_that_wait(bench: Bench) -> None:
    bench.accept(LOAD, prefill(2, "a"), prefill(3, "b"), prefill(4, "c", "chat"), prefill(5, "d"))
    bench.start()
    assert bench.ends() == {1: "done", 2: "cancelled", 3: "cancelled", 4: "done", 5: "done"}
    assert bench.model is not None
    assert bench.model.asked == ["prefill c", "prefill d"]


def test_a_prefill_of_the_other_lane_waits_for_its_turn(bench: Bench) -> None:
    loaded(bench).accept(prefill(3, "wait"))
    bench.until_computing("wait")
    bench.accept(prefill(4, "other", "chat"))
    assert bench.model is not None
    bench.model.go.set()
    assert bench.ends() == {1: "done", 2: "done", 3: "done", 4: "done"}


def test_a_learner_is_never_stopped_by_what_comes_after(bench: Bench) -> None:
    loaded(bench).accept(choose(3, "wait"))
    bench.until_computing("wait")
    bench.accept(prefill(4, "next"), choose(5, "next"))
    assert bench.model is not None
    bench.model.go.set()
    assert set(bench.ends().values()) == {"done"}


def test_cancel_of_what_waits_keeps_it_from_running(bench: Bench) -> None:
    bench.accept(LOAD, choose(2, "a"), prefill(3, "b"), Cancel(id=2), Cancel(id=3), choose(4, "c"))
    bench.start()
    assert bench.ends() == {2: "cancelled", 3: "cancelled", 1: "done", 4: "done"}
    assert bench.model is not None
    assert bench.model.asked == ["choose c"]


def test_cancel_of_what_runs_stops_it_in_the_middle(bench: Bench) -> None:
    loaded(bench).accept(choose(3, "wait"))
    bench.until_computing("wait")
    bench.accept(Cancel(id=3), choose(4, "next"))
    assert bench.ends() == {1: "done", 2: "done", 3: "cancelled", 4: "done"}


def test_cancel_of_an_answer_stops_it_after_what_was_said(bench: Bench) -> None:
    loaded(bench).accept(chat(3, "wait"))
    bench.until_computing("wait")
    bench.accept(Cancel(id=3))
    said = [reply for reply in bench.replies() if not isinstance(reply, Step) and reply.id == 3]  # type: ignore[union-attr]
    assert said == [Piece(id=3, text="one"), Failed(id=3, reason="cancelled", message="cancelled")]


def test_cancel_of_what_is_done_or_was_never_asked_stops_nothing(bench: Bench) -> None:
    loaded(bench).accept(Cancel(id=1), Cancel(id=99), choose(3, "next"), Cancel(id=1))
    assert bench.ends() == {1: "done", 2: "done", 3: "done"}


def test_without_a_model_there_is_one_line_that_says_what_to_do(bench: Bench) -> None:
    bench.accept(choose(1, "a"))
    bench.start()
    message = "no model is loaded; choose one with `tutor models use NAME`"
    assert bench.replies() == [Failed(id=1, reason="no_model", message=message)]


def test_a_model_that_is_bad_leaves_no_model_and_a_worker_that_goes_on(bench: Bench) -> None:
    bad = Load(id=2, path="bad.gguf", n_ctx=512)
    again = Load(id=4, path="fake.gguf", n_ctx=512)
    bench.accept(LOAD, bad, choose(3, "a"), again, choose(5, "b"))
    bench.start()
    assert bench.ends() == {1: "done", 2: "bad_model", 3: "no_model", 4: "done", 5: "done"}
    assert [model.closed for model in bench.models] == [True, False]


def test_what_breaks_is_one_failure_of_one_request(bench: Bench) -> None:
    bench.accept(LOAD, choose(2, "break"), choose(3, "too long"), choose(4, "fine"))
    bench.start()
    failures = [reply for reply in bench.replies() if isinstance(reply, Failed)]
    assert failures == [
        Failed(
            id=2,
            reason="failed",
            message="the model's worker failed (RuntimeError: it[31m is broken)",
        ),
        Failed(id=3, reason="too_long", message="shorten it"),
    ]


def test_an_answer_that_fits_no_frame_is_a_failure(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "MAX_FRAME", 200)
    bench.accept(LOAD, Tokenize(id=2, text="a" * 300), Tokenize(id=3, text="ab"))
    bench.start()
    failed = Failed(id=2, reason="failed", message="the text is too long; shorten it")
    assert bench.replies()[-2:] == [failed, Done(id=3, tokens=[97, 98], kept=7, threads=1)]


def test_listening_ends_with_the_pipe(bench: Bench) -> None:
    bench.worker.listen(io.BytesIO(frame(LOAD) + frame(choose(2, "a")) + frame(LOAD)[:-1]))
    bench.start()
    assert bench.ends() == {1: "done", 2: "done"}


@pytest.mark.parametrize(
    "garbage",
    [b"hello, worker\n", b"\x01\x00\x00\x00\xc1", b"\x02\x00\x00\x00\x81\x01", frame(Done(id=1)), b"\0" * 8],
)  # fmt: skip
def test_bytes_that_are_no_request_are_not_guessed_at(bench: Bench, garbage: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        bench.worker.listen(io.BytesIO(garbage))
