"""The app with the sample course, a store on disk, and a scripted model; one quiz opened over home."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from textual.events import Mount
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, TextArea
from textual.worker import WorkerFailed

import tutor.ui
from tests.ui.conftest import plain
from tests.ui.quiz import sample
from tutor.content.schema import Item, Language
from tutor.grading.grader import Grader
from tutor.llm.catalog import Catalog
from tutor.llm.scripted import ScriptedClient
from tutor.paths import places
from tutor.settings import Settings
from tutor.study import session
from tutor.study.store import Store
from tutor.ui.app import TutorApp
from tutor.ui.screens.quiz import QuizScreen
from tutor.ui.workspace import Workspace

UI = Path(tutor.ui.__file__).parent


class QuizApp(TutorApp):
    """Opens the quiz at once, without home or first run; its seconds stand still."""

    CSS_PATH: ClassVar[list[Path]] = [UI / "app.tcss", UI / "quiz.tcss"]

    @property
    def grader(self) -> Grader:
        grader = super().grader
        grader._clock = lambda: 0.0
        return grader

    async def on_mount(self, event: Mount) -> None:
        event.prevent_default()
        if self.workspace.settings.model:
            await self.keeper.use("scripted", "Scripted", Path("scripted.gguf"), n_ctx=4096)
        await self.push_screen(Screen())
        state = session.unfinished(self.workspace.store)
        assert state is not None
        await self.push_screen(QuizScreen(state, self.workspace.courses[0], clock=lambda: 0.0))


@dataclass
class Sitting:
    """One run of the app, from opening to quitting."""

    app: QuizApp
    pilot: Pilot[int]
    store: Store
    client: ScriptedClient

    @property
    def quiz(self) -> QuizScreen:
        return next(each for each in self.app.screen_stack if isinstance(each, QuizScreen))

    async def settled(self) -> None:
        """Until the workers, and what they set off, are done, and all is drawn."""
        await self.pilot.pause()
        while running := [worker for worker in self.app.workers if not worker.is_finished]:
            results = await asyncio.gather(*(it.wait() for it in running), return_exceptions=True)
            for result in results:
                if isinstance(result, WorkerFailed):
                    raise result
            await self.pilot.pause()

    async def until(self, true: Callable[[], object]) -> None:
        """Until something holds while a worker is kept from ending."""
        for _ in range(500):
            if true():
                return
            await self.pilot.pause()
        raise AssertionError("it never came about")

    async def press(self, *keys: str) -> None:
        """Press keys as a person does: each when what the one before set off is there."""
        for key in keys:
            await self.pilot.press(key)
            await self.settled()

    async def write(self, text: str) -> None:
        """Type into what has the focus."""
        focused = self.app.focused
        assert isinstance(focused, Input | TextArea)
        focused.insert(text) if isinstance(focused, TextArea) else focused.insert_text_at_cursor(
            text
        )
        await self.settled()

    async def click(self, selector: str, at: int = 0) -> None:
        """Click the widget of a selector that is the `at`-th."""
        await self.pilot.click(self.app.screen.query(selector)[at])
        await self.settled()

    @property
    def screen(self) -> str:
        """What can be seen."""
        return plain(self.pilot)

    @property
    def words(self) -> str:
        """What can be seen, with every run of white space a single space."""
        return " ".join(self.screen.split())


Open = Callable[..., AbstractAsyncContextManager[Sitting]]
MakeQuiz = Callable[..., QuizApp]


@pytest.fixture
def client() -> ScriptedClient:
    return ScriptedClient(
        replies=["A prompt without examples is called zero-shot [1]."], choices=sample.judge
    )


@pytest.fixture
def make_quiz(tmp_path: Path, client: ScriptedClient) -> MakeQuiz:
    """`make_quiz(item, ..., language=, model=, fluent=)`: the app at a quiz of these items; again, where it was left."""

    def make(
        *items: Item, language: Language = "en", model: bool = True, fluent: bool = False
    ) -> QuizApp:
        course = sample.course(*items)
        store = Store(tmp_path / "study.db", clock=lambda: datetime(2026, 3, 1, 12, tzinfo=UTC))
        if session.unfinished(store) is None:
            session.start(
                store,
                mode="quiz",
                course="basics",
                lesson="shots-lesson",
                items=[item.id for item in course.lessons[0].items],
                seed=7,
                title="Zero-shot, few-shot",
            )
        app = QuizApp(
            Workspace(
                places=places({"TUTOR_HOME": str(tmp_path)}),
                settings=Settings(
                    language=language, model="scripted" if model else None, fluent_feedback=fluent
                ),
                courses=[course],
                problems=[],
                store=store,
                catalog=Catalog(models=()),
                make_client=lambda: client,
            )
        )
        app.animation_level = "none"
        return app

    return make


@pytest.fixture
def sit(make_quiz: MakeQuiz, client: ScriptedClient) -> Open:
    """`async with sit(item, ...) as sitting`: one run of the app, from opening to quitting."""

    @asynccontextmanager
    async def opening(
        *items: Item, size: tuple[int, int] = (80, 24), **given: Any
    ) -> AsyncIterator[Sitting]:
        app = make_quiz(*items, **given)
        async with app.run_test(size=size) as pilot:
            sitting = Sitting(app, pilot, app.workspace.store, client)
            await sitting.settled()
            yield sitting

    return opening
