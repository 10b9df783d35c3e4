"""From an open item to its verdict: drafts, handing in, grading. Each step is on disk before the next."""

from __future__ import annotations

from contextlib import suppress

from textual import on, work
from textual.containers import VerticalScroll

from tutor.content.schema import Explain
from tutor.grading.answer import Answer
from tutor.grading.fluency import reworded
from tutor.grading.verdict import Verdict
from tutor.llm.protocol import ModelError
from tutor.study.errors import StoreError
from tutor.ui.screens.quiz_card import ItemCard
from tutor.ui.screens.quiz_desk import Opening
from tutor.ui.screens.quiz_hints import HintingScreen
from tutor.ui.screens.quiz_keys import Phase
from tutor.ui.screens.quiz_waiting import WaitingLine
from tutor.ui.widgets.items import ItemWidget

DRAFT_DELAY = 0.4
"""Seconds from the first key of a draft until it is on disk."""


class AnsweringScreen(HintingScreen):
    """From the question to the verdict of one item."""

    # An item opens

    async def open_item(self, opening: Opening) -> None:
        """Put an item on the desk as it was left."""
        self.notice("")
        self.workers.cancel_group(self, "reword")
        self.stop_hint()
        card = ItemCard(opening, self.app.language, self.desk.state.seed)
        scroll = self.query_one(".quiz-body", VerticalScroll)
        await scroll.query(ItemCard).remove()
        self.card = card
        await scroll.mount(card, before=self.query_one(WaitingLine))
        await card.wait_for_refresh()
        card.answering.placed()
        await card.take_up()
        scroll.scroll_home(animate=False)
        self._opened_at, self._confirming = self._clock(), False
        attempt = opening.attempt
        self._seconds = attempt.seconds if attempt else None
        self.answer_id = attempt.id if attempt else None
        if attempt is None:
            self.enter(Phase.ANSWERING)
            card.answering.focus_answer()
            self.read_ahead()
            if draft := card.answering.draft():
                self.read_ahead(draft)
        else:
            await self.show_verdict(attempt.answer, attempt.verdict)

    # Drafts

    @on(ItemWidget.Drafted)
    def _drafted(self, event: ItemWidget.Drafted) -> None:
        event.stop()
        if self.phase is not Phase.ANSWERING or self.card is None:
            return
        if self._confirming:
            self._confirming = False
            self.notice("")
        self.desk.typed(self.card.item, event.text)
        self.read_ahead(event.text)
        if not self._saving:
            self._saving = True
            self.set_timer(DRAFT_DELAY, self.save_draft)

    # Handing in and grading

    def action_hand_in(self) -> None:
        if self.card is not None:
            self.card.answering.hand_in()

    @on(ItemWidget.Refused)
    def _refused(self, event: ItemWidget.Refused) -> None:
        event.stop()
        self.notice(self.strings("quiz.choose_first"))

    @on(ItemWidget.Submitted)
    def _submitted(self, event: ItemWidget.Submitted) -> None:
        event.stop()
        if self.phase is not Phase.ANSWERING or self.card is None:
            return
        if event.missing and not self._confirming:
            self._confirming = True
            self.notice(
                self.strings(f"quiz.confirm.{self.card.answering.KIND}", count=event.missing)
            )
            return
        self.notice("")
        self._seconds = self._clock() - self._opened_at
        self.stop_reading()
        self.stop_hint()
        self.enter(Phase.GRADING)
        self._grading = self._hand_in(self.card, event.answer)

    @work(group="grade", exclusive=True)
    async def _hand_in(self, card: ItemCard, answer: Answer) -> None:
        try:
            self.answer_id = await self.desk.hand_in(
                card.item, answer, self.app.language, card.hints.used, self._seconds or 0.0
            )
        except StoreError as error:
            self.app.error(error)
            self.enter(Phase.ANSWERING)
            return
        await self._grade(card, answer)

    def action_grade(self) -> None:
        """Grade the kept answer again."""
        card = self.card
        if card is not None and card.result.answer is not None:
            self.enter(Phase.GRADING)
            self._grading = self._grade_again(card, card.result.answer)

    @work(group="grade", exclusive=True)
    async def _grade_again(self, card: ItemCard, answer: Answer) -> None:
        await self._grade(card, answer)

    async def _grade(self, card: ItemCard, answer: Answer) -> None:
        waiting = self.query_one(WaitingLine)
        if isinstance(card.item, Explain):
            await card.handed_in(answer, "")
            if self.app.client is not None:
                waiting.start(len(card.item.points))
                self.call_after_refresh(waiting.scroll_visible, animate=False)
        try:
            verdict = await self.app.grader.grade(
                card.item,
                answer,
                self.app.language,
                sections=card.lesson.sections,
                report=waiting.report,
            )
        finally:
            waiting.stop()
        try:
            if self.answer_id is not None:
                await self.desk.judge(self.answer_id, verdict)
        except StoreError as error:
            self.app.error(error)
        await self.show_verdict(answer, verdict)
        settled = verdict.versions.model is not None and verdict.verdict != "unsure"
        if self.app.workspace.settings.fluent_feedback and settled:
            self._reword(card)

    @work(group="reword", exclusive=True)
    async def _reword(self, card: ItemCard) -> None:
        """Smoother words for feedback that is on the screen already; if the model has none, they stay as they are."""
        feedback, client = card.result.feedback, self.app.client
        if client is not None:
            with suppress(ModelError):
                if words := await reworded(client, feedback, card.language):
                    card.result.reword(feedback, words)

    async def action_cancel(self) -> None:
        """Stop grading; the answer stays handed in."""
        card, answer = self.card, self.card.result.answer if self.card else None
        if self._grading is not None and card is not None and answer is not None:
            self._grading.cancel()
            self.query_one(WaitingLine).stop()
            await self.show_verdict(answer, None)

    async def show_verdict(self, answer: Answer, verdict: Verdict | None) -> None:
        """Show how a recorded answer did; None or "ungraded": it waits to be graded."""
        card = self.card
        if card is None:
            return
        if verdict is not None and verdict.score is not None:
            await card.judged(answer, verdict)
            self.enter(Phase.GRADED)
        else:
            await card.waits(answer, self.why_ungraded(verdict))
            self.enter(Phase.UNGRADED)
        self.settle_focus()

    def why_ungraded(self, verdict: Verdict | None) -> str:
        """One line: what happened, and the key that mends it."""
        if isinstance(self.card.item if self.card else None, Explain) and self.app.client is None:
            return self.strings("quiz.no_model")
        return verdict.feedback if verdict and verdict.feedback else self.strings("quiz.not_graded")

    def settle_focus(self) -> None:
        """Off the answer, so that single letters are keys again, with the result in sight."""
        card = self.card
        if card is None:
            return
        points = card.result.points
        if points is not None and points.display:
            points.focus(scroll_visible=False)
        else:
            self.query_one(".quiz-body", VerticalScroll).focus(scroll_visible=False)
        self.call_after_refresh(
            card.result.scroll_visible, animate=False, top=bool(card.result.text)
        )
