from __future__ import annotations

import ctypes
import threading

from hypothesis import given
from hypothesis import strategies as st

from tutor.llm.agenda import Agenda, rank_of
from tutor.llm.protocol import Lane, Sampling, Urgency
from tutor.llm.wire import AnyRequest, Chat, Choose, Load, Prefill, Tokenize


def chat(id: int, urgency: Urgency = "interactive") -> Chat:
    return Chat(id=id, messages=[], sampling=Sampling(), lane="chat", urgency=urgency)


def background(id: int) -> Choose:
    return Choose(id=id, prompt="", continuations=["a"], lane="judge", urgency="background")


def prefill(id: int, lane: Lane = "judge") -> Prefill:
    return Prefill(id=id, prompt="", lane=lane, open_turn=False)


def filled(*requests: AnyRequest) -> Agenda:
    agenda = Agenda()
    for request in requests:
        agenda.add(request)
    return agenda


def take(agenda: Agenda) -> int | None:
    """The id of what runs now; None when nothing is left. Never waits."""
    request = agenda.take() if any(agenda.waits(id) for id in range(100)) else None
    return request.id if request else None


def drained(agenda: Agenda) -> list[int]:
    """The ids in the order in which they are done."""
    ids = []
    while (id := take(agenda)) is not None:
        ids.append(id)
        agenda.done()
    return ids


def test_whoever_waits_goes_before_a_prefill_and_that_before_the_rest() -> None:
    agenda = filled(background(1), prefill(2), chat(3), background(4), Tokenize(id=5, text=""))
    assert drained(agenda) == [3, 5, 2, 1, 4]


def test_what_runs_gives_way_and_goes_on_before_what_came_later() -> None:
    agenda = filled(background(1), background(2))
    assert take(agenda) == 1
    agenda.add(chat(3))
    assert agenda.stop.is_set()
    assert not agenda.is_cancelled()
    assert agenda.put_back()
    assert drained(agenda) == [3, 1, 2]


def test_what_is_as_urgent_waits() -> None:
    agenda = filled(chat(1))
    take(agenda)
    for later in (chat(2), prefill(3), background(4)):
        agenda.add(later)
        assert not agenda.stop.is_set()


def test_a_prefill_replaces_the_older_ones_of_its_lane() -> None:
    agenda = filled(chat(9))
    take(agenda)
    assert agenda.add(prefill(1)) == []
    assert agenda.add(prefill(2, "chat")) == []
    assert agenda.add(prefill(3)) == [1]
    agenda.done()
    assert drained(agenda) == [2, 3]


def test_a_prefill_stops_the_one_of_its_lane_that_runs() -> None:
    agenda = filled(prefill(1))
    take(agenda)
    agenda.add(prefill(2, "chat"))
    assert not agenda.stop.is_set()
    agenda.add(prefill(3))
    assert agenda.stop.is_set()
    assert agenda.is_cancelled()
    assert not agenda.put_back()
    assert drained(agenda) == [2, 3]


def test_a_load_is_awaited() -> None:
    assert rank_of(Load(id=1, path="", n_ctx=1)) < rank_of(prefill(2)) < rank_of(background(3))


def test_a_cancelled_request_is_not_put_back() -> None:
    agenda = filled(background(1))
    take(agenda)
    agenda.add(chat(2))
    assert agenda.cancel(1) == []
    assert not agenda.put_back()
    assert drained(agenda) == [2]


def test_a_request_that_waits_is_taken_off() -> None:
    agenda = filled(chat(1), background(2))
    assert agenda.cancel(2) == [2]
    assert agenda.cancel(2) == []
    assert drained(agenda) == [1]


def test_a_cancel_that_comes_too_late_stops_nothing_else() -> None:
    agenda = filled(chat(1), chat(2))
    take(agenda)
    agenda.done()
    take(agenda)
    assert agenda.cancel(1) == []
    assert not agenda.stop.is_set()


def test_the_next_request_starts_with_the_flag_down() -> None:
    agenda = filled(chat(1), chat(2))
    take(agenda)
    agenda.cancel(1)
    agenda.done()
    assert take(agenda) == 2
    assert not agenda.stop.is_set()
    assert not agenda.is_cancelled()


def test_it_is_idle_when_nothing_runs_or_waits() -> None:
    agenda = filled()
    assert agenda.idle()
    agenda.add(chat(1))
    assert not agenda.idle()
    take(agenda)
    assert not agenda.idle()
    agenda.done()
    assert agenda.idle()


def test_what_is_left_is_done_after_the_close_and_whoever_waits_wakes() -> None:
    agenda = filled(chat(1))
    agenda.close()
    assert agenda.take() == chat(1)
    agenda.done()
    assert agenda.take() is None

    agenda, taken = Agenda(), []
    taker = threading.Thread(target=lambda: taken.append(agenda.take()), daemon=True)
    taker.start()
    agenda.close()
    taker.join(5)
    assert taken == [None]


def test_native_code_reads_the_flag_as_a_string_that_is_empty_while_it_is_down() -> None:
    agenda = filled(chat(1))
    take(agenda)
    flag = ctypes.cast(agenda.stop.cell, ctypes.c_char_p)
    assert flag.value == b""
    agenda.cancel(1)
    assert flag.value
    agenda.done()
    assert flag.value == b""


@given(st.lists(st.sampled_from(["chat", "prefill", "background", "take", "done", "cancel"])))
def test_every_request_runs_or_is_named_as_dropped_once(steps: list[str]) -> None:
    agenda, added, ended, running = Agenda(), set[int](), list[int](), None
    for id, step in enumerate(steps):
        if step in ("chat", "prefill", "background"):
            request = {"chat": chat, "prefill": prefill, "background": background}[step](id)
            added.add(id)
            ended += agenda.add(request)
        elif step == "cancel":
            ended += agenda.cancel(id - 1)
        elif step == "take" and running is None:
            running = take(agenda)
        elif step == "done" and running is not None:
            if not (agenda.stop.is_set() and agenda.put_back()):
                agenda.done()
                ended.append(running)
            running = None
    if running is not None:
        agenda.done()
        ended.append(running)
    assert sorted([*ended, *drained(agenda)]) == sorted(added)
