"""A quiz line by line, without moving the cursor. Every step is on disk before the next."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from tutor.commands.failures import Failed
from tutor.commands.plain_asking import Asking, Left, Skipped, yes_or_no
from tutor.commands.plain_grader import PlainGrader, plain_grader
from tutor.commands.plain_items import question_lines, shown_order, solution_lines
from tutor.commands.plain_summary import summary_lines
from tutor.commands.study import left_quiz
from tutor.commands.terminal import one_line, say
from tutor.commands.verdict_lines import percent, point_text, verdict_lines
from tutor.content.loader import LoadedCourse
from tutor.content.schema import Explain, Item, Lesson, item_hash, kind_of
from tutor.content.schema import say as in_language
from tutor.grading.answer import Answer, ExplainAnswer
from tutor.grading.feedback import feedback_on
from tutor.grading.overrule import with_point
from tutor.grading.verdict import Verdict
from tutor.llm.protocol import ModelError
from tutor.study import overrules, record, session
from tutor.study.events import now
from tutor.study.session import SessionState
from tutor.study.store import Store

if TYPE_CHECKING:
    from tutor.commands.context import Context
    from tutor.content.address import Found


def sit(asked: Found | None, count: int | None, context: Context) -> int:
    """Go on with the quiz that was left, or begin one. Raises StoreError, Failed."""
    with context.store() as store:
        found = asked or left_quiz(store, context)
        state = _session(found, count, context, store)
        kinds = [place[1] for id in state.items if (place := found.course.find(id))]
        explains = any(isinstance(item, Explain) for item in kinds)
        own = overrules.learner(store)
        with plain_grader(context, explains=explains, own=own) as grader:
            Sitting(context, store, found.course, state, grader).run()
    return 0


def _session(found: Found, count: int | None, context: Context, store: Store) -> SessionState:
    """The session of this place that is not ended, else a new one."""
    course, lesson = found.course, found.lesson
    left = session.unfinished(store)
    if left and (left.course, left.lesson) == (course.course.id, lesson.id if lesson else None):
        say(context.strings("plain.resumed"))
        return session.without_missing(left, course)
    seed = int(now().timestamp())
    items = session.plan(course, lesson, "quiz", count, seed)
    if not items:
        raise Failed(context.strings("error.no_items"))
    return session.start(
        store,
        mode="quiz",
        course=course.course.id,
        lesson=lesson.id if lesson else None,
        items=items,
        seed=seed,
        title=in_language((lesson or course.course).title, context.language),
    )


class Sitting:
    """One session from where it stands to its end, or to where the learner leaves it."""

    def __init__(
        self,
        context: Context,
        store: Store,
        course: LoadedCourse,
        state: SessionState,
        grader: PlainGrader,
    ) -> None:
        self.context, self.strings = context, context.strings
        self.store, self.course, self.state = store, course, state
        self.grader = grader
        self.told_following = False

    def run(self) -> None:
        lesson = self.course.lesson(self.state.lesson) if self.state.lesson else None
        title = (lesson or self.course.course).title
        say(one_line(in_language(title, self.context.language)))
        say(self.strings("plain.orders"))
        try:
            while self.state.item is not None:
                found = self.course.find(self.state.item)
                if found is not None:
                    self._question(*found)
                self._move()
        except Left:
            say(self.strings("plain.left_quiz"))
            return
        for line in summary_lines(self.state, self.course, self.context.language, self.strings):
            say(line)
        session.end(self.store, self.state)

    def _move(self) -> None:
        moved = session.move(self.store, self.state, self.state.position + 1)
        self.state = session.without_missing(moved, self.course)

    def _question(self, lesson: Lesson, item: Item) -> None:
        """Ask, record, grade; an answer from before the program ended is taken up where it was."""
        shown = shown_order(item, self.state.seed)
        number, count = self.state.position + 1, len(self.state.items)
        say("\n" + self.strings("plain.question", number=number, count=count))
        for line in question_lines(item, shown, self.context.language, self.strings):
            say(line)
        before = record.attempt(self.store, self.state.answered.get(item.id, ""))
        if before is not None and before.answer.__struct_config__.tag == kind_of(item):
            say(self.strings("plain.answered_before"))
            verdict = before.verdict
            if verdict is None or verdict.score is None:
                verdict = self._grade(lesson, item, before.id, before.answer)
            self._result(lesson, item, before.id, before.answer, verdict)
            return
        self.grader.read_ahead(item)
        key = self.course.address(item.id)
        more_hints = partial(self.grader.next_hint, self.course, lesson, item)
        asking = Asking(
            self.context, self.store, self.state.id, key, lesson, item, shown, more_hints
        )
        started = time.monotonic()
        try:
            answer = asking.answer()
        except Skipped:
            return
        answer_id = self._hand_in(item, key, answer, time.monotonic() - started)
        self._result(lesson, item, answer_id, answer, self._grade(lesson, item, answer_id, answer))

    def _hand_in(self, item: Item, key: str, answer: Answer, seconds: float) -> str:
        return record.answered(
            self.store,
            self.state.id,
            key,
            item_hash(item),
            answer,
            self.context.language,
            record.hints_used(self.store, key),
            seconds,
        )

    def _grade(self, lesson: Lesson, item: Item, answer_id: str, answer: Answer) -> Verdict:
        if isinstance(item, Explain) and self.grader.reason is None:
            say(self.strings("plain.grading"))
        verdict = self.grader.grade(lesson, item, answer, self.context.language)
        record.judged(self.store, answer_id, verdict)
        return verdict

    def _result(
        self, lesson: Lesson, item: Item, answer_id: str, answer: Answer, verdict: Verdict
    ) -> None:
        """The verdict, what would have been right, and the learner's word where the tutor is unsure."""
        language = self.context.language
        text = answer.text if isinstance(answer, ExplainAnswer) else ""
        for line in verdict_lines(item, text, verdict, language, self.strings):
            say(line)
        if verdict.verdict != "full":
            if isinstance(item, Explain):
                say(f"{self.strings('result.reference')}: {in_language(item.reference, language)}")
            for line in solution_lines(item, language, self.strings):
                say(line)
        if item.note is not None:
            say(in_language(item.note, language))
        if isinstance(item, Explain):
            self._settle(item, answer_id, verdict)
            if verdict.versions.model is not None and verdict.verdict != "unsure":
                told = feedback_on(item, text, verdict, language, lesson.sections)
                if words := self.grader.reworded(told, language):
                    say(one_line(words))

    def _settle(self, item: Explain, answer_id: str, verdict: Verdict) -> None:
        """Ask about each unsure point; every decision is recorded at once. Raises Left."""
        unsure = [point.id for point in verdict.points if point.verdict == "unsure"]
        for point in unsure:
            text = point_text(item, point, self.context.language)
            met = yes_or_no(self.strings("plain.unsure", point=text))
            verdict = with_point(verdict, item, point, met)
            record.overruled(self.store, answer_id, point, met, verdict)
            self._see_following()
        if unsure and verdict.score is not None:
            say(self.strings("plain.score", percent=percent(verdict.score)))

    def _see_following(self) -> None:
        """Tell, once, that grading follows the learner from now on."""
        if self.told_following or not overrules.enough(self.store):
            return
        with suppress(ModelError):  # then it is seen the next time
            following = overrules.following(self.store, *self.grader.measured())
            if following is not None and following.begins:
                self.told_following = True
                say(self.strings("plain.following", count=following.corrections))
