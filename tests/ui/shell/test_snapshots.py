"""How the screens look, in both languages and at both sizes. After a change that is meant: --snapshot-update."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.ui.conftest import MakeApp, ScriptedPull, gguf, press, settle
from tests.ui.shell.steps import answer, read_all
from tutor.content.schema import Language
from tutor.study import session
from tutor.ui.app import FIRST_RUN
from tutor.ui.workspace import Start, Workspace

SMALL, LARGE = (80, 24), (120, 40)
BOTH = [
    pytest.param(language, size, id=f"{language}-{size[0]}x{size[1]}")
    for language in ("en", "ko")
    for size in (SMALL, LARGE)
]
SMALL_ONLY = [pytest.param(language, SMALL, id=f"{language}-80x24") for language in ("en", "ko")]
Compare = Callable[..., bool]
LESSON = Start("learn", "tiny", "tokens")


def after(*keys: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """What to do before the picture: press `keys` one by one, and let no cursor blink."""

    async def run(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await press(pilot, *keys)
        for field in pilot.app.screen.query(Input):
            field.cursor_blink = False
        await pilot.pause()

    return run


@pytest.mark.parametrize(("language", "size"), BOTH)
def test_home_of_someone_on_the_way(
    snap_compare: Compare,
    make_app: MakeApp,
    workspace: Workspace,
    language: Language,
    size: tuple[int, int],
) -> None:
    read_all(workspace, "tokens")
    answer(workspace, "reads", 1.0)
    answer(workspace, "explain-next", 0.5, unmet="repeats")
    read_all(workspace, "shots")
    answer(workspace, "weights", 1.0)
    state = session.start(
        workspace.store,
        mode="quiz",
        course="tiny",
        lesson="tokens",
        items=["reads", "name", "steps"],
        seed=1,
        title="What a model reads",
    )
    session.move(workspace.store, state, 1)
    assert snap_compare(make_app(language=language), terminal_size=size, run_before=after())


@pytest.mark.parametrize(("language", "size"), SMALL_ONLY)
def test_home_of_someone_new(
    snap_compare: Compare, make_app: MakeApp, language: Language, size: tuple[int, int]
) -> None:
    assert snap_compare(make_app(language=language), terminal_size=size, run_before=after())


@pytest.mark.parametrize(("language", "size"), BOTH)
def test_a_lesson(
    snap_compare: Compare, make_app: MakeApp, language: Language, size: tuple[int, int]
) -> None:
    app = make_app(language=language, start=LESSON)
    assert snap_compare(app, terminal_size=size, run_before=after("n"))


@pytest.mark.parametrize(("language", "size"), SMALL_ONLY)
def test_a_section_that_was_looked_for(
    snap_compare: Compare, make_app: MakeApp, language: Language, size: tuple[int, int]
) -> None:
    app = make_app(language=language, start=Start("learn", "tiny", "tokens", "counting"))
    assert snap_compare(app, terminal_size=size, run_before=after())


@pytest.mark.parametrize(("language", "size"), SMALL_ONLY)
@pytest.mark.parametrize("key", ["c", "g", "f1"], ids=["contents", "glossary", "keys"])
def test_over_a_lesson(
    snap_compare: Compare, make_app: MakeApp, language: Language, size: tuple[int, int], key: str
) -> None:
    app = make_app(language=language, start=LESSON)
    assert snap_compare(app, terminal_size=size, run_before=after(key))


@pytest.mark.parametrize(("language", "size"), SMALL_ONLY)
def test_first_run_language(
    snap_compare: Compare,
    make_app: MakeApp,
    workspace: Workspace,
    language: Language,
    size: tuple[int, int],
) -> None:
    workspace.environ = {**workspace.environ, "LANG": f"{language}.UTF-8"}
    assert snap_compare(make_app(language=None), terminal_size=size, run_before=after())


@pytest.mark.parametrize(("language", "size"), BOTH)
def test_first_run_model(
    snap_compare: Compare,
    make_app: MakeApp,
    workspace: Workspace,
    language: Language,
    size: tuple[int, int],
) -> None:
    workspace.store.keep(FIRST_RUN, None)
    assert snap_compare(make_app(language=language), terminal_size=size, run_before=after())


@pytest.mark.parametrize(("language", "size"), SMALL_ONLY)
def test_first_run_download(
    snap_compare: Compare,
    make_app: MakeApp,
    workspace: Workspace,
    language: Language,
    size: tuple[int, int],
) -> None:
    workspace.store.keep(FIRST_RUN, None)
    network = cast("ScriptedPull", workspace.pull)
    network.held, network.steps = True, [0.43]
    app = make_app(language=language)
    assert snap_compare(app, terminal_size=size, run_before=after("enter"))


@pytest.mark.parametrize(("language", "size"), BOTH)
def test_models(
    snap_compare: Compare,
    make_app: MakeApp,
    workspace: Workspace,
    language: Language,
    size: tuple[int, int],
) -> None:
    gguf(workspace.places.models / "middle.gguf", 491_000_000)
    app = make_app(language=language, model="middle")
    assert snap_compare(app, terminal_size=size, run_before=after("m"))


@pytest.mark.parametrize(("language", "size"), BOTH)
@pytest.mark.parametrize("step", ["choices", "compare"])
def test_what_the_tutor_can_do_with_a_section(
    snap_compare: Compare, make_app: MakeApp, language: Language, size: tuple[int, int], step: str
) -> None:
    keys = ["e", *(["down", "down", "down", "enter"] if step == "compare" else [])]
    app = make_app(language=language, start=LESSON)
    assert snap_compare(app, terminal_size=size, run_before=after(*keys))
