"""A session of items: one after another, with all that can be asked about a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from textual import on, work
from textual.containers import Container

from tutor.content.schema import Explain, say
from tutor.study.errors import StoreError
from tutor.ui.screens.quiz_answering import AnsweringScreen
from tutor.ui.screens.quiz_card import ItemCard
from tutor.ui.screens.quiz_desk import session_title
from tutor.ui.screens.quiz_keys import Phase, Standing
from tutor.ui.screens.quiz_passage import PassageDialog
from tutor.ui.widgets.result import PointList
from tutor.ui.widgets.tutor_panel import TutorPanel

if TYPE_CHECKING:
    from tutor.tutoring.followup import FollowUp
    from tutor.tutoring.socratic import SocraticTalk


class QuizScreen(AnsweringScreen):
    """Resumes where the session stands; leaving it loses nothing."""

    def on_mount(self) -> None:
        super().on_mount()
        self.watch(self.app, "model", self._model_changed, init=False)
        self.set_interval(1, self.show_aside)
        self._go(self.desk.state.position)

    def standing(self) -> Standing:
        now = super().standing()
        points = self.points
        return msgspec.structs.replace(
            now,
            asking=self.panel is not None and self.panel.has_focus_within,
            unsure=self.phase is Phase.GRADED and points is not None and points.unsure is not None,
            points=self.phase is Phase.GRADED and points is not None,
            choosing=points is not None and points.choosing,
        )

    @property
    def points(self) -> PointList | None:
        return self.card.result.points if self.card and self.card.result.answer else None

    @property
    def panel(self) -> TutorPanel | None:
        return next(iter(self.query(TutorPanel)), None)

    def relabel(self) -> None:
        self._show_place()
        self.show_aside()
        if self.card is not None:
            self._speak()

    @work(group="speak", exclusive=True)
    async def _speak(self) -> None:
        if self.card is not None:
            await self.card.speak(self.app.language)
            if self.phase is Phase.UNGRADED:
                self.card.result.say_line(self.why_ungraded(self.card.result.verdict))

    def _model_changed(self) -> None:
        self.refresh_bindings()
        self.read_on()
        if self.phase is Phase.UNGRADED and self.card is not None:
            self.card.result.say_line(self.why_ungraded(None))

    def _show_place(self) -> None:
        state = self.desk.state
        title = session_title(state, self.course, self.app.language)
        number = min(state.position + 1, len(state.items))
        self.title_bar.place = self.strings(
            "quiz.place", title=title, number=number, count=len(state.items)
        )

    # From item to item

    @work(group="go", exclusive=True)
    async def _go(self, position: int) -> None:
        before, self.phase = self.phase, Phase.OPENING
        try:
            if position != self.desk.state.position:
                await self.desk.move(position)
            opening = await self.desk.open()
            if opening is None:
                await self.desk.end()
        except StoreError as error:
            self.app.error(error)
            self.enter(before)
            return
        if opening is None:
            self._finish()
            return
        self._close_panel()
        self._show_place()
        await self.open_item(opening)

    def _finish(self) -> None:
        from tutor.ui.screens.quiz_summary import QuizSummary

        self.app.switch_screen(QuizSummary(self.desk.state, self.course))

    def action_next(self) -> None:
        self._go(self.desk.state.position + 1)

    def action_go_on(self) -> None:
        """On without the grading that Enter would start."""
        self.action_next()

    def action_skip(self) -> None:
        self.action_next()

    def action_previous(self) -> None:
        self._go(max(0, self.desk.state.position - 1))

    async def action_leave(self) -> None:
        await self.save_draft()
        self.app.pop_screen()

    def action_models(self) -> None:
        self.app.open_models()

    # About a result

    async def action_reference(self) -> None:
        if self.card is not None:
            await self.card.result.toggle_reference()

    def action_passage(self) -> None:
        if self.card is not None:
            points = self.points
            self.open_passage(points.section if points else self.card.item.section)

    def open_passage(self, section_id: str) -> None:
        """The section that teaches this item, over the screen."""
        section = self.card.lesson.section(section_id) if self.card else None
        if self.card is None or section is None:
            self.notice(self.strings("quiz.no_passage"))
        else:
            self.app.push_screen(PassageDialog(self.course, self.card.lesson, section))

    def action_overrule(self) -> None:
        if self.points is not None:
            self.points.choose(True)
            self.notice(self.strings("quiz.overrule_how"))
            self.refresh_bindings()

    def action_stop_choosing(self) -> None:
        if self.points is not None:
            self.points.choose(False)
            self.notice("")
            self.refresh_bindings()

    def action_decide(self, met: bool) -> None:
        """Answer the tutor's question about a point it is unsure of."""
        points = self.points
        if points is not None and points.unsure is not None:
            self._overrule(points.unsure, met)

    @on(PointList.Decided)
    def _decided(self, event: PointList.Decided) -> None:
        event.stop()
        self._overrule(event.point, event.met)

    @work(group="overrule", exclusive=True)
    async def _overrule(self, point: str, met: bool) -> None:
        card, answer_id = self.card, self.answer_id
        if card is None or answer_id is None or not isinstance(card.item, Explain):
            return
        answer, verdict = card.result.answer, card.result.verdict
        if answer is None or verdict is None:
            return
        try:
            changed = await self.desk.overrule(answer_id, card.item, verdict, point, met)
        except StoreError as error:
            self.app.error(error)
            return
        await card.judged(answer, changed)
        self.refresh_bindings()
        self._see_following()

    @work(group="following", exclusive=True)
    async def _see_following(self) -> None:
        """Tell, once, that grading follows the learner from now on."""
        following = await self.app.read_following()
        if following is not None and following.begins and not self._told_following:
            self._told_following = True
            self.app.say("app.model.following", count=following.corrections)

    # The tutor

    async def action_ask(self) -> None:
        """Open the tutor with this item, its answer and its verdict to ask about."""
        if self.card is not None:
            await self._open_panel(self.card)

    async def action_why(self) -> None:
        """Have the tutor say why the answer was marked so."""
        from tutor.tutoring.explain import why

        card = self.card
        answer, verdict = (card.result.answer, card.result.verdict) if card else (None, None)
        if card is None or answer is None or verdict is None:
            return
        panel = await self._open_panel(card)
        panel.explain(why(card.lesson, card.item, answer, verdict, self.app.language))

    async def _open_panel(self, card: ItemCard) -> TutorPanel:
        panel = self.panel
        if panel is None:
            headings = self._headings
            panel = TutorPanel(
                self.course.address(card.item.id),
                self._followup,
                headings=headings,
                leads=isinstance(card.item, Explain),
            )
            await self.query_one(".quiz-desk", Container).mount(panel)
            self.add_class("-asking")
        panel.focus_question()
        self.call_after_refresh(card.result.scroll_visible, animate=False, top=True)
        return panel

    def _followup(self) -> FollowUp | SocraticTalk | None:
        from tutor.tutoring.followup import FollowUp

        card, client = self.card, self.app.client
        if card is None or client is None:
            return None
        followup = FollowUp(
            client,
            card.lesson,
            self.app.language,
            item=card.item,
            answer=card.result.answer,
            verdict=card.result.verdict,
            grader=self.app.grader,
        )
        return self._asking_back(card, followup) if self.app.socratic else followup

    def _asking_back(self, card: ItemCard, followup: FollowUp) -> FollowUp | SocraticTalk:
        """In Socratic mode, where there is a verdict that may leave something missing."""
        from tutor.tutoring.socratic import SocraticTalk

        if not isinstance(card.item, Explain) or not card.result.graded:
            return followup
        return SocraticTalk(
            followup,
            self.app.grader,
            self.course,
            card.lesson,
            self.app.language,
            item=card.item,
            answer=card.result.text,
            verdict=card.result.verdict,
            since=self.answer_id or "",
        )

    def _headings(self) -> dict[str, str]:
        if self.card is None:
            return {}
        lesson, language = self.card.lesson, self.app.language
        return {f"{lesson.id}/{it.id}": say(it.heading, language) for it in lesson.sections}

    @on(TutorPanel.PassageChosen)
    def _passage_chosen(self, event: TutorPanel.PassageChosen) -> None:
        event.stop()
        self.open_passage(event.passage.rpartition("/")[2])

    @on(TutorPanel.Closed)
    def _panel_closed(self, event: TutorPanel.Closed) -> None:
        event.stop()
        self._close_panel()
        self.settle_focus()

    def _close_panel(self) -> None:
        if self.panel is not None:
            self.panel.remove()
        self.remove_class("-asking")
