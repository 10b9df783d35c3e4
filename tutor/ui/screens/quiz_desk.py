"""What a quiz writes down and reads back: drafts, answers, verdicts, hints and where it stands. No widgets here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tutor.content.loader import LoadedCourse
from tutor.content.schema import Explain, Item, Language, Lesson, item_hash, kind_of, say
from tutor.grading.answer import Answer
from tutor.grading.overrule import with_point
from tutor.grading.verdict import Verdict
from tutor.study import record, session
from tutor.study.record import Attempt, OwnHint
from tutor.study.session import SessionState
from tutor.study.store import Store
from tutor.ui.widgets.items.text import one_line

StoreCall = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Opening:
    """An item as it was left: typed but not handed in (`draft`), or handed in (`attempt`)."""

    lesson: Lesson
    item: Item
    draft: str
    hints: int
    attempt: Attempt | None
    own_hints: Sequence[OwnHint] = ()


class Desk:
    """One session over one course. Everything is on disk when a call returns; calls raise StoreError."""

    def __init__(self, store_call: StoreCall, course: LoadedCourse, state: SessionState) -> None:
        self.course = course
        self.state = session.without_missing(state, course)
        self._store_call = store_call
        self._typed: tuple[str, str] | None = None
        # A draft on its way to the disk must not arrive after the answer that takes its place.
        self._in_turn = asyncio.Lock()

    async def open(self) -> Opening | None:
        """The item at the session's position; None at the end."""
        found = self.course.find(self.state.item) if self.state.item else None
        if found is None:
            return None
        lesson, item = found
        answered = self.state.answered.get(item.id)
        attempt = await self._store_call(record.attempt, answered) if answered else None
        if attempt is not None and not _fits(attempt.answer, item):
            attempt = None
        draft = await self._store_call(Store.draft, self._key(item))
        hints = await self._store_call(record.hints_used, self._key(item))
        own = await self._store_call(
            record.own_hints, self._key(item), attempt.id if attempt else None
        )
        used = attempt.hints_used if attempt else hints
        return Opening(lesson, item, draft or "", used, attempt, own)

    def typed(self, item: Item, text: str) -> None:
        """Remember a draft for the next `flush`."""
        self._typed = (self._key(item), text)

    async def flush(self) -> None:
        """Put the draft on disk, if there is a new one."""
        async with self._in_turn:
            if self._typed is not None:
                typed, self._typed = self._typed, None
                await self._store_call(Store.save_draft, *typed)

    async def hand_in(
        self, item: Item, answer: Answer, language: Language, hints: int, seconds: float
    ) -> str:
        """Record the answer; its id, to judge it by."""
        async with self._in_turn:
            self._typed = None
            answer_id: str = await self._store_call(
                record.answered,
                self.state.id,
                self._key(item),
                item_hash(item),
                answer,
                language,
                hints,
                seconds,
            )
        await self._reload()
        return answer_id

    async def judge(self, answer_id: str, verdict: Verdict) -> None:
        await self._store_call(record.judged, answer_id, verdict)
        await self._reload()

    async def overrule(
        self, answer_id: str, item: Explain, verdict: Verdict, point: str, met: bool
    ) -> Verdict:
        """Set a point as the learner says; the verdict after that."""
        changed = with_point(verdict, item, point, met)
        await self._store_call(record.overruled, answer_id, point, met, changed)
        await self._reload()
        return changed

    async def hinted(self, item: Item, hint: int, own: OwnHint | None = None) -> None:
        await self._store_call(
            record.hinted, self.state.id, self._key(item), item_hash(item), hint, own
        )

    async def move(self, position: int) -> None:
        """Go to a position; len(items) is the end."""
        await self.flush()
        state = await self._store_call(session.move, self.state, position)
        self.state = session.without_missing(state, self.course)

    async def end(self) -> None:
        await self._store_call(session.end, self.state)

    def _key(self, item: Item) -> str:
        return self.course.address(item.id)

    async def _reload(self) -> None:
        loaded = await self._store_call(session.load, self.state.id)
        if loaded is not None:
            self.state = session.without_missing(loaded, self.course)


def session_title(state: SessionState, course: LoadedCourse, language: Language) -> str:
    """What the session is about, in the present language: its lesson, or the whole course."""
    lesson = course.lesson(state.lesson) if state.lesson else None
    return one_line(say((lesson or course.course).title, language))


def _fits(answer: Answer, item: Item) -> bool:
    """An item may have become one of another kind since it was answered."""
    return str(answer.__struct_config__.tag) == kind_of(item)
