"""Grading for a quiz of plain lines: closed items at once, explanations by a model that loads meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import msgspec

from tutor.commands import model_session
from tutor.commands.background import Background
from tutor.content.loader import LoadedCourse
from tutor.content.schema import Explain, Item, Language, Lesson
from tutor.grading.answer import Answer
from tutor.grading.calibration import Curve
from tutor.grading.feedback import Feedback
from tutor.grading.fluency import reworded
from tutor.grading.grader import Grader
from tutor.grading.own_thresholds import Own
from tutor.grading.verdict import Verdict, Versions
from tutor.llm.address import BadAddress, ModelPlace, to_load
from tutor.llm.installed import ModelNotFound
from tutor.llm.protocol import Client, ModelError
from tutor.study.record import OwnHint
from tutor.tutoring.hints import Hint, next_hint
from tutor.tutoring.voice import put_on

if TYPE_CHECKING:
    from tutor.commands.context import Context


REWORDING = 15.0
"""Seconds that feedback which is on the screen already may take to be put into other words."""


class PlainGrader:
    """`reason` says in one line why explanations can't be graded; None while they can."""

    def __init__(
        self, context: Context, background: Background, *, explains: bool, own: Own | None = None
    ) -> None:
        """With `explains` the model in use begins to load; `own`: see Grader."""
        self._context, self._background, self._own = context, background, own
        self._client: Client | None = None
        self._grader = Grader(None)
        self._loading: Future[None] | None = None
        self._reading: Future[None] | None = None
        self.reason: str | None = context.strings("cli.no_model")
        if explains and context.settings.model is not None:
            try:
                place = model_session.model_path(context)
            except (BadAddress, ModelNotFound) as error:
                self.reason = str(error)
            else:
                self.reason = None
                self._loading = background.start(self._load(place))

    def read_ahead(self, item: Item) -> None:
        """Let the model read the question while the learner thinks."""
        if isinstance(item, Explain) and self.reason is None:
            self._reading = self._background.start(self._prefill(item, self._context.language))

    def grade(self, lesson: Lesson, item: Item, answer: Answer, language: Language) -> Verdict:
        """Never raises ModelError; an ungraded verdict says why in its feedback."""
        if self._reading is not None:
            self._reading.cancel()
        verdict = self._background.wait(self._grade(lesson, item, answer, language))
        if verdict.verdict == "ungraded" and self.reason is not None:
            return msgspec.structs.replace(verdict, feedback=self.reason)
        return verdict

    def next_hint(
        self,
        course: LoadedCourse,
        lesson: Lesson,
        item: Item,
        draft: str,
        before: Sequence[OwnHint],
    ) -> Hint | None:
        """The tutor's own next hint to a draft; None for closed items, and where nothing is left to hint at."""
        if not isinstance(item, Explain):
            return None
        if self._reading is not None:
            self._reading.cancel()
        return self._background.wait(self._next_hint(course, lesson, item, draft, before))

    def measured(self) -> tuple[Versions, Curve]:
        """What the learner's own thresholds start from. Raises ModelError."""
        return self._background.wait(self._measured())

    def reworded(self, feedback: Feedback, language: Language) -> str | None:
        """Smoother words for feedback, if the settings ask for them and the model has some soon enough."""
        if self._client is None or not self._context.settings.fluent_feedback:
            return None
        return self._background.wait(_soon(self._client, feedback, language))

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def _load(self, place: ModelPlace) -> None:
        self._client = client = model_session.client_for(self._context, place)
        try:
            await client.load(to_load(place), n_ctx=self._context.settings.context)
            await put_on(client)
            self._grader = Grader(client, own=self._own, sparing=True)
        except ModelError as error:
            self.reason = str(error)
        except BaseException:
            await client.close()
            raise

    async def _loaded(self) -> Grader:
        if self._loading is not None:
            # Shielded: a reading that is cancelled must not take the load with it.
            await asyncio.shield(asyncio.wrap_future(self._loading))
        return self._grader

    async def _prefill(self, item: Explain, language: Language) -> None:
        """If the model can't, grading will say why."""
        with suppress(ModelError):
            await (await self._loaded()).prefill(item, language)

    async def _measured(self) -> tuple[Versions, Curve]:
        return await (await self._loaded()).measured()

    async def _next_hint(
        self,
        course: LoadedCourse,
        lesson: Lesson,
        item: Explain,
        draft: str,
        before: Sequence[OwnHint],
    ) -> Hint | None:
        return await next_hint(
            await self._loaded(),
            course,
            lesson,
            item,
            draft,
            self._context.language,
            points=[own.point for own in before],
            told=[own.text for own in before],
        )

    async def _grade(
        self, lesson: Lesson, item: Item, answer: Answer, language: Language
    ) -> Verdict:
        grader = await self._loaded() if isinstance(item, Explain) else self._grader
        return await grader.grade(item, answer, language, sections=lesson.sections)


async def _soon(client: Client, feedback: Feedback, language: Language) -> str | None:
    with suppress(ModelError, TimeoutError):
        return await asyncio.wait_for(reworded(client, feedback, language), REWORDING)
    return None


@contextmanager
def plain_grader(
    context: Context, *, explains: bool, own: Own | None = None
) -> Iterator[PlainGrader]:
    """A grader whose model is let go of when the block ends, also half loaded."""
    with Background() as background:
        grader = PlainGrader(context, background, explains=explains, own=own)
        try:
            yield grader
        finally:
            background.wait(grader.close())
