"""A reply on its way to the screen: whole, in order, and out of the way of keys."""

from __future__ import annotations

import asyncio
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.await_complete import AwaitComplete
from textual.widgets import Markdown

from tutor.ui.widgets.tutor_panel.paced import CALM, LONGEST, PACE, PacedText, pause

LONG_AGO = 0.0
moments = st.floats(0.0, 1e6)


class Counted(Markdown):
    """Keeps each piece it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.begun = asyncio.Event()

    def append(self, markdown: str) -> AwaitComplete:
        self.pieces.append(markdown)
        self.begun.set()
        return super().append(markdown)


class Page(App[None]):
    def compose(self) -> ComposeResult:
        yield Counted()


def test_paint_follows_paint_at_a_pace() -> None:
    assert pause(100.0, painted=100.0, typed=LONG_AGO) == pytest.approx(PACE)
    assert pause(100.0 + PACE, painted=100.0, typed=LONG_AGO) == 0.0


def test_a_key_holds_the_text_until_nobody_types() -> None:
    typed = 100.0 + PACE
    assert pause(typed, painted=100.0, typed=typed) == pytest.approx(CALM)
    assert pause(typed + CALM, painted=100.0, typed=typed) == 0.0


@given(now=moments, painted=moments, typed=moments)
def test_however_fast_keys_come_the_text_waits_no_longer_than_longest(
    now: float, painted: float, typed: float
) -> None:
    seconds = pause(now, painted=painted, typed=typed)
    assert 0.0 <= seconds <= max(0.0, painted + LONGEST - now)


async def test_many_pieces_are_few_paints_and_nothing_is_lost() -> None:
    app = Page()
    async with app.run_test():
        shown = app.query_one(Counted)
        text = PacedText(shown, lambda: LONG_AGO)
        for n in range(200):
            text.write(f"{n} ")
            await asyncio.sleep(0)
        await text.stop()
        assert shown.source == "".join(f"{n} " for n in range(200))
        assert len(shown.pieces) <= 3


async def test_the_first_piece_is_shown_at_once_the_next_after_the_keys() -> None:
    app = Page()
    async with app.run_test():
        shown = app.query_one(Counted)
        text = PacedText(shown, monotonic)  # a key just now, whenever it asks
        text.write("first ")
        await shown.begun.wait()
        text.write("held ")
        text.write("back")
        await asyncio.sleep(0)
        assert shown.pieces == ["first "]
        await text.stop()
        assert shown.pieces == ["first ", "held back"]


async def test_what_is_never_written_ends_too() -> None:
    app = Page()
    async with app.run_test():
        shown = app.query_one(Counted)
        await PacedText(shown, monotonic).stop()
        assert shown.pieces == []
