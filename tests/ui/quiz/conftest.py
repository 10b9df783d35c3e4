"""The app with the sample course, a store on disk, and a scripted model; one quiz opened over home."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pytest
from textual.events import Mount
from textual.pilot import Pilot

import tutor.ui
from tests.ui.quiz import sample
from tutor.content.schema import Item, Language
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

    async def on_mount(self, event: Mount) -> None:
        event.prevent_default()
        if self.workspace.settings.model:
            await self.keeper.use("scripted", "Scripted", Path("scripted.gguf"), n_ctx=4096)
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
        """Until no worker has anything left to do and all is drawn."""
        await self.pilot.pause()
        while any(not worker.is_finished for worker in self.app.workers):
            await self.app.workers.wait_for_complete()
            await self.pilot.pause()
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settled()

    async def write(self, text: str) -> None:
        """Type into what has the focus."""
        await self.pilot.press(*text)
        await self.settled()

    def shown(self, selector: str = "Screen") -> str:
        """All text below `selector` that is on display, line by line."""
        lines: list[str] = []
        for widget in self.app.screen.query(f"{selector} Static, {selector}"):
            if widget.display and all(
                each.display for each in widget.ancestors if hasattr(each, "display")
            ):
                content = getattr(widget, "content", "")
                lines.append(str(getattr(content, "plain", content)))
        return "\n".join(lines)


Open = Callable[..., AbstractAsyncContextManager[Sitting]]


@pytest.fixture
def client() -> ScriptedClient:
    return ScriptedClient(
        replies=["A prompt without examples is called zero-shot [1]."], choices=sample.judge
    )


@pytest.fixture
def sit(tmp_path: Path, client: ScriptedClient) -> Open:
    """`async with sit(item, ...) as sitting`: a quiz of these items; a second time it resumes where it was."""

    @asynccontextmanager
    async def opening(
        *items: Item,
        language: Language = "en",
        model: bool = True,
        size: tuple[int, int] = (80, 24),
    ) -> AsyncIterator[Sitting]:
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
        workspace = Workspace(
            places=places({"TUTOR_HOME": str(tmp_path)}),
            settings=Settings(language=language, model="scripted" if model else None),
            courses=[course],
            problems=[],
            store=store,
            catalog=Catalog(models=()),
            make_client=lambda: client,
        )
        app = QuizApp(workspace)
        async with app.run_test(size=size) as pilot:
            sitting = Sitting(app, pilot, store, client)
            await sitting.settled()
            yield sitting

    return opening
