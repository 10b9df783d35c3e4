"""The hints of an open item: the author's, then the tutor's own, made while the learner may go on writing."""

from __future__ import annotations

import msgspec
from textual import work
from textual.worker import Worker, get_current_worker

from tutor.content.schema import Explain
from tutor.study.errors import StoreError
from tutor.study.record import OwnHint
from tutor.ui.screens.quiz_card import ItemCard
from tutor.ui.screens.quiz_frame import QuizFrame
from tutor.ui.screens.quiz_keys import Standing

THINKING_AFTER = 0.2
"""Seconds after which a hint that is not there yet is said to be on its way."""


class HintingScreen(QuizFrame):
    """One hint for each press of its key, on disk before it is shown."""

    _thinking: Worker[None] | None = None

    def standing(self) -> Standing:
        return msgspec.structs.replace(super().standing(), hinting=self.hinting)

    @property
    def hinting(self) -> bool:
        """Whether a hint of the tutor's own is being made."""
        return self._thinking is not None and not self._thinking.is_finished

    def action_hint(self) -> None:
        card = self.card
        if card is None:
            return
        if card.hints.left:
            self._author_hint(card)
        elif card.hints.room and isinstance(card.item, Explain):
            self._thinking = self._own_hint(card, card.item)
            self.refresh_bindings()

    def action_stop_hint(self) -> None:
        self.stop_hint()

    def stop_hint(self) -> None:
        """Give up the hint that is being made, if there is one."""
        if self._thinking is not None:
            self._thinking.cancel()
            self.notice("")
            self._thinking = None
            self.refresh_bindings()

    @work(group="hint", exclusive=True)
    async def _author_hint(self, card: ItemCard) -> None:
        await self._show_hint(card, None)

    @work(group="hint", exclusive=True)
    async def _own_hint(self, card: ItemCard, item: Explain) -> None:
        from tutor.tutoring.hints import next_hint

        mine = get_current_worker()
        self.notice("")
        waiting = self.set_timer(
            THINKING_AFTER, lambda: self.notice(self.strings("quiz.hint_thinking"))
        )
        said = ""
        try:
            hint = await next_hint(
                self.app.grader,
                self.course,
                card.lesson,
                item,
                card.answering.draft(),
                self.app.language,
                points=[own.point for own in card.hints.own],
                told=[own.text for own in card.hints.own],
            )
            if hint is not None:
                await self._show_hint(card, OwnHint(hint.text, hint.point))
            else:
                said = self.strings("quiz.hint_none")
        finally:
            waiting.stop()
            if self._thinking is mine:  # else another item is open, with a line of its own
                self._thinking = None
                self.notice(said)
                self.refresh_bindings()

    async def _show_hint(self, card: ItemCard, own: OwnHint | None) -> None:
        """The author's next hint, or one of the tutor's own."""
        hints = card.hints
        try:
            await self.desk.hinted(card.item, hints.used + 1, own)
        except StoreError as error:
            self.app.error(error)
        if own is None:
            await hints.open(hints.shown + 1, hints.own)
        else:
            await hints.open(hints.shown, [*hints.own, own])
        self.show_aside()
        self.refresh_bindings()
