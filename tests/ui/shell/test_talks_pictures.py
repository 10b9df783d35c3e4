"""How past talks look, in both languages and at both sizes."""

from __future__ import annotations

import pytest

from tests.ui.conftest import MakeApp
from tests.ui.shell.test_snapshots import BOTH, Compare, after
from tests.ui.shell.test_talks import talked
from tutor.content.schema import Language
from tutor.ui.workspace import Workspace

__all__ = ["talked"]


@pytest.mark.parametrize(("language", "size"), BOTH)
def test_past_talks(
    snap_compare: Compare,
    make_app: MakeApp,
    talked: Workspace,
    language: Language,
    size: tuple[int, int],
) -> None:
    app = make_app(language=language)
    assert snap_compare(app, terminal_size=size, run_before=after("a", "down"))


@pytest.mark.parametrize(("language", "size"), BOTH)
def test_a_talk_that_was_searched(
    snap_compare: Compare,
    make_app: MakeApp,
    talked: Workspace,
    language: Language,
    size: tuple[int, int],
) -> None:
    keys = list("token" if language == "en" else "퓨샷")
    app = make_app(language=language)
    assert snap_compare(app, terminal_size=size, run_before=after("a", *keys))
