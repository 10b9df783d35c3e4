"""A workspace to drive the app with: a tiny course, a scripted model, a frozen clock, nothing of the machine's own."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot
from textual.widgets import Input
from textual.worker import WorkerCancelled, WorkerFailed

from tests.models.gguf_file import gguf_bytes
from tutor.content.loader import load_course
from tutor.content.schema import Language
from tutor.grading.calibration import Calibration, Curve
from tutor.llm.catalog import Catalog, CatalogModel, WheelPart, Wheels
from tutor.llm.fitted import Fingerprint
from tutor.llm.protocol import Message
from tutor.llm.pull import PullProgress
from tutor.llm.scripted import ScriptedClient
from tutor.paths import places
from tutor.settings import Settings
from tutor.study.store import Store
from tutor.ui import grading_words
from tutor.ui.app import FIRST_RUN, TutorApp
from tutor.ui.workspace import Start, Workspace

COURSE = Path(__file__).with_name("course")
MakeApp = Callable[..., TutorApp]
HELD = {"pull"}
"""Groups of workers that a test may keep from ending."""


@pytest.fixture(autouse=True)
def _measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grading_words, "shipped", lambda: (MEASURED, OF_MIDDLE))


class FrozenClock:
    """An evening in November; `tick` moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def tick(self, **delta: float) -> None:
        self.now += timedelta(**delta)


def model(name: str, title: str, size: int, **other: Any) -> CatalogModel:
    """A model of the catalogue, `size` bytes large."""
    given: dict[str, Any] = {
        "licence": "Apache-2.0",
        "languages": ("en", "ko"),
        "memory": size + 400_000_000,
        "context": 32_768,
        "measured": True,
        "notes": {"en": f"{title} is good at grading.", "ko": f"{title}: 채점을 잘합니다."},
        "sources": (Wheels(version="1.0", parts=(WheelPart(package="nothing"),)),),
    }
    return CatalogModel(name=name, title=title, file=f"{name}.gguf", bytes=size, **given | other)


MIDDLE_SUM, LARGE_SUM = "b" * 64, "a" * 64
OPEN = Curve(bias=0.0, margin=1.0, baseline=0.0, unmet=0.2, met=0.8)
LARGE = Fingerprint(name="large", architecture="a", parameters=1, bytes=1, sha256=LARGE_SUM)
MEASURED = Calibration(
    version="test",
    prompt="test",
    points=OPEN,
    misconceptions=OPEN,
    model=LARGE,
    figures={
        "held_out_n_en": 484.0, "held_out_decided_en": 0.72, "held_out_right_of_decided_en": 0.934,
        "held_out_n_ko": 484.0, "held_out_decided_ko": 0.66, "held_out_right_of_decided_ko": 0.921,
    },
)  # fmt: skip
"""What people say of the large model's grading, and of the middle one's; nobody has measured the others."""

OF_MIDDLE = msgspec.structs.replace(
    MEASURED, model=msgspec.structs.replace(LARGE, name="middle", sha256=MIDDLE_SUM)
)

CATALOG = Catalog(
    models=(
        model("tiny", "Tiny 135M", 98_000_000, languages=("en",)),
        model("middle", "Middle 0.5B", 491_000_000, sha256=MIDDLE_SUM),
        model("large", "Large 1.5B", 1_117_000_000, sha256=LARGE_SUM),
        model("base", "Base 270M", 253_000_000, instruct=False, measured=False),
        model("giant", "Giant 8B", 8_000_000_000, measured=False),
    )
)


def choose_first(messages: Sequence[Message], texts: Sequence[str]) -> list[float]:
    """Log-probabilities that always prefer the first continuation."""
    return [-0.1 if at == 0 else -3.0 for at in range(len(texts))]


class ScriptedPull:
    """Stands for the network: `steps` are reported one after the other, then the file is there."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.steps = [0.25, 0.5, 1.0]
        self.error: Exception | None = None
        self.held = False

    async def __call__(
        self, model: CatalogModel, into: Path, *, on_progress: Callable[[PullProgress], None]
    ) -> Path:
        self.asked.append(model.name)
        for share in self.steps:
            on_progress(
                PullProgress(
                    stage="download",
                    done=round(share * model.bytes),
                    total=model.bytes,
                    bytes_per_second=12_000_000.0,
                )
            )
            if self.held:
                await asyncio.Event().wait()
        if self.error:
            raise self.error
        return gguf(into / model.file, model.bytes)


def gguf(path: Path, size: int = 0) -> Path:
    """A GGUF file with a header and, up to `size` bytes, nothing behind it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gguf_bytes())
    if size:
        os.truncate(path, size)
    return path


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def client() -> ScriptedClient:
    return ScriptedClient(["Tokens are pieces of text [1]."], choose_first)


@pytest.fixture
def workspace(tmp_path: Path, clock: FrozenClock, client: ScriptedClient) -> Iterator[Workspace]:
    """Everything the app works on, under a folder of its own. Past its first run, English, without a model."""
    environ = {"TUTOR_HOME": str(tmp_path)}
    at = places(environ)
    course = load_course(COURSE).course
    assert course is not None
    store = Store(at.database("default"), clock=clock, device="test")
    store.keep(FIRST_RUN, "done")
    yield Workspace(
        places=at,
        settings=Settings(language="en"),
        courses=[course],
        problems=[],
        store=store,
        catalog=CATALOG,
        make_client=lambda: client,
        environ=environ,
        clock=clock,
        memory_free=lambda: 4_000_000_000,
        pull=ScriptedPull(),
        home=tmp_path,
        tries_models=False,
    )
    store.close()


@pytest.fixture
def make_app(workspace: Workspace) -> MakeApp:
    """`make_app(language=..., start=..., **settings)`: the app on `workspace`, without animation or blinking."""

    def make(
        *, language: Language | None = "en", start: Start | None = None, **settings: Any
    ) -> TutorApp:
        workspace.settings = msgspec.structs.replace(
            workspace.settings, language=language, **settings
        )
        app = TutorApp(workspace, start=start)
        app.animation_level = "none"
        return app

    return make


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until the workers, and those they set off, are done; the held groups are left running."""
    await pilot.pause()
    while running := [it.wait() for it in pilot.app.workers if it.group not in HELD]:
        for result in await asyncio.gather(*running, return_exceptions=True):
            if isinstance(result, WorkerFailed) and not isinstance(result, WorkerCancelled):
                raise result
        await pilot.pause()


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys as a person does: each when what the one before set off is there."""
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


async def fill(pilot: Pilot[Any], text: str) -> None:
    """Paste `text` into the field of the screen, in place of what it holds."""
    pilot.app.screen.query_one(Input).value = text
    await settle(pilot)


def plain(pilot: Pilot[Any]) -> str:
    """What the screen shows, as text."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


def notices(app: TutorApp) -> list[str]:
    """What was told in passing, in order."""
    return [notice.message for notice in app._notifications]
