from __future__ import annotations

from collections.abc import Generator
from itertools import count

from tutor.llm.engine import Finish
from tutor.llm.streaming import INTERVAL, Streaming


def generated(
    text: str, finish: Finish, closed: list[bool] | None = None
) -> Generator[str, None, Finish]:
    try:
        yield from text
    finally:
        if closed is not None:
            closed.append(True)
    return finish


def clock(step: float, sent: list[str]) -> Streaming:
    """Each look at the clock is `step` seconds later than the last."""
    seconds = count(0.0, step)
    return Streaming(generated("abcdefgh", "stop"), sent.append, lambda: next(seconds))


def finish(streaming: Streaming) -> Finish:
    while (end := streaming.step()) is None:
        pass
    return end


def test_slow_tokens_are_sent_one_by_one() -> None:
    sent: list[str] = []
    assert finish(clock(2 * INTERVAL, sent)) == "stop"
    assert sent == list("abcdefgh")


def test_fast_tokens_are_sent_together_the_first_at_once_and_none_is_lost() -> None:
    sent: list[str] = []
    assert finish(clock(INTERVAL / 4, sent)) == "stop"
    assert sent[0] == "a"
    assert 1 < len(sent) < len("abcdefgh")
    assert "".join(sent) == "abcdefgh"


def test_nothing_is_sent_for_a_text_that_is_empty() -> None:
    sent: list[str] = []
    assert finish(Streaming(generated("", "length"), sent.append)) == "length"
    assert sent == []


def test_closing_ends_the_generation() -> None:
    closed: list[bool] = []
    streaming = Streaming(generated("abc", "stop", closed), lambda text: None)
    streaming.step()
    streaming.close()
    assert closed == [True]
